import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/database/connect.js'
import { completed, listSmallMarket } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { makeRoles, NOT_ALLOWED, refusal, type Roles } from './support.js'
import { RULE_TABLES } from './rule-tables.js'

let db: TestDatabase
let roles: Roles
let operator: pg.Client

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await db.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${db.name} FROM PUBLIC`)
  await listSmallMarket(db)
  await completed(db)
  roles = await makeRoles(db)
  operator = await connect({ url: roles.operator, schema: 'public' })
})

afterAll(async () => {
  await operator.end()
  await roles.drop()
})

describe('an operator may not', () => {
  const RECORDS = ['membership_history', 'group_memberships', 'universe_events', 'sync_runs', 'load_runs']
  const columnOf: Readonly<Record<string, string>> = {
    membership_history: 'valid_to = now()',
    group_memberships: 'weight = 1',
    universe_events: 'published_at = now()',
    sync_runs: `status = 'failed'`,
    load_runs: 'total_changes = 0',
  }

  it.each(RULE_TABLES)('change the rule table %s', async (table) => {
    for (const sql of [
      `DELETE FROM ${table}`,
      `INSERT INTO ${table} DEFAULT VALUES`,
      `TRUNCATE ${table} CASCADE`,
    ])
      expect(await refusal(operator, sql), sql).toBe(NOT_ALLOWED)
  })

  it('change the value of a rule', async () => {
    for (const sql of [
      `UPDATE settings SET value = 0 WHERE name = 'event_retention_days'`,
      `UPDATE membership_guards SET may_empty = true`,
      `UPDATE theme_rules SET description = ''`,
    ])
      expect(await refusal(operator, sql), sql).toBe(NOT_ALLOWED)
  })

  it.each(RECORDS)('delete, rewrite or empty %s', async (table) => {
    for (const sql of [
      `DELETE FROM ${table}`,
      `UPDATE ${table} SET ${columnOf[table]}`,
      `TRUNCATE ${table} CASCADE`,
    ])
      expect(await refusal(operator, sql), sql).toBe(NOT_ALLOWED)
  })

  it('forge history, memberships or events by hand', async () => {
    for (const sql of [
      `INSERT INTO membership_history (group_id, symbol, valid_from) VALUES (1, 'X', '2000-01-01')`,
      `INSERT INTO group_memberships (group_id, symbol) SELECT id, 'X' FROM definition_groups LIMIT 1`,
      `INSERT INTO universe_events (event, payload) VALUES ('alert', '{}')`,
      `DELETE FROM definition_groups`,
      `DELETE FROM sync_jobs`,
    ])
      expect(await refusal(operator, sql), sql).toBe(NOT_ALLOWED)
  })

  it('drop, alter, replace or create objects, nor disable triggers', async () => {
    for (const sql of [
      'DROP TABLE sync_runs',
      'DROP VIEW current_members',
      'DROP FUNCTION refresh_rankings()',
      'DROP TRIGGER universes_price_inserted ON ohlcv_daily',
      'ALTER TABLE symbols ADD COLUMN x integer',
      'ALTER TABLE symbols DISABLE TRIGGER ALL',
      'ALTER TABLE settings OWNER TO CURRENT_USER',
      'CREATE TABLE mine (x integer)',
      'CREATE INDEX ON symbols (name)',
      'SET session_replication_role = replica',
      'TRUNCATE symbols',
      'TRUNCATE ohlcv_daily',
      `CREATE TRIGGER mine AFTER INSERT ON symbols FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes()`,
      `CREATE OR REPLACE FUNCTION refresh_rankings() RETURNS void LANGUAGE sql AS ''`,
      `CREATE FUNCTION universes.count_changes(text) RETURNS jsonb LANGUAGE sql AS 'SELECT NULL::jsonb'`,
    ]) {
      expect(await refusal(operator, sql), sql).toBe(NOT_ALLOWED)
    }
    expect(await refusal(operator, `SET ROLE ${roles.prefix}_owner`)).toBe(NOT_ALLOWED)
  })

  it.each([
    'create_roles()',
    'drop_roles()',
    `adopt_table('')`,
    `release_table('')`,
    `transfer_ownership('x')`,
  ])('call %s', async (call) => {
    expect(await refusal(operator, `SELECT ${call}`)).toBe(NOT_ALLOWED)
  })

  it('have the owner read a relation of its own making, and so act in the name of the owner', async () => {
    await db.query(`GRANT TEMPORARY ON DATABASE ${db.name} TO ${roles.prefix}_operator`)
    await operator.query(
      `CREATE FUNCTION pg_temp.take() RETURNS text LANGUAGE sql AS $$ UPDATE settings SET value = 0; SELECT 'TEC1'::text $$;
       CREATE TEMP VIEW trap AS SELECT 'UNIVERSE'::text AS group_type, 'mine'::text AS group_name, pg_temp.take() AS symbol,
         NULL::numeric AS weight, NULL::jsonb AS metadata`,
    )
    const call = `SELECT * FROM apply_memberships('trap', ARRAY(SELECT id FROM definition_groups), NULL)`
    await expect(operator.query(call)).rejects.toMatchObject({
      code: 'UV002',
      message: expect.stringMatching(/^trap may not state members: it belongs to /) as string,
    })
    expect(await db.query('SELECT FROM settings WHERE value = 0')).toEqual([])
    await db.query(`REVOKE TEMPORARY ON DATABASE ${db.name} FROM ${roles.prefix}_operator`)
  })
})
