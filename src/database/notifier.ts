import type pg from 'pg'
import pgListen from 'pg-listen'
import type { Logger } from 'pino'
import { config } from '../config.js'
import { toUniversesError } from '../errors.js'
import { backOff } from './backoff.js'
import type { ConnectOptions } from './connect.js'
import { Health } from './health.js'
import { connectionConfig } from './tls.js'

/** The one NOTIFY channel of the outbox. */
const CHANNEL = 'universe_events'
const CONNECT_TIMEOUT_MS = 5_000
/** pg-listen sends a query every 30 s; a connection that does not answer it by then counts as lost. */
const QUERY_TIMEOUT_MS = 30_000

/** Options of a Notifier. */
export interface NotifierOptions {
  database: ConnectOptions
  /** Shown in pg_stat_activity. */
  applicationName: string
  logger: Logger
}

/** Callbacks of one subscription. They must not throw. */
export interface Subscriber {
  /** Called on every notification, with its payload, and after every (re)connect, when notifications may have been missed. */
  onHint: (payload?: string) => void
  /** Called once LISTEN is in force, also after a reconnect and for late subscribers; `since`: nothing was received from then on. */
  onListening?: ((since: Date) => void) | undefined
  /** Called when the connection is lost and after each attempt that fails. */
  onLost?: (() => void) | undefined
}

/** Period without notifications. */
export interface Interruption {
  since: Date
  reason: string
}

/**
 * Listens on the outbox's NOTIFY channel over one connection, for all subscribers of the process. A lost connection is replaced,
 * for ever and with back-off, also when the first attempt fails. Notifications are hints: a subscriber catches up by itself on
 * every (re)connect.
 */
export class Notifier {
  readonly #connection: pg.ClientConfig
  readonly #health: Health
  readonly #subscribers = new Set<Subscriber>()
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #listening = false
  #failures = 0
  #interruption: Interruption | undefined

  /** Starts listening. Throws a usage error when the URL is not valid; an unreachable server is retried. */
  constructor({ database, applicationName, logger }: NotifierOptions) {
    this.#connection = {
      ...connectionConfig(database.url ?? config().databaseUrl),
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
    }
    this.#health = new Health(logger, 'LISTEN connection')
    this.#running = this.#run(this.#closing.signal)
  }

  /** Start and reason of the current interruption; undefined while notifications arrive, or before the first attempt has failed. */
  get interruption(): Interruption | undefined {
    return this.#interruption
  }

  /** Adds a subscriber. Returns a function that removes it. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber)
    queueMicrotask(() => {
      if (!this.#subscribers.has(subscriber)) return
      if (this.#listening) subscriber.onListening?.(new Date())
      else if (this.#interruption) subscriber.onLost?.()
    })
    return () => void this.#subscribers.delete(subscriber)
  }

  /** Stops listening, whatever the state of the connection. Once it resolves no connection is left. */
  async close(): Promise<void> {
    this.#subscribers.clear()
    this.#closing.abort()
    await this.#running
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#listen(signal)
      } catch (error) {
        if (!signal.aborted) this.#lost(error)
      }
      await backOff(this.#failures++, signal)
    }
  }

  /** Listens over one connection. Resolves when `signal` aborts; rejects when connecting fails or the connection is lost. */
  async #listen(signal: AbortSignal): Promise<void> {
    // pg-listen's own reconnect gives up after a failed LISTEN and ignores close(): one attempt per client, ours repeats it.
    const client = pgListen.default(this.#connection, { retryLimit: 1, parse: (payload) => payload })
    let stop = (): void => undefined
    const ended = new Promise<void>((resolve, reject) => {
      stop = resolve
      client.events.on('error', () => reject(new Error('connection lost')))
    })
    ended.catch(() => undefined)
    signal.addEventListener('abort', stop)
    client.notifications.on(CHANNEL, (payload: string | undefined) => this.#hint(payload))
    try {
      await client.connect()
      await client.listenTo(CHANNEL)
      if (signal.aborted) return
      this.#connected()
      await ended
    } finally {
      signal.removeEventListener('abort', stop)
      this.#listening = false
      await client.close().catch(() => undefined)
    }
  }

  #hint(payload: string | undefined): void {
    // Subscribers catch up once LISTEN is in force: ignore earlier notifications.
    if (!this.#listening) return
    for (const { onHint } of this.#subscribers) onHint(payload)
  }

  #connected(): void {
    const since = this.#interruption?.since ?? new Date()
    this.#listening = true
    this.#failures = 0
    this.#interruption = undefined
    this.#health.up()
    for (const { onListening, onHint } of this.#subscribers) {
      onListening?.(since)
      onHint()
    }
  }

  #lost(error: unknown): void {
    this.#interruption ??= { since: new Date(), reason: toUniversesError(error).message }
    this.#health.down(error)
    for (const { onLost } of this.#subscribers) onLost?.()
  }
}
