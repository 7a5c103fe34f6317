import pg from 'pg'
import { config } from '../config.js'
import type { ConnectOptions } from '../database/connect.js'
import { searchPath } from '../database/schemas.js'
import { connectionConfig } from '../database/tls.js'

/** PostgreSQL ends a statement that takes longer. */
const STATEMENT_TIMEOUT_MS = 30_000
/** Somewhat more: the limit for a response that never arrives because the server or the network is down. */
const RESPONSE_TIMEOUT_MS = 35_000
/** Limit for opening a connection. */
const CONNECT_TIMEOUT_MS = 5_000
/** Limit for a request that waits while all connections of the pool are in use. */
const WAIT_TIMEOUT_MS = 10_000

/** Size of the pool, and how long requests wait for one of its connections. */
export interface PoolOptions {
  connections?: number
  waitMs?: number
}

/** Client with its own limit for connecting: connectionTimeoutMillis of the pool also limits the wait for a connection. */
class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  }
}

/** Connection pool of the service, shared by the short statements of all requests. */
export class Database {
  readonly #pool: pg.Pool

  /** Connects on the first statement. Throws a usage error for an invalid URL. */
  constructor(
    { url, schema }: ConnectOptions,
    { connections = 8, waitMs = WAIT_TIMEOUT_MS }: PoolOptions = {},
  ) {
    this.#pool = new pg.Pool({
      ...connectionConfig(url ?? config().databaseUrl),
      Client,
      max: connections,
      application_name: 'universes serve',
      keepAlive: true,
      connectionTimeoutMillis: waitMs,
      query_timeout: RESPONSE_TIMEOUT_MS,
      // The pool waits for the promise, which its types do not say.
      onConnect: (client) => prepare(client, schema ?? config().schema) as unknown as undefined,
    })
    // The pool replaces a connection that breaks while idle; without a listener the event would end the process.
    this.#pool.on('error', () => undefined)
  }

  /** Number of connections, of idle ones, and of callers that wait for one. */
  get usage(): { total: number; idle: number; waiting: number } {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool
    return { total, idle, waiting }
  }

  /** Returns the rows of a statement. */
  async rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, [...values])).rows
  }

  /** Returns the single value of a statement, such as the document of a function. */
  async value<Value>(text: string, values: readonly unknown[] = []): Promise<Value> {
    const { rows } = await this.#pool.query<[Value]>({ text, values: [...values], rowMode: 'array' })
    return rows[0]![0]
  }

  /** Closes each connection when its statement has ended. */
  async close(): Promise<void> {
    await this.#pool.end()
  }
}

async function prepare(client: pg.ClientBase, schema: string): Promise<void> {
  await client.query(
    `SET search_path TO ${searchPath(schema)}; SET statement_timeout TO ${STATEMENT_TIMEOUT_MS}`,
  )
}
