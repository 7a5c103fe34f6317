import { loadInto, writeFiles } from '../load/files.js'
import type { LoadResult } from '../../src/load/result.js'
import type { SyncRun } from '../../src/operations/refresh.js'
import { removeFolder, type TestDatabase } from '../support/index.js'

/** Options of loading a fund. */
export interface FundOptions {
  etf?: string
  environment?: string
  /** Default true: small funds lose more members than the guards allow. */
  force?: boolean
}

/** Loads the lines of a holdings file, `symbol,weight`, through the loader. */
export async function loadLines(
  db: TestDatabase,
  lines: string,
  { etf = 'SPY', environment = 'DEFAULT', force = true }: FundOptions = {},
): Promise<LoadResult> {
  const name = `${etf.toLowerCase()}_holdings.csv`
  const folder = await writeFiles({ [name]: `symbol,weight\n${lines.trim().replaceAll(/\s+/g, '\n')}\n` })
  const load = await loadInto(db, { kind: 'etfs', paths: [`${folder}/${name}`], environment, force })
  removeFolder(folder)
  return load
}

/** Calls rollback_universes and returns its run. */
export async function rollBack(
  db: TestDatabase,
  to: string,
  { before = false, dryRun = false, environment = 'DEFAULT' } = {},
): Promise<SyncRun> {
  const [run] = await db.query('SELECT * FROM rollback_universes($1, $2, $3, $4)', [
    to,
    before,
    dryRun,
    environment,
  ])
  return run as unknown as SyncRun
}

/** Returns the end of a run or load, with microseconds. */
export async function endOf(db: TestDatabase, id: string): Promise<string> {
  const [row] = await db.query<{ at: string }>(
    'SELECT finished_at::text AS at FROM recorded_runs WHERE id = $1',
    [id],
  )
  return row!.at
}

/** Returns the server's current time, with microseconds. */
export async function clock(db: TestDatabase): Promise<string> {
  const [row] = await db.query<{ at: string }>('SELECT clock_timestamp()::text AS at')
  return row!.at
}

/** Every membership as it is stored, without the id and the time of the row. */
export async function memberships(db: TestDatabase): Promise<string[]> {
  return lines(
    db,
    `SELECT concat_ws(' ', g.environment, g.type, g.name, m.symbol, m.weight, m.metadata) AS line
     FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id`,
  )
}

/** Every row of cache_entries, without the times at which it was written. */
export async function entries(db: TestDatabase): Promise<string[]> {
  return lines(
    db,
    `SELECT (to_jsonb(c) - '{updated_at,universe_metadata}'::text[]
       || jsonb_build_object('content', c.content - 'last_updated', 'universe_metadata', c.universe_metadata - 'last_updated'))::text AS line
     FROM cache_entries c`,
  )
}

/** Members of a fund as `symbol weight`. */
export async function weights(
  db: TestDatabase,
  name = 'SPY',
  environment = 'DEFAULT',
): Promise<Record<string, number>> {
  const rows = await db.query<{ symbol: string; weight: number }>(
    `SELECT m.symbol, m.weight::float8 AS weight
     FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     WHERE g.name = $1 AND g.environment = $2 ORDER BY m.symbol COLLATE "C"`,
    [name, environment],
  )
  return Object.fromEntries(rows.map(({ symbol, weight }) => [symbol, weight]))
}

/** The checks of validate_relationships that fail. */
export async function failedChecks(db: TestDatabase): Promise<unknown[]> {
  return db.query(`SELECT check_name, findings, samples FROM validate_relationships() WHERE status = 'FAIL'`)
}

/** Returns overlaps and gaps in history, rankings not numbered 1 to n, and cache entries that differ from the members. */
export async function faults(db: TestDatabase): Promise<unknown[]> {
  return db.query(
    `TABLE check_history_overlaps UNION ALL TABLE check_history_gaps UNION ALL TABLE check_rank_gaps
     UNION ALL TABLE check_stale_cache`,
  )
}

async function lines(db: TestDatabase, sql: string): Promise<string[]> {
  const rows = await db.query<{ line: string }>(`SELECT line FROM (${sql}) x ORDER BY line COLLATE "C"`)
  return rows.map(({ line }) => line)
}
