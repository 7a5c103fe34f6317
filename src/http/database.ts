import pg from 'pg'
import { config } from '../config.js'
import type { ConnectOptions } from '../database/connect.js'
import { searchPath } from '../database/schemas.js'
import { connectionConfig } from '../database/tls.js'

/** A reader that has not got its answer by then is told so: PostgreSQL ends the statement itself. */
const STATEMENT_TIMEOUT_MS = 30_000
/** Somewhat later: an answer that never came, because the server or the network has gone. */
const ANSWER_TIMEOUT_MS = 35_000
const CONNECTION_TIMEOUT_MS = 5_000

/** Connections of the service: short statements of many requests share a few of them. */
export class Database {
  readonly #pool: pg.Pool

  /** Connects when somebody asks. A URL that makes no sense is a usage error at once. */
  constructor({ url, schema }: ConnectOptions, connections = 8) {
    this.#pool = new pg.Pool({
      ...connectionConfig(url ?? config().databaseUrl),
      max: connections,
      application_name: 'universes serve',
      keepAlive: true,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      // The pool waits for the promise, which its types do not say.
      onConnect: (client) => prepare(client, schema ?? config().schema) as unknown as undefined,
    })
    // A connection that breaks while nobody uses it is replaced by the pool; the event alone must not end the process.
    this.#pool.on('error', () => undefined)
  }

  /** Connections in use, idle, and callers that wait for one. */
  get usage(): { total: number; idle: number; waiting: number } {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool
    return { total, idle, waiting }
  }

  /** Rows of a statement. */
  async rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, [...values])).rows
  }

  /** The one value of a statement, such as the document that a function returns. */
  async value<Value>(text: string, values: readonly unknown[] = []): Promise<Value> {
    const { rows } = await this.#pool.query<[Value]>({ text, values: [...values], rowMode: 'array' })
    return rows[0]![0]
  }

  /** Closes every connection once its statement has ended. */
  async close(): Promise<void> {
    await this.#pool.end()
  }
}

async function prepare(client: pg.ClientBase, schema: string): Promise<void> {
  await client.query(
    `SET search_path TO ${searchPath(schema)}; SET statement_timeout TO ${STATEMENT_TIMEOUT_MS}`,
  )
}
