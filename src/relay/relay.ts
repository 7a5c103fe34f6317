import type { Logger } from 'pino'
import { AutoResetEvent } from '../database/auto-reset-event.js'
import { backOff } from '../database/backoff.js'
import type { ConnectOptions } from '../database/connect.js'
import { Health } from '../database/health.js'
import { Notifier } from '../database/notifier.js'
import { drain } from './drain.js'
import { Outbox } from './outbox.js'
import { SinkClosed, SinkError, SinkRefused, type Sink } from './sink.js'

/** Options of runRelay(), which closes the sink. */
export interface RelayOptions {
  database: ConnectOptions
  sink: Sink
  logger: Logger
  /** Announces new events; a connection of its own when left out. The relay does not close it. */
  notifier?: Notifier | undefined
  /** Ends the relay: waiting events are still published, for at most `graceMs`. */
  signal: AbortSignal
  /** Interval of reading the outbox without a hint, in milliseconds: a hint can get lost. */
  pollMs?: number
  graceMs?: number
  /** Called after the first attempt to take the lock, and on every change: true while another relay holds it. */
  onStandby?: ((standby: boolean) => void) | undefined
}

/** State that a relay keeps between two turns. */
interface State {
  outbox: Outbox | undefined
  /** seq of the last event published here; '0' reads all waiting events. */
  after: string
  failures: number
  /** Undefined before the first attempt to take the lock. */
  standby: boolean | undefined
}

/**
 * Publishes events until `signal` aborts: in order, at least once each. Unavailable servers are retried for ever. Of several
 * relays one is active and the others stand by. Rejects only when the sink refuses the events, or the URL is not valid.
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  const relay = new Relay(options)
  let notifier = options.notifier
  let unsubscribe: (() => void) | undefined
  try {
    notifier ??= openNotifier(options)
    unsubscribe = notifier.subscribe({ onHint: () => relay.hint.set() })
    await relay.work()
  } catch (error) {
    if (!(error instanceof SinkClosed)) throw error
  } finally {
    unsubscribe?.()
    await Promise.all([relay.close(), options.notifier ? undefined : notifier?.close()])
  }
}

function openNotifier({ database, logger }: RelayOptions): Notifier {
  return new Notifier({ database, applicationName: 'universes relay (listen)', logger })
}

class Relay {
  /** Ends the pause between two turns. */
  readonly hint = new AutoResetEvent()
  readonly #options: RelayOptions
  readonly #deadline = new AbortController()
  readonly #timers: NodeJS.Timeout[] = []
  readonly #database: Health
  readonly #sink: Health
  readonly #state: State = { outbox: undefined, after: '0', failures: 0, standby: undefined }

  constructor(options: RelayOptions) {
    this.#options = options
    this.#database = new Health(options.logger, 'PostgreSQL')
    this.#sink = new Health(options.logger, options.sink.name)
    options.signal.addEventListener('abort', this.#stop, { once: true })
    if (options.signal.aborted) this.#stop()
  }

  async work(): Promise<void> {
    const { signal, pollMs = 5_000 } = this.#options
    for (let last = signal.aborted; ; last = signal.aborted) {
      const ok = await this.#turn()
      if (last) return this.#logEnd()
      if (ok) {
        if (!(await this.hint.wait(pollMs))) this.#state.after = '0'
      } else {
        await backOff(this.#state.failures++, signal)
      }
    }
  }

  /** Releases all resources, whatever the state. */
  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#stop)
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.allSettled([this.#options.sink.close(), this.#state.outbox?.close()])
  }

  /** Ends the pause. The current batch is finished, or cut off two seconds after the grace period. */
  readonly #stop = (): void => {
    const { graceMs = 10_000, sink } = this.#options
    this.#timers.push(setTimeout(() => this.#deadline.abort(), graceMs))
    const cutOff = (): void => void Promise.allSettled([sink.close(), this.#state.outbox?.close()])
    this.#timers.push(setTimeout(cutOff, graceMs + 2_000))
    this.hint.set()
  }

  /** Publishes the waiting events. Returns false when a server failed. */
  async #turn(): Promise<boolean> {
    const state = this.#state
    try {
      if (!(await this.#lock())) return true
      await this.#options.sink.ready()
      this.#sink.up()
      await this.#drain()
      state.failures = 0
      return true
    } catch (error) {
      state.after = '0'
      if (error instanceof SinkClosed || error instanceof SinkRefused) throw error
      if (error instanceof SinkError) {
        this.#sink.down(error)
      } else {
        this.#database.down(error)
        await state.outbox?.close().catch(() => undefined)
        state.outbox = undefined
      }
      return false
    }
  }

  async #lock(): Promise<boolean> {
    const state = this.#state
    state.outbox ??= await Outbox.open(this.#options.database)
    const locked = await state.outbox.lock()
    this.#database.up()
    if (state.standby !== !locked) {
      const working = state.standby ? 'the other relay has gone; taking over' : 'relay is working'
      this.#options.logger.info(locked ? working : 'another relay is working; standing by')
      state.standby = !locked
      this.#options.onStandby?.(state.standby)
    }
    return locked
  }

  async #drain(): Promise<void> {
    const { outbox, after, failures } = this.#state
    if (outbox === undefined) return
    const options = { after, careful: failures > 0, signal: this.#deadline.signal }
    this.#state.after = (await drain(outbox, this.#options.sink, options)).last
  }

  async #logEnd(): Promise<void> {
    const { outbox, standby } = this.#state
    const waiting = standby ? undefined : await outbox?.waiting().catch(() => undefined)
    this.#options.logger.info({ waiting }, 'relay stopped')
  }
}
