import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type pg from 'pg'
import type { RefreshMode, SyncRun, UniverseChange } from '../../src/operations/refresh.js'
import { fundFiles } from '../support/data.js'
import { TODAY, type TestDatabase } from '../support/index.js'

/** A stock of a small market; by default an active common stock without further attributes. */
export interface Stock {
  symbol: string
  type?: string
  active?: boolean
  /** Market cap of the vendor, in dollars. */
  cap?: number
  shares?: number
  close?: number
  /** Days since it was listed. */
  listed?: number
  exchange?: string
  sector?: string
  sic?: string
}

/** Arguments of refresh_universes. */
export interface RunOptions {
  mode?: RefreshMode
  append?: boolean
  dryRun?: boolean
  force?: boolean
  environment?: string
}

/** Calls refresh_universes and returns its run, even if it failed. */
export async function run(db: TestDatabase, options: RunOptions = {}): Promise<SyncRun> {
  const [row] = await db.query<SyncRun & pg.QueryResultRow>(
    `SELECT * FROM refresh_universes($1, $2, $3, $4, $5, 'test')`,
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

/** Calls refresh_universes and fails when the run failed. */
export async function completed(db: TestDatabase, options: RunOptions = {}): Promise<SyncRun> {
  const done = await run(db, options)
  if (done.status !== 'completed') throw new Error(`the run failed: ${JSON.stringify(done.error)}`)
  return done
}

/** Lists stocks and, where a close is given, their price of today. */
export async function listStocks(db: TestDatabase, stocks: readonly Stock[]): Promise<void> {
  const json = JSON.stringify(stocks)
  await db.query(
    `INSERT INTO symbols (symbol, name, type, active, market_cap, weighted_shares_outstanding, list_date,
       primary_exchange, sector, sic_code)
     SELECT symbol, symbol || ' Inc.', coalesce(type, 'CS'), coalesce(active, true), cap, shares, ${TODAY} - listed,
       exchange, sector, sic
     FROM jsonb_to_recordset($1::jsonb) AS s (symbol text, type text, active boolean, cap bigint, shares bigint,
       listed integer, exchange text, sector text, sic text)`,
    [json],
  )
  await db.query(
    `INSERT INTO ohlcv_daily (symbol, date, close)
     SELECT symbol, ${TODAY}, close FROM jsonb_to_recordset($1::jsonb) AS s (symbol text, close numeric)
     WHERE close IS NOT NULL`,
    [json],
  )
}

/** `count` priced stocks named prefix1, prefix2, ..., each a million dollars smaller than the one before. */
export function stocks(
  prefix: string,
  count: number,
  largest: number,
  more: Omit<Stock, 'symbol'> = {},
): Stock[] {
  return Array.from({ length: count }, (_, i) => ({
    symbol: `${prefix}${i + 1}`,
    cap: largest - i * 1e6,
    shares: 1e6,
    close: largest / 1e6 - i,
    listed: 4000,
    exchange: 'XNYS',
    ...more,
  }))
}

/** A market of 60 stocks in four sectors, three funds, and their holdings. */
export async function listSmallMarket(db: TestDatabase): Promise<void> {
  await listStocks(db, [
    ...stocks('TEC', 16, 300e9, { sic: '7372', exchange: 'XNAS' }),
    ...stocks('BNK', 16, 50e9, { sic: '6021' }),
    ...stocks('OIL', 14, 5e9, { sic: '1311' }),
    ...stocks('UTL', 14, 1e9, { sector: 'Utilities' }),
    ...['SPY', 'XLK', 'XLF'].map((symbol) => ({ symbol, type: 'ETF' })),
  ])
  await loadFund(db, 'SPY', { TEC1: 40, TEC2: 30, BNK1: 20, OIL1: 10 })
  await loadFund(db, 'XLK', { TEC1: 50, TEC2: 30, TEC3: 20 })
  await loadFund(db, 'XLF', { BNK1: 60, BNK2: 40 })
}

/** Sets today's close of some stocks. */
export async function setCloses(db: TestDatabase, closes: Readonly<Record<string, number>>): Promise<void> {
  await db.query(
    `INSERT INTO ohlcv_daily (symbol, date, close)
     SELECT key, ${TODAY}, value::numeric FROM jsonb_each_text($1)
     ON CONFLICT (symbol, date) DO UPDATE SET close = EXCLUDED.close`,
    [JSON.stringify(closes)],
  )
}

/** One file for `load`: its rows are CSV without the header. */
export interface Source {
  name: string
  columns: readonly string[]
  rows: string | Buffer
  /** Name of the fund. */
  group?: string
}

/** Loads files the way the runner does: stage_files, a COPY per file, finish_load, in one transaction. */
export async function load(
  db: TestDatabase,
  kind: 'symbols' | 'prices' | 'etfs',
  sources: readonly Source[],
  environment = 'DEFAULT',
): Promise<UniverseChange[]> {
  const client = await db.client()
  const table = { symbols: 'staged_symbols', prices: 'staged_prices', etfs: 'staged_members' }[kind]
  const files = sources.map(({ name, columns, group }, file) => {
    return { file, name, md5: name, columns, group_name: group, group_type: group && 'ETF' }
  })
  await client.query('BEGIN')
  await client.query(`SELECT stage_files($1, 'full', $2, $3)`, [kind, JSON.stringify(files), environment])
  for (const [file, { columns, rows }] of sources.entries()) {
    const targets = columns.map((column) => (column === 'last_seen' ? 'extra_1' : column))
    await client.query('SELECT stage_file($1)', [file])
    const copy = client.query(copyFrom(`COPY ${table} (${targets.join()}) FROM STDIN (FORMAT csv)`))
    await pipeline(Readable.from([rows]), copy)
  }
  const { rows } = await client.query<{ files: { status: string }[]; changes: UniverseChange[] }>(
    `SELECT files, changes FROM finish_load($1, 'full', now(), p_environment => $2)`,
    [kind, environment],
  )
  await client.query('COMMIT')
  await client.end()
  const bad = rows[0]!.files.filter(({ status }) => status !== 'loaded' && status !== 'unchanged')
  if (bad.length > 0) throw new Error(`not loaded: ${JSON.stringify(bad)}`)
  return rows[0]!.changes
}

/** Makes these the constituents of a fund; weights in percent. */
export async function loadFund(
  db: TestDatabase,
  etf: string,
  weights: Readonly<Record<string, number>>,
  environment = 'DEFAULT',
): Promise<UniverseChange[]> {
  const rows = Object.entries(weights).map(([symbol, weight]) => `${symbol},${weight}\n`)
  const columns = ['symbol', 'weight']
  const name = `${etf.toLowerCase()}_holdings.csv`
  return load(db, 'etfs', [{ name, columns, rows: rows.join(''), group: etf }], environment)
}

/** A CSV file as a source for `load`. */
export function csvFile(directory: string, name: string, group?: string): Source {
  const text = readFileSync(join(directory, name), 'utf8')
  const end = text.indexOf('\n')
  const source = { name, columns: text.slice(0, end).split(','), rows: text.slice(end + 1) }
  return group === undefined ? source : { ...source, group }
}

/** Loads the listing, prices and holdings of a market folder. */
export async function loadWholeMarket(db: TestDatabase, directory: string): Promise<void> {
  await load(
    db,
    'symbols',
    ['symbols.csv', 'symbols_delisted.csv'].map((name) => csvFile(directory, name)),
  )
  await load(db, 'prices', [csvFile(directory, 'prices_latest.csv')])
  const holdings = join(directory, 'holdings')
  await load(
    db,
    'etfs',
    fundFiles(directory).map(({ fund, file }) => csvFile(holdings, file, fund)),
  )
}

/** Members of a universe: by rank, else in byte order. */
export async function members(
  db: TestDatabase,
  type: string,
  name: string,
  environment = 'DEFAULT',
): Promise<string[]> {
  const rows = await db.query<{ symbol: string }>(
    `SELECT m.symbol FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     WHERE g.type = $1 AND g.name = $2 AND g.environment = $3
     ORDER BY (m.metadata ->> 'rank')::integer, m.symbol COLLATE "C"`,
    [type, name, environment],
  )
  return rows.map(({ symbol }) => symbol)
}

/** Every universe a symbol is in, as TYPE/name in byte order. */
export async function groupsOf(db: TestDatabase, symbol: string, environment = 'DEFAULT'): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT g.type || '/' || g.name AS name FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     WHERE m.symbol = $1 AND g.environment = $2`,
    [symbol, environment],
  )
  return rows.map(({ name }) => name).sort()
}

/** Returns the changes that a run made to one universe. */
export function changeOf(done: SyncRun, type: string, name: string): UniverseChange | undefined {
  return done.changes.find((change) => change.type === type && change.name === name)
}

/** An event of the outbox. */
export interface OutboxEvent {
  event: string
  payload: Record<string, unknown>
}

/** Events of one run or load, in order. */
export async function eventsOf(db: TestDatabase, runId: string): Promise<OutboxEvent[]> {
  return db.query<OutboxEvent & pg.QueryResultRow>(
    'SELECT event, payload FROM universe_events WHERE run_id = $1 ORDER BY seq',
    [runId],
  )
}

/** Returns a checksum of the rows per table and materialized view. */
export async function contents(
  db: TestDatabase,
  except: readonly string[] = [],
): Promise<Record<string, string>> {
  return checksums(db, 't::text', except)
}

/** Returns checksums that include ctid and xmin: they are equal only if no row version was written. */
export async function rowVersions(
  db: TestDatabase,
  except: readonly string[] = [],
): Promise<Record<string, string>> {
  return checksums(db, `concat_ws(' ', t.ctid, t.xmin, t)`, except)
}

async function checksums(
  db: TestDatabase,
  row: string,
  except: readonly string[],
): Promise<Record<string, string>> {
  const tables = await db.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'm') ORDER BY relname`,
  )
  const sums: Record<string, string> = {}
  for (const { name } of tables.filter((table) => !except.includes(table.name))) {
    const [sum] = await db.query<{ sum: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(${row}, '' ORDER BY ${row} COLLATE "C")), '') AS sum FROM ${name} AS t`,
    )
    sums[name] = sum!.sum
  }
  return sums
}
