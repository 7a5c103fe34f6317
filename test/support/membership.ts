import type { TestDatabase } from './test-database.js'

/** Desired member of a test. */
export interface Wanted {
  type?: string
  name: string
  symbol: string
  weight?: number
  metadata?: object
}

/** Result of apply_memberships for one group. */
export interface Change {
  name: string
  added: string[]
  removed: string[]
  updated: number
  members_before: number
  held: boolean
}

/** Arguments of apply_memberships besides the statement and the groups. */
export interface ApplyOptions {
  run?: string
  symbols?: string[]
  append?: boolean
  force?: boolean
  reason?: string
}

/** The call that `apply` makes, with the relation `wanted` as the statement: $1 to $7 as in `applyParams`. */
export const APPLY = `apply_memberships('wanted',
  ARRAY(SELECT id FROM definition_groups WHERE name = ANY ($1) AND environment = 'DEFAULT'),
  $2::uuid, $3::text[], $4::boolean, $5::boolean, $6::text)`

/** Parameters of `APPLY`. */
export function applyParams(names: string[], options: ApplyOptions = {}): unknown[] {
  const { run = '00000000-0000-0000-0000-000000000001', symbols, append, force, reason } = options
  return [names, run, symbols ?? null, append ?? false, force ?? false, reason ?? 'removed']
}

/** Creates the table `wanted` and symbols to choose from; market cap falls with the letter. */
export async function prepareMembership(db: TestDatabase): Promise<void> {
  await db.query(
    'CREATE TABLE wanted (group_type text, group_name text, symbol text, weight numeric, metadata jsonb)',
  )
  await db.query(
    `INSERT INTO symbols (symbol, type, market_cap)
     SELECT chr(i), 'CS', (100 - i) * 1e9 FROM generate_series(65, 90) AS i`,
  )
}

/** Creates a group. */
export async function addGroup(db: TestDatabase, name: string, type = 'UNIVERSE'): Promise<void> {
  await db.query('INSERT INTO definition_groups (name, type) VALUES ($1, $2)', [name, type])
}

/** Replaces the rows of `wanted`. */
export async function want(db: TestDatabase, members: Wanted[]): Promise<void> {
  await db.query('TRUNCATE wanted')
  await db.query(
    `INSERT INTO wanted SELECT * FROM jsonb_to_recordset($1)
       AS w (group_type text, group_name text, symbol text, weight numeric, metadata jsonb)`,
    [
      JSON.stringify(
        members.map(({ type = 'UNIVERSE', name, symbol, weight, metadata = {} }) => ({
          group_type: type,
          group_name: name,
          symbol,
          weight,
          metadata,
        })),
      ),
    ],
  )
}

/** Applies the rows of `wanted` to groups. */
export async function apply(
  db: TestDatabase,
  names: string[],
  options: ApplyOptions = {},
): Promise<Change[]> {
  return db.query<Change & Record<string, unknown>>(
    `SELECT g.name, c.added, c.removed, c.updated::int, c.members_before::int, c.held
     FROM ${APPLY} AS c JOIN definition_groups AS g ON g.id = c.group_id ORDER BY g.name`,
    applyParams(names, options),
  )
}

/** States the members of one universe by their symbols, and applies it. */
export async function setMembers(
  db: TestDatabase,
  name: string,
  symbols: string[],
  options: ApplyOptions & { type?: string } = {},
): Promise<Change[]> {
  const { type = 'UNIVERSE' } = options
  await want(
    db,
    symbols.map((symbol) => ({ type, name, symbol })),
  )
  return apply(db, [name], options)
}
