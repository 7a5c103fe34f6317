import type { Logger } from 'pino'
import { AutoResetEvent } from '../database/auto-reset-event.js'
import { backOff } from '../database/backoff.js'
import type { ConnectOptions } from '../database/connect.js'
import { Health } from '../database/health.js'
import { Notifier } from '../database/notifier.js'
import { drain } from './drain.js'
import { Outbox } from './outbox.js'
import { SinkClosed, SinkError, SinkRefused, type Sink } from './sink.js'

/** What a relay works with. It closes the sink at its end. */
export interface RelayOptions {
  database: ConnectOptions
  sink: Sink
  logger: Logger
  /** Announces new events; a connection of its own when left out. The relay does not close it. */
  notifier?: Notifier | undefined
  /** Ends the relay: what waits is still published, for at most `graceMs`. */
  signal: AbortSignal
  /** A hint may get lost; this often the relay looks without one. */
  pollMs?: number
  graceMs?: number
  /** Called when it turns out whether another relay is working, and whenever that changes. */
  onStandby?: ((standby: boolean) => void) | undefined
}

/** What a relay knows from one look at the outbox to the next. */
interface State {
  outbox: Outbox | undefined
  /** Last event published by us; '0' looks at everything. */
  after: string
  failures: number
  /** Undefined until the lock was asked for. */
  standby: boolean | undefined
}

/**
 * Publishes events until `signal` aborts: at least once each, in order. Lost servers are waited for, forever. Of several
 * relays one works and the others stand by. Rejects only when the sink must not be written to, or the URL makes no sense.
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
  /** Ends the pause between two looks at the outbox. */
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
      if (last) return this.#farewell()
      if (ok) {
        if (!(await this.hint.wait(pollMs))) this.#state.after = '0'
      } else {
        await backOff(this.#state.failures++, signal)
      }
    }
  }

  /** Lets go of everything, whatever state it is in. */
  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#stop)
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.allSettled([this.#options.sink.close(), this.#state.outbox?.close()])
  }

  /** Ends the waiting; the running batch is finished, and two seconds after the grace period cut off. */
  readonly #stop = (): void => {
    const { graceMs = 10_000, sink } = this.#options
    this.#timers.push(setTimeout(() => this.#deadline.abort(), graceMs))
    const cutOff = (): void => void Promise.allSettled([sink.close(), this.#state.outbox?.close()])
    this.#timers.push(setTimeout(cutOff, graceMs + 2_000))
    this.hint.set()
  }

  /** Looks at the outbox once and publishes what waits. False when a server failed. */
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

  async #farewell(): Promise<void> {
    const { outbox, standby } = this.#state
    const waiting = standby ? undefined : await outbox?.waiting().catch(() => undefined)
    this.#options.logger.info({ waiting }, 'relay stopped')
  }
}
