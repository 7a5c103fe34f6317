import type pg from 'pg'
import { connect, type ConnectOptions } from '../database/connect.js'
import { withTimeout } from '../database/timeout.js'
import { toUniversesError } from '../errors.js'
import type { SnapshotDocument } from './document.js'

/** A query that takes longer counts as lost with its connection. */
const QUERY_TIMEOUT_MS = 60_000
const CLOSE_TIMEOUT_MS = 2_000

/** The query of the cache, in the form that `client.query` and `pool.query` of pg accept. */
export interface SnapshotQuery {
  name: string
  text: string
  values: unknown[]
  query_timeout: number
}

/** Sends the query: `(query) => pool.query(query)`, with the schema of the package in the pool's search_path. */
export type QuerySnapshot = (query: SnapshotQuery) => Promise<{ rows: { document: unknown }[] }>

/** Reads documents over a connection of its own, opened on demand, or through the caller's function. */
export class SnapshotSource {
  readonly #database: ConnectOptions
  readonly #query: QuerySnapshot | undefined
  #client: pg.Client | undefined
  #closed = false

  constructor(database: ConnectOptions, query: QuerySnapshot | undefined) {
    this.#database = database
    this.#query = query
  }

  /** Calls relationship_snapshot(). Rejects with a UniversesError. */
  async read(environment: string, after: number | undefined): Promise<SnapshotDocument> {
    const query: SnapshotQuery = {
      name: 'relationship_snapshot',
      text: 'SELECT relationship_snapshot($1, $2) AS document',
      values: [environment, after ?? null],
      query_timeout: QUERY_TIMEOUT_MS,
    }
    try {
      const { rows } = await (this.#query ?? (await this.#connected()))(query)
      return rows[0]!.document as SnapshotDocument
    } catch (error) {
      void this.#disconnect()
      throw toUniversesError(error)
    }
  }

  /** Closes the connection; a running query fails. Waits at most two seconds for the server. */
  async close(): Promise<void> {
    this.#closed = true
    await withTimeout(this.#disconnect(), CLOSE_TIMEOUT_MS, () => undefined)
  }

  async #connected(): Promise<QuerySnapshot> {
    if (this.#client === undefined) {
      const client = await connect({
        timeoutMs: 10_000,
        applicationName: 'universes cache',
        ...this.#database,
      })
      if (this.#closed) await client.end()
      // Lost while idle: the next load opens another one instead of failing.
      client.once('end', () => {
        if (this.#client === client) this.#client = undefined
      })
      this.#client = client
    }
    const client = this.#client
    return (query) => client.query<{ document: unknown }>(query)
  }

  async #disconnect(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => undefined)
  }
}
