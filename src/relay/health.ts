import type { Logger } from 'pino'
import { toUniversesError } from '../errors.js'

/** Logs when a server goes and when it comes back: one line per change, however many attempts lie between. */
export class Health {
  readonly #logger: Logger
  readonly #name: string
  #up = true

  constructor(logger: Logger, name: string) {
    this.#logger = logger
    this.#name = name
  }

  /** It does not work at the moment. */
  down(error: unknown): void {
    if (!this.#up) return
    this.#up = false
    const { message, hint } = toUniversesError(error)
    this.#logger.warn({ reason: message, hint }, `${this.#name} is not available; trying again until it is`)
  }

  /** It works. */
  up(): void {
    if (this.#up) return
    this.#up = true
    this.#logger.info(`${this.#name} is available again`)
  }
}
