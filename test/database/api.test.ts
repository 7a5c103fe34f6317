import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { migrateDown, migrateUp } from '../../src/database/migrate.js'
import { packageRoot } from '../../src/package.js'
import { testDatabase, type TestDatabase } from '../support/index.js'

/** Statements of the SQL blocks of README, as a reader pastes them. */
const CALLS = [...readFileSync(join(packageRoot, 'README.md'), 'utf8').matchAll(/```sql\n([^]*?)```/g)]
  .flatMap(([, block = '']) => block.replaceAll(/--.*$/gm, '').split(';'))
  .map((statement) => statement.trim())
  .filter((statement) => statement !== '')

/** Runs every call in turn on a connection that finds only the schema of what readers use. Nothing is loaded: universes may be unknown. */
async function callAll(url: string, calls: readonly string[], options = ''): Promise<void> {
  const client = new pg.Client({ connectionString: url, options })
  await client.connect()
  for (const call of calls) {
    const code = await client.query(call).then(
      () => 'done',
      (thrown: unknown) => (thrown as pg.DatabaseError).code,
    )
    expect(['done', 'UV003'], call).toContain(code)
  }
  await client.end()
}

describe('the calls of README', () => {
  it('work with the search_path that every session has', async () => {
    const db = await testDatabase(import.meta.url)
    expect(CALLS.length).toBeGreaterThan(12)
    await callAll(db.url, CALLS)
    const [band] = await db.query('SELECT min_market_cap FROM market_cap_bands WHERE name = $1', ['mega_cap'])
    expect(band).toEqual({ min_market_cap: '150000000000' })
  })

  it('work in a schema of their own, the rules beside it', async () => {
    const db = await testDatabase(import.meta.url, { empty: true })
    await migrateUp({ url: db.url, schema: 'market' })
    await callAll(
      db.url,
      CALLS.map((call) => call.replaceAll('universes.', 'market_universes.')),
      '-c search_path=market',
    )
    expect(await db.query(`SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).toEqual([])
  })

  it('refuse a schema whose engine would have a name that PostgreSQL cuts off', async () => {
    const db = await testDatabase(import.meta.url, { empty: true })
    await expect(migrateUp({ url: db.url, schema: 'x'.repeat(54) })).rejects.toMatchObject({ exitCode: 2 })
  })
})

const STRANGERS = `
  CREATE FUNCTION purge_events() RETURNS integer LANGUAGE sql AS 'SELECT 41';
  CREATE FUNCTION sector_of(symbol text) RETURNS text LANGUAGE sql AS 'SELECT symbol';
  CREATE VIEW current_members AS SELECT 1 AS one;
  CREATE DOMAIN market_leaders AS text;
  CREATE SEQUENCE load_runs;
  CREATE TABLE numbers (n integer);
  CREATE INDEX universes_symbols_ranked ON numbers (n);
  CREATE SCHEMA universes;
  CREATE TABLE universes.sectors (name text);
  CREATE TABLE universes.symbols (symbol text)`

async function everything(db: TestDatabase): Promise<unknown[]> {
  return db.query(
    `SELECT pg_describe_object(classid, objid, 0) AS object FROM pg_depend
     WHERE refclassid = 'pg_namespace'::regclass AND refobjid IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'universes'))
     ORDER BY 1`,
  )
}

describe('objects of somebody else', () => {
  it('with a name that is needed stop the installation, every one named, before anything changes', async () => {
    const db = await testDatabase(import.meta.url, { empty: true })
    await db.query(STRANGERS)
    const before = await everything(db)
    const names = [
      'domain public.market_leaders: ALTER DOMAIN public.market_leaders RENAME TO ...;',
      'function public.purge_events(): ALTER FUNCTION public.purge_events() RENAME TO ...;',
      'function public.sector_of(symbol text): ALTER FUNCTION public.sector_of(symbol text) RENAME TO ...;',
      'index public.universes_symbols_ranked: ALTER INDEX public.universes_symbols_ranked RENAME TO ...;',
      'sequence public.load_runs: ALTER SEQUENCE public.load_runs RENAME TO ...;',
      'table universes.sectors: ALTER TABLE universes.sectors RENAME TO ...;',
      'table universes.symbols: ALTER TABLE universes.symbols RENAME TO ...;',
      'view public.current_members: ALTER VIEW public.current_members RENAME TO ...;',
    ]
    await expect(migrateUp({ url: db.url, schema: 'public' })).rejects.toMatchObject({
      code: 'UV005',
      detail: names.join('\n'),
      hint: expect.stringContaining('--schema') as string,
    })
    expect(await everything(db)).toEqual(before)
    for (const name of names)
      await db.query(name.slice(name.indexOf('ALTER')).replace('...', `stranger_${names.indexOf(name)}`))
    expect(await migrateUp({ url: db.url, schema: 'public' })).not.toEqual([])
  })

  it('with a name of the engine stay what they are, and are neither called nor dropped', async () => {
    const db = await testDatabase(import.meta.url, { empty: true })
    await db.query(
      `CREATE FUNCTION normalize_name(p_name text) RETURNS text LANGUAGE sql AS 'SELECT ''stranger''';
       CREATE TABLE ranking_sizes (name text);
       INSERT INTO ranking_sizes VALUES ('stranger')`,
    )
    await migrateUp({ url: db.url, schema: 'public' })
    const [run] = await db.query('SELECT status FROM refresh_universes()')
    expect(run).toEqual({ status: 'completed' })
    const [found] = await db.query(
      `SELECT normalize_name('A b') AS ours, public.normalize_name('A b') AS theirs, (SELECT count(*)::integer FROM market_ranking) AS ranked`,
    )
    expect(found).toMatchObject({ theirs: 'stranger' })
    expect(found?.['ours']).not.toBe('stranger')
    await migrateDown({ url: db.url, schema: 'public' }, Number.POSITIVE_INFINITY)
    expect(await db.query('SELECT name FROM ranking_sizes')).toEqual([{ name: 'stranger' }])
    expect(await db.query(`SELECT normalize_name('A b') AS name`)).toEqual([{ name: 'stranger' }])
  })
})
