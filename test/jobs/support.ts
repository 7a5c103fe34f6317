import pg from 'pg'
import { pino, type Logger } from 'pino'
import { expect } from 'vitest'
import { Database } from '../../src/http/database.js'
import { startJobRunner, type JobRunner, type JobRunnerOptions } from '../../src/jobs/runner.js'
import type { RefreshMode, SyncRun } from '../../src/operations/refresh.js'
import { listSmallMarket, completed, setCloses } from '../refresh/market.js'
import { SEARCH_PATH, spawnCli, type CliProcess, type TestDatabase } from '../support/index.js'

/** Arguments of request_refresh. */
export interface Request {
  mode?: RefreshMode
  append?: boolean
  dryRun?: boolean
  force?: boolean
  environment?: string
}

/** A row of request_refresh. */
export interface Requested {
  accepted: boolean
  job_id: string
  mode: string | null
  message: string
}

/** An event of the outbox, as it is stored. */
export interface StoredEvent {
  seq: string
  event: string
  payload: Record<string, unknown>
}

/** Anything that runs queries: a database, pool or client. */
export type Asked = Pick<TestDatabase, 'query'>

/** A small market that has been refreshed, and one price that has moved since: the next refresh has something to change. */
export async function changedMarket(db: TestDatabase): Promise<void> {
  await listSmallMarket(db)
  await completed(db)
  await setCloses(db, { UTL1: 900_000 })
}

/** Moves a price far up, or down again: the next refresh has something to change. */
export async function movePrice(db: TestDatabase): Promise<void> {
  const [row] = await db.query<{ high: boolean }>(
    `SELECT market_cap > 100e9 AS high FROM symbols WHERE symbol = 'UTL1'`,
  )
  await setCloses(db, { UTL1: row!.high ? 1_000 : 900_000 })
}

/** Makes every refresh that changes something fail in its last step, until tidyUp(). */
export async function breakRefresh(db: Asked): Promise<void> {
  await db.query('ALTER TABLE cache_entries ADD CONSTRAINT nothing_new CHECK (false) NOT VALID')
}

/** Undoes breakRefresh() and runs the waiting jobs of a test. */
export async function tidyUp(db: Asked): Promise<void> {
  await db.query('ALTER TABLE cache_entries DROP CONSTRAINT IF EXISTS nothing_new')
  await db.query('SELECT run_job(id) FROM waiting_jobs')
}

/** Requests a refresh; it may be refused. */
export async function request(db: Asked, options: Request = {}): Promise<Requested> {
  const [row] = await db.query<Requested & pg.QueryResultRow>(
    `SELECT * FROM request_refresh($1, $2, $3, $4, $5, 'test')`,
    [
      options.mode ?? 'full',
      options.append ?? false,
      options.dryRun ?? false,
      options.force ?? false,
      options.environment ?? 'DEFAULT',
    ],
  )
  return row!
}

/** Requests a refresh and fails if it is refused. */
export async function accepted(db: Asked, options: Request = {}): Promise<string> {
  const { accepted: ok, job_id, message } = await request(db, options)
  if (!ok) throw new Error(message)
  return job_id
}

/** The run of a job, undefined while it is not done. */
export async function runOf(db: Asked, job: string): Promise<SyncRun | undefined> {
  const [run] = await db.query<SyncRun & pg.QueryResultRow>('SELECT * FROM sync_runs WHERE id = $1', [job])
  return run
}

/** Resolves with the run of a job when it is done. */
export async function ended(db: Asked, job: string): Promise<SyncRun> {
  let run: SyncRun | undefined
  await expect.poll(async () => (run = await runOf(db, job)) !== undefined, { timeout: 120_000 }).toBe(true)
  return run!
}

/** Returns the job events of a job or run, in order, without universe_updated and the like. */
export async function outboxOf(db: Asked, job: string): Promise<StoredEvent[]> {
  return db.query<StoredEvent & pg.QueryResultRow>(
    `SELECT seq, event, payload FROM universe_events
     WHERE run_id = $1 AND (event LIKE 'cache_sync%' OR event = 'sync_failed') ORDER BY seq`,
    [job],
  )
}

/** Locks a table so that a refresh waits before writing it. Returns a function that unlocks it. */
export async function holdUp(db: TestDatabase, table = 'cache_entries'): Promise<() => Promise<void>> {
  const blocker = await db.client()
  await blocker.query('BEGIN')
  await blocker.query(`LOCK TABLE ${table} IN SHARE MODE`)
  return async () => {
    await blocker.query('COMMIT')
    await blocker.end()
  }
}

/** Resolves with the process that runs `run_job`, or another statement, once it waits for a lock. */
export async function untilHeldUp(db: Asked, statement = '%run_job%'): Promise<number> {
  let pid: number | undefined
  const look = async (): Promise<boolean> => {
    const [row] = await db.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`,
      [statement],
    )
    pid = row?.pid
    return pid !== undefined
  }
  await expect.poll(look, { timeout: 60_000 }).toBe(true)
  return pid!
}

/** A logger and its records. */
export interface Log {
  logger: Logger
  lines: Record<string, unknown>[]
  messages(): unknown[]
}

/** Creates a logger that keeps its records, from level debug on. */
export function keptLog(): Log {
  const lines: Record<string, unknown>[] = []
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>)
  const logger = pino({ level: 'debug', base: null }, { write })
  return { logger, lines, messages: () => lines.map(({ msg }) => msg) }
}

/** A runner with its own connections. */
export interface TestRunner {
  runner: JobRunner
  log: Log
  close(this: void): Promise<void>
}

/** Starts a runner. */
export function startRunner(
  db: { url: string },
  options: Partial<Omit<JobRunnerOptions, 'database' | 'queries' | 'logger'>> = {},
): TestRunner {
  const database = { url: db.url, schema: 'public' }
  const queries = new Database(database)
  const log = keptLog()
  const runner = startJobRunner({ database, queries, environment: 'DEFAULT', logger: log.logger, ...options })
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await runner.close()
    await queries.close()
  }
  return { runner, log, close: () => (closing ??= close()) }
}

/** Wraps a dedicated server as a test database that survives restarts: every statement opens a connection. */
export function onServer(url: string): TestDatabase {
  const client = async (): Promise<pg.Client> => {
    const opened = new pg.Client({ connectionString: url, options: SEARCH_PATH })
    opened.on('error', () => undefined)
    await opened.connect()
    return opened
  }
  const query = async <Row extends pg.QueryResultRow>(
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> => {
    const opened = await client()
    try {
      return (await opened.query<Row>(sql, [...params])).rows
    } finally {
      await opened.end()
    }
  }
  return { url, name: 'postgres', schema: 'public', query, client } as unknown as TestDatabase
}

/** A service in a separate process. */
export interface ServeProcess extends CliProcess {
  url: string
}

/** Starts `universes serve` on a free port, with a relay when there is a Redis. */
export async function spawnServe(database: string, redis?: string): Promise<ServeProcess> {
  const relay = redis === undefined ? [] : ['--relay', '--stream', 'universes', '--redis-url', redis]
  const started = spawnCli(['serve', '--port', '0', ...relay], { env: { DATABASE_URL: database } })
  const [, url = ''] = await started.waitFor(/listening on (http\S+)/)
  return { ...started, url }
}

/** Asks a service for a refresh and returns the id of the job. */
export async function trigger(url: string, body: object = {}): Promise<string> {
  const response = await fetch(`${url}/api/processing/cache-sync/trigger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { job_id } = (await response.json()) as { job_id: string }
  if (response.status !== 202) throw new Error(`trigger answered ${response.status}`)
  return job_id
}
