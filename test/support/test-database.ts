import { createHash, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { inject } from 'vitest'
import { searchPath } from '../../src/database/schemas.js'

/** Connection options with which every object of an installation in schema public is found without a prefix. */
export const SEARCH_PATH = `-c search_path=${searchPath('public').replaceAll(' ', '')}`

/** Today in UTC, the day that the product goes by whatever the time zone of a session, as SQL. */
export const TODAY = `(now() AT TIME ZONE 'UTC')::date`

/** A database of one test file. */
export interface TestDatabase {
  url: string
  name: string
  schema: 'public'
  /** Connections with both schemas of an installation in search_path. */
  pool: pg.Pool
  /** Runs one statement on the pool and returns its rows. */
  query<Row extends pg.QueryResultRow = Record<string, unknown>>(
    this: void,
    sql: string,
    params?: readonly unknown[],
  ): Promise<Row[]>
  /** A connection of its own, closed with the database at the latest. */
  client(this: void): Promise<pg.Client>
  /** Closes every connection and drops the database now instead of at the end of the file. */
  drop(this: void): Promise<void>
}

interface Opened {
  database: TestDatabase
  close(this: void): Promise<void>
}

const opened = new Map<string, Opened>()

/**
 * Creates a database for a test file: a copy of the migrated template, or an empty one. It is dropped when
 * the file has passed and kept when a test failed. Only databases created here are ever dropped.
 */
export async function testDatabase(
  importMetaUrl: string,
  options: { empty?: boolean } = {},
): Promise<TestDatabase> {
  const file = createHash('sha1').update(fileURLToPath(importMetaUrl)).digest('hex').slice(0, 10)
  const name = `universes_test_${file}_${randomBytes(4).toString('hex')}`
  const { adminUrl, template } = inject('postgres')
  await onServer(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${options.empty ? 'template0' : template}`)
  const url = databaseUrl(adminUrl, name)
  const pool = new pg.Pool({ connectionString: url, options: SEARCH_PATH, max: 5 })
  pool.on('error', () => undefined)
  const clients: pg.Client[] = []
  const close = async (): Promise<void> => {
    opened.delete(name)
    await Promise.all([pool.end(), ...clients.map((client) => client.end().catch(() => undefined))])
  }
  const database: TestDatabase = {
    url,
    name,
    schema: 'public',
    pool,
    query: async <Row extends pg.QueryResultRow>(sql: string, params: readonly unknown[] = []) =>
      (await pool.query<Row>(sql, [...params])).rows,
    client: async () => {
      const client = new pg.Client({ connectionString: url, options: SEARCH_PATH })
      client.on('error', () => undefined)
      clients.push(client)
      await client.connect()
      return client
    },
    drop: async () => {
      await close()
      await onServer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
  opened.set(name, { database, close })
  return database
}

/** Ends the databases of a file: drops them, or keeps them and says where when a test failed. */
export async function endDatabases(failed: boolean): Promise<void> {
  const { keeps } = inject('postgres')
  for (const { database, close } of [...opened.values()]) {
    if (!failed) await database.drop()
    else {
      await close()
      console.log(
        keeps
          ? `kept the database of the failed file: ${database.url}`
          : 'set TEST_DATABASE_URL to keep the databases of failed files',
      )
    }
  }
}

/** The same server and account, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

/** Runs one statement on a connection of its own. */
export async function onServer(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
