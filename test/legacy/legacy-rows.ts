import type pg from 'pg'
import type { SyncRun } from '../../src/operations/refresh.js'
import type { TestDatabase } from '../support/index.js'

/** A row of an old cache_entries. */
export interface LegacyRow {
  universe?: string
  content?: unknown
  cache_type?: string
  key?: string
  value?: unknown
  universe_category?: string
  type?: string
  name?: string
  environment?: string
  updated_at?: string
}

/** Writes rows as the predecessor wrote them. */
export async function addLegacyRows(db: TestDatabase, rows: readonly LegacyRow[]): Promise<void> {
  for (const row of rows) {
    const columns = Object.keys(row)
    const values = Object.entries(row).map(([column, value]) =>
      column === 'content' || column === 'value' ? JSON.stringify(value) : (value as string),
    )
    await db.query(
      `INSERT INTO cache_entries (${columns.join()}) VALUES (${columns.map((_, i) => `$${i + 1}`).join()})`,
      values,
    )
  }
}

/** Calls import_legacy and returns its run. */
export async function imported(
  db: TestDatabase,
  { dryRun = false, environment = 'DEFAULT' }: { dryRun?: boolean; environment?: string } = {},
): Promise<SyncRun> {
  const [run] = await db.query<SyncRun & pg.QueryResultRow>(`SELECT * FROM import_legacy($1, $2, 'test')`, [
    dryRun,
    environment,
  ])
  return run!
}

/** Returns the numbers of imported and skipped universes of a run. */
export function counts(run: SyncRun): { universes: unknown; left_alone: unknown } {
  const step = run.steps.find(({ step }) => step === 'import')
  return { universes: step?.['universes'], left_alone: step?.['left_alone'] }
}

/** Returns rows of cache_entries byte for byte, with xmin and ctid. */
export async function storedRows(db: TestDatabase, ids: readonly unknown[]): Promise<unknown[]> {
  return db.query(
    'SELECT xmin::text, ctid::text, c::text AS row FROM cache_entries AS c WHERE id = ANY ($1) ORDER BY id',
    [ids],
  )
}

/** Ids of the rows of cache_entries that are not ours. */
export async function idsOf(db: TestDatabase): Promise<unknown[]> {
  return (
    await db.query(
      `SELECT id FROM cache_entries WHERE NOT coalesce(universe_metadata ? 'group_id', false) ORDER BY id`,
    )
  ).map(({ id }) => id)
}

/** Universes of an environment, "TYPE name" with their members by rank, else in byte order; empty ones included. */
export async function universes(
  db: TestDatabase,
  environment = 'DEFAULT',
): Promise<Record<string, string[]>> {
  const rows = await db.query<{ name: string; symbols: string[] }>(
    `SELECT g.type || ' ' || g.name AS name, coalesce(array_agg(m.symbol ORDER BY (m.metadata ->> 'rank')::integer, m.symbol COLLATE "C")
       FILTER (WHERE m.symbol IS NOT NULL), '{}') AS symbols
     FROM definition_groups g LEFT JOIN group_memberships m ON m.group_id = g.id
     WHERE g.environment = $1 GROUP BY g.type, g.name ORDER BY 1`,
    [environment],
  )
  return Object.fromEntries(rows.map(({ name, symbols }) => [name, symbols]))
}
