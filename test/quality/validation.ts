import type pg from 'pg'
import type { TestDatabase } from '../support/index.js'
import { completed, listSmallMarket } from '../refresh/market.js'

/** A row of validate_relationships, without the columns of the rule. */
export interface Checked {
  check_name: string
  status: 'PASS' | 'WARN' | 'FAIL'
  findings: number | null
  samples: { subject: string; detail: string }[]
}

/** Either the database of a test or one connection to it. */
interface Queryable {
  query(sql: string, params?: unknown[]): Promise<Checked[] | pg.QueryResult<Checked>>
}

/** A refreshed market of 60 stocks in which every check passes: one theme, which has members. */
export async function validMarket(db: TestDatabase): Promise<void> {
  await listSmallMarket(db)
  await db.query('UPDATE theme_rules SET enabled = false')
  await db.query(
    `INSERT INTO theme_rules (name, title, description, include_symbols)
     VALUES ('giants', 'Giants', 'The three largest.', '{TEC1,TEC2,TEC3}')`,
  )
  await completed(db)
}

/** Every check that does not pass, in order. */
export async function findings(db: Queryable, environment = 'DEFAULT', samples = 3): Promise<Checked[]> {
  const result = await db.query(
    `SELECT check_name, status, findings::integer, samples FROM validate_relationships($1, $2) WHERE status <> 'PASS'`,
    [environment, samples],
  )
  return 'rows' in result ? result.rows : result
}

/** Executes `sql`, returns the findings and rolls back. */
export async function foundAfter(db: TestDatabase, sql: string): Promise<Checked[]> {
  const client = await db.client()
  try {
    await client.query('BEGIN')
    await client.query(sql)
    return await findings(client)
  } finally {
    await client.query('ROLLBACK')
    await client.end()
  }
}

/**
 * Updates history and cache after memberships were changed by hand, so that only the checks of memberships can fail.
 */
export const SETTLE = `
  UPDATE membership_history AS h SET valid_to = clock_timestamp(), close_reason = 'removed'
  WHERE h.valid_to IS NULL AND NOT EXISTS (
    SELECT FROM group_memberships AS m
    WHERE m.group_id = h.group_id AND m.symbol = h.symbol AND m.weight IS NOT DISTINCT FROM h.weight
  );
  INSERT INTO membership_history (group_id, symbol, weight, valid_from)
  SELECT m.group_id, m.symbol, m.weight, clock_timestamp() FROM group_memberships AS m
  WHERE NOT EXISTS (
    SELECT FROM membership_history AS h
    WHERE h.group_id = m.group_id AND h.symbol = m.symbol AND h.valid_to IS NULL
  );
  SELECT update_cache(array_agg(id)) FROM definition_groups`
