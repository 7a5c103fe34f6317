import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { FileResult, LoadResult } from '../../src/load/result.js'
import type { TestDatabase } from '../support/index.js'

/** One line of a file as the runner copies it; line is counted from 2 when left out. */
export interface Row {
  line?: number
  symbol?: string | null
  weight?: string | null
  name?: string | null
  sector?: string | null
  asset_class?: string | null
  exchange?: string | null
  country?: string | null
  currency?: string | null
  market_currency?: string | null
  cusip?: string | null
  isin?: string | null
  sedol?: string | null
  figi?: string | null
}

/** A file as the loader stages it. */
export interface Staged {
  name: string
  /** Universe; none for sectors. */
  group?: string
  rows: readonly Row[]
  /** Derived from the rest when left out. */
  md5?: string
  format?: string
  as_of?: string
  /** Header cells that nobody reads. */
  unread?: string[]
}

export type Kind = 'etfs' | 'universes' | 'themes' | 'sectors'

export interface Options {
  mode?: 'full' | 'incremental'
  complete?: boolean
  dryRun?: boolean
  force?: boolean
  strict?: boolean
  environment?: string
}

/** Result of finish_load, as far as tests use it. */
export interface Loaded extends Omit<LoadResult, 'files' | 'changes'> {
  files: (FileResult & {
    format?: string
    as_of?: string
    skipped?: Record<string, number>
    skipped_lines?: { line: number; symbol?: string; name?: string; reason: string; weight?: number }[]
    held_by?: string[]
  })[]
  changes: unknown
}

const TYPES = { etfs: 'ETF', universes: 'UNIVERSE', themes: 'THEME', sectors: undefined }

/** A load by SQL alone: stage_files, the rows, finish_load, in one transaction. */
export async function loadRows(
  db: TestDatabase,
  kind: Kind,
  files: readonly Staged[],
  options: Options = {},
): Promise<Loaded> {
  const client = await db.pool.connect()
  try {
    await client.query('BEGIN')
    const pending = await stage(client, kind, files, options)
    const table = kind === 'sectors' ? 'staged_sectors' : 'staged_members'
    for (const file of pending) await insert(client, table, file, files[file]!.rows)
    const { rows } = await client.query<{ load: Loaded }>(
      `SELECT to_jsonb(finish_load($1, $2, now(), $3, $4, $5, $6, $7)) AS load`,
      [
        kind,
        options.mode ?? 'incremental',
        options.complete ?? false,
        options.dryRun ?? false,
        options.force ?? false,
        options.strict ?? false,
        options.environment ?? 'DEFAULT',
      ],
    )
    await client.query('COMMIT')
    return rows[0]!.load
  } catch (thrown) {
    await client.query('ROLLBACK')
    throw thrown
  } finally {
    client.release()
  }
}

async function stage(
  client: pg.ClientBase,
  kind: Kind,
  files: readonly Staged[],
  { mode, environment }: Options,
): Promise<number[]> {
  const stated = files.map(({ name, group, rows, md5, format, as_of, unread }, file) => ({
    file,
    name,
    format,
    as_of,
    unread,
    group_name: group,
    group_type: TYPES[kind],
    columns: Object.keys(rows[0] ?? { symbol: '' }).filter((column) => column !== 'line'),
    md5:
      md5 ??
      createHash('md5')
        .update(JSON.stringify([rows, format, as_of]))
        .digest('hex'),
  }))
  const { rows } = await client.query<{ file: number }>(
    'SELECT file FROM stage_files($1, $2, $3, $4) AS file',
    [kind, mode ?? 'incremental', JSON.stringify(stated), environment ?? 'DEFAULT'],
  )
  return rows.map(({ file }) => file)
}

async function insert(
  client: pg.ClientBase,
  table: string,
  file: number,
  rows: readonly Row[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== 'line')
  if (columns.length === 0) return
  const numbered = rows.map((row, index) => ({ line: index + 2, ...row }))
  await client.query(
    `INSERT INTO ${table} (file, line, ${columns.join()})
     SELECT $1, line, ${columns.join()} FROM jsonb_populate_recordset(NULL::${table}, $2)`,
    [file, JSON.stringify(numbered)],
  )
}

/** A fund of one file. */
export function fund(name: string, rows: readonly Row[], rest: Partial<Staged> = {}): Staged {
  return { name: `${name.toLowerCase()}_holdings.csv`, group: name, rows, ...rest }
}

/** Weights of a universe by symbol, and what its members say about their sector. */
export async function weightsOf(
  db: TestDatabase,
  name: string,
  environment = 'DEFAULT',
): Promise<Record<string, number | null>> {
  const rows = await db.query<{ symbol: string; weight: number | null }>(
    `SELECT m.symbol, m.weight::float8 FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     WHERE g.name = $1 AND g.environment = $2 ORDER BY m.symbol COLLATE "C"`,
    [name, environment],
  )
  return Object.fromEntries(rows.map(({ symbol, weight }) => [symbol, weight]))
}
