import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import pgListen from 'pg-listen'
import type { Health } from './health.js'

/** The one NOTIFY channel of the outbox. */
const CHANNEL = 'universe_events'
const LONGEST_PAUSE_MS = 2_000

/** What to listen to and whom to tell. */
export interface ListenOptions {
  /** Where to connect, and how: see connectionConfig. */
  connection: pg.ClientConfig
  /** Shown in pg_stat_activity; the relay's when left out. */
  applicationName?: string | undefined
  /** Called on every notification, with its payload, and after every (re)connect, when notifications may have been missed. */
  onHint: (payload?: string) => void
  /** Called each time from which on notifications arrive: once LISTEN is in force, also after a reconnect. */
  onListening?: (() => void) | undefined
  health: Health
}

/**
 * Listens for hints on a connection of its own, for ever: a lost connection is replaced, also when the first attempt
 * fails. Resolves once `signal` has aborted and the connection is released; never rejects.
 */
export async function listen(options: ListenOptions, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const subscriber = subscribe(options, signal)
    try {
      await subscriber.connect()
      await subscriber.listenTo(CHANNEL)
      options.health.up()
      options.onListening?.()
      options.onHint()
      await aborted(signal)
    } catch (error) {
      options.health.down(error)
    }
    // pg-listen goes on by itself after a failed first connect: one client at a time.
    await subscriber.close().catch(() => undefined)
    await sleep(pause(attempt), undefined, { signal }).catch(() => undefined)
  }
}

function subscribe(
  { connection, applicationName = 'universes relay (listen)', onHint, onListening, health }: ListenOptions,
  signal: AbortSignal,
): ReturnType<typeof pgListen.default> {
  let closed = false
  const subscriber = pgListen.default(
    {
      ...connection,
      application_name: applicationName,
      connectionTimeoutMillis: 5_000,
    },
    {
      retryTimeout: 0,
      // close() does not end a reconnect that is under way; an error from here does.
      retryInterval: (attempt) => {
        if (closed) throw new Error('closed')
        return pause(attempt)
      },
      parse: (payload) => payload,
    },
  )
  const close = subscriber.close.bind(subscriber)
  subscriber.close = async () => {
    closed = true
    await close()
  }
  subscriber.notifications.on(CHANNEL, onHint)
  subscriber.events.on('reconnect', () => health.down(new Error('connection lost')))
  subscriber.events.on('error', (error) => {
    if (!closed) health.down(error)
  })
  subscriber.events.on('connected', () => {
    // A reconnect that was under way when we closed has succeeded after all.
    if (closed) return void close().catch(() => undefined)
    if (!signal.aborted) health.up()
    // The first connection has yet to LISTEN; later ones do it before they report.
    if (subscriber.getSubscribedChannels().length > 0) onListening?.()
    onHint()
  })
  return subscriber
}

/** Milliseconds before the next attempt: 100, 200, 400 ... 2,000. */
export function pause(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS)
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
