import type { Logger } from 'pino'
import { toUniversesError } from '../errors.js'

/** Logs when a server becomes unavailable and when it is back: one line per change, however many attempts fail in between. */
export class Health {
  readonly #logger: Logger
  readonly #name: string
  #up = true

  constructor(logger: Logger, name: string) {
    this.#logger = logger
    this.#name = name
  }

  /** Records a failed attempt. */
  down(error: unknown): void {
    if (!this.#up) return
    this.#up = false
    const { message, hint } = toUniversesError(error)
    this.#logger.warn({ reason: message, hint }, `${this.#name} is not available; trying again until it is`)
  }

  /** Records an attempt that succeeded. */
  up(): void {
    if (this.#up) return
    this.#up = true
    this.#logger.info(`${this.#name} is available again`)
  }
}
