import type pg from 'pg'
import type { EnrichOptions, SyncRun } from '../../src/operations/refresh.js'
import { fund, loadRows, type Loaded } from '../loading/staging.js'
import type { TestDatabase } from '../support/index.js'

/** Calls enrich_sectors and returns its run; fails when the run failed. */
export async function enriched(db: TestDatabase, options: EnrichOptions = {}): Promise<SyncRun> {
  const { mode = 'incremental', dryRun = false, force = false, environment = 'DEFAULT' } = options
  const [run] = await db.query<SyncRun & pg.QueryResultRow>(
    `SELECT * FROM enrich_sectors($1, $2, $3, $4, 'test')`,
    [mode, dryRun, force, environment],
  )
  if (run!.status !== 'completed') throw new Error(`the run failed: ${JSON.stringify(run!.error)}`)
  return run!
}

/** Every sector that a stock is stored in, each with the reason that its membership records. */
export async function sectorsOf(
  db: TestDatabase,
  symbol: string,
  environment = 'DEFAULT',
): Promise<Record<string, unknown>[]> {
  return db.query(
    `SELECT g.name AS sector, m.metadata ->> 'source' AS source, m.metadata ->> 'rule' AS rule, m.metadata ->> 'industry' AS industry
     FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     WHERE g.type = 'SECTOR' AND m.symbol = $1 AND g.environment = $2 ORDER BY g.name`,
    [symbol, environment],
  )
}

/** Takes the marks for the next refresh away and returns them, each once, as "kind symbol". */
export async function takeMarks(db: TestDatabase): Promise<string[]> {
  const rows = await db.query<{ mark: string }>(
    `WITH marks AS (DELETE FROM market_changes RETURNING concat_ws(' ', kind, symbol) AS mark)
     SELECT DISTINCT mark FROM marks ORDER BY mark`,
  )
  return rows.map(({ mark }) => mark)
}

/** Loads a fund's file as an issuer writes it, with a sector per constituent; no date when `asOf` is left out. */
export async function loadIssuerFund(
  db: TestDatabase,
  etf: string,
  sectors: Readonly<Record<string, string>>,
  asOf?: string,
): Promise<Loaded> {
  const weight = String(100 / Object.keys(sectors).length)
  const rows = Object.entries(sectors).map(([symbol, sector]) => {
    return { symbol, weight, sector, asset_class: 'Equity' }
  })
  const dated = asOf === undefined ? {} : { as_of: asOf }
  const result = await loadRows(db, 'etfs', [fund(etf, rows, { format: 'ishares', ...dated })])
  const bad = result.files.filter(({ status }) => status !== 'loaded' && status !== 'unchanged')
  if (bad.length > 0) throw new Error(`not loaded: ${JSON.stringify(bad)}`)
  return result
}
