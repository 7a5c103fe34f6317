import type pg from 'pg'
import type { Logger } from 'pino'
import { toUniversesError } from '../errors.js'
import { Health } from '../relay/health.js'
import { listen } from '../relay/listen.js'
import type { Reason } from './loads.js'

/** Payload of a notification: the table symbols has changed, which no event tells. */
const SYMBOLS = 'symbols'

/** What is told to the cache. */
export interface EarsOptions {
  /** From now on changes are heard; those since then may have been missed. */
  onListening: (since: Date) => void
  /** Something has changed; `full` when no event says what. */
  onHint: (full: boolean) => void
  /** Changes are not heard, or still not. */
  onDeaf: () => void
}

/** Hears of changes, over a connection of its own that is replaced when it is lost. */
export class Ears {
  readonly #closing = new AbortController()
  readonly #listening: Promise<void>
  #hears = false
  #deaf: Reason | undefined

  constructor(connection: pg.ClientConfig, logger: Logger, options: EarsOptions) {
    const health = new Hearing(logger, (reason) => {
      if (this.#closing.signal.aborted) return
      this.#hears = false
      this.#deaf ??= { since: new Date(), reason: `changes cannot be heard: ${reason}` }
      options.onDeaf()
    })
    const onListening = (): void => {
      const since = this.#deaf?.since ?? new Date()
      this.#hears = true
      this.#deaf = undefined
      options.onListening(since)
    }
    const onHint = (payload?: string): void => {
      // Before LISTEN is in force a hint only says that there is a connection.
      if (this.#hears) options.onHint(payload === SYMBOLS)
    }
    this.#listening = listen(
      { connection, applicationName: 'universes cache (listen)', health, onListening, onHint },
      this.#closing.signal,
    )
  }

  /** Since when changes cannot be heard, and why. */
  get deaf(): Reason | undefined {
    return this.#deaf
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#listening
  }
}

/** Logs like Health, and tells of every failure. */
class Hearing extends Health {
  readonly #onDown: (reason: string) => void

  constructor(logger: Logger, onDown: (reason: string) => void) {
    super(logger, 'LISTEN connection of the relationship cache')
    this.#onDown = onDown
  }

  override down(error: unknown): void {
    super.down(error)
    this.#onDown(toUniversesError(error).message)
  }
}
