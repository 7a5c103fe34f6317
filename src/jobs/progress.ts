import type pg from 'pg'
import type { Logger } from 'pino'
import { connect, type ConnectOptions } from '../database/connect.js'
import { toUniversesError } from '../errors.js'
import type { RunProgress } from '../operations/refresh.js'

/**
 * Publishes the progress of a run over a connection of its own, because the run's is busy. Steps keep their order. Steps that
 * cannot be published are dropped; the run neither waits nor fails.
 */
export class ProgressPublisher {
  readonly #database: ConnectOptions
  readonly #logger: Logger
  #client: pg.Client | undefined
  #last: Promise<void> = Promise.resolve()
  #closed = false

  constructor(database: ConnectOptions, logger: Logger) {
    this.#database = { ...database, applicationName: 'universes serve (progress)', timeoutMs: 5_000 }
    this.#logger = logger
  }

  /** Queues a step for publishing. Returns at once. */
  report(step: RunProgress): void {
    this.#last = this.#last.then(() => this.#publish(step))
  }

  /** Closes the connection; steps that are still queued are dropped. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#drop()
    await this.#last
  }

  async #publish(step: RunProgress): Promise<void> {
    try {
      this.#client ??= await this.#connect()
      if (!this.#closed) await this.#client.query('SELECT publish_progress($1)', [step])
    } catch (error) {
      const { message } = toUniversesError(error)
      this.#logger.debug({ job: step.run_id, step: step.step, reason: message }, 'progress was not published')
    }
    if (this.#closed) await this.#drop()
  }

  async #connect(): Promise<pg.Client> {
    const client = await connect(this.#database)
    client.once('end', () => {
      if (this.#client === client) this.#client = undefined
    })
    return client
  }

  async #drop(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => undefined)
  }
}
