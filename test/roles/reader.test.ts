import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/database/connect.js'
import { completed, listSmallMarket } from '../refresh/market.js'
import { runCli, testDatabase, type TestDatabase } from '../support/index.js'
import { makeRoles, NOT_ALLOWED, refusal, type Roles } from './support.js'

let db: TestDatabase
let roles: Roles
let reader: pg.Client

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
  roles = await makeRoles(db)
  reader = await connect({ url: roles.reader, schema: 'public' })
})

afterAll(async () => {
  await reader.end()
  await roles.drop()
})

describe('a reader', () => {
  it('reads every table and view', async () => {
    const { rows } = await reader.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND relkind IN ('r', 'v', 'm')`,
    )
    expect(rows.length).toBeGreaterThan(100)
    // Which moment desired_past means is a setting of the rollback that reads it.
    await reader.query(`SET universes.past = '-infinity'`)
    for (const { name } of rows) await reader.query(`SELECT * FROM ${name} LIMIT 1`)
  })

  it('asks the functions of readers', async () => {
    for (const call of [
      `universe_symbols('SPY:XLK')`,
      `symbol_groups('TEC1')`,
      `members_as_of('SPY', 'ETF', now())`,
      `explain_membership('TEC1', 'SPY', 'ETF')`,
      `sector_of('TEC1')`,
      'validate_relationships()',
      `describe_all()`,
      `prices_in('2026-03-06')`,
      'run_history()',
      'run_statistics()',
      'role_rights()',
    ])
      expect((await reader.query(`SELECT * FROM ${call}`)).rows.length, call).toBeGreaterThan(0)
  })

  it('uses the commands that ask', async () => {
    for (const args of [
      ['validate'],
      ['report'],
      ['query', '--stock', 'TEC1'],
      ['query', '--etf', 'SPY', '--as-of', 'today'],
      ['query', '--stats'],
    ]) {
      const { code, stdout, stderr } = await runCli(args, { env: { DATABASE_URL: roles.reader } })
      expect(stderr, args.join(' ')).not.toMatch(/permission denied/)
      expect(stdout, `${args.join(' ')} ${code}`).not.toBe('')
    }
  })

  it('writes no table', async () => {
    const { rows } = await reader.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND relkind IN ('r', 'v')`,
    )
    for (const { name } of rows) {
      for (const sql of [`DELETE FROM ${name}`, `INSERT INTO ${name} DEFAULT VALUES`])
        expect([NOT_ALLOWED, '55000'], sql).toContain(await refusal(reader, sql))
    }
    for (const sql of [
      `UPDATE symbols SET name = ''`,
      'TRUNCATE staged_members',
      `COPY staged_members FROM STDIN`,
      `SELECT nextval('staging_line')`,
    ])
      expect(await refusal(reader, sql), sql).toBe(NOT_ALLOWED)
  })

  it('calls no function that writes', async () => {
    const { rows } = await reader.query<{ call: string }>(
      `SELECT format('SELECT %I(%s)', p.proname, (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY n)
         FROM unnest(p.proargtypes) WITH ORDINALITY AS x (t, n))) AS call
       FROM pg_proc AS p
       WHERE p.pronamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND p.provolatile = 'v' AND p.prorettype <> 'trigger'::regtype`,
    )
    expect(rows.length).toBeGreaterThan(50)
    for (const { call } of rows) expect(await refusal(reader, call), call).toBe(NOT_ALLOWED)
  })

  it('is told so by the commands that write, which change nothing', async () => {
    const runs = (): Promise<unknown[]> =>
      db.query('SELECT id FROM sync_runs UNION ALL SELECT id FROM load_runs')
    const before = await runs()
    for (const args of [
      ['refresh'],
      ['load', 'universes', 'holdings/universes'],
      ['enrich', 'sectors'],
      ['relay', '--once', '--sink', 'stdout'],
    ]) {
      const { code, stderr } = await runCli(args, { env: { DATABASE_URL: roles.reader } })
      expect(code, args.join(' ')).toBe(1)
      expect(stderr).toContain('permission denied for function')
    }
    expect(await runs()).toEqual(before)
    const { code, stdout } = await runCli(['doctor'], { env: { DATABASE_URL: roles.reader } })
    expect(code).toBe(1)
    expect(stdout).toMatch(/FAIL +privileges +role \w+ lacks rights/)
  })
})

describe('a login that belongs to no role', () => {
  it('can do nothing at all', async () => {
    const client = new pg.Client({ connectionString: roles.stranger })
    await client.connect()
    for (const sql of [
      'SELECT * FROM symbols',
      `SELECT * FROM symbol_groups('TEC1')`,
      'SELECT refresh_universes()',
    ])
      expect(await refusal(client, sql), sql).toBe(NOT_ALLOWED)
    await client.end()
  })
})
