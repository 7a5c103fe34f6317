import { readFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { migrateUp } from '../../src/database/migrate.js'
import type { Finding } from '../../src/doctor/finding.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { findingOf, pasteSql } from './support.js'

const drift = (url: string): Promise<Finding> => findingOf(url, 'drift')

/** Problems without the places of files, which differ between machines. */
function said({ problems }: Finding): string[] {
  return problems.map(({ status, problem }) => `${status} ${problem}`)
}

/** Does what the sed and psql commands of a remedy do. */
async function runFiles(db: TestDatabase, remedy: string): Promise<void> {
  const [edited = '', executed = ''] = remedy.split(' | ')
  const edits = [...edited.matchAll(/-e 's\/([^/]+)\/([^/]+)\/g?'/g)]
  const files = [...edited.matchAll(/ '(\/[^']+)'/g)].map(([, file = '']) => file)
  const statements = [...executed.matchAll(/-c '([^']*)'/g)].map(([, statement = '']) => statement)
  expect(files.length, remedy).toBeGreaterThanOrEqual(1)
  for (const file of files) {
    let text = readFileSync(file, 'utf8')
    for (const [, pattern = '', replacement = ''] of edits)
      text = text.replaceAll(new RegExp(pattern, 'gm'), replacement)
    statements.push(text)
  }
  const client = await db.client()
  await client.query('BEGIN')
  for (const statement of statements) await client.query(statement)
  await client.query('COMMIT')
}

describe('an object that is not as the package installs it', () => {
  let db: TestDatabase

  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
  })

  // Every remedy is tried: the next test begins where nothing differs.
  afterEach(async () => {
    expect(said(await drift(db.url))).toEqual([])
  })

  it('a function with another body, another setting or another volatility', async () => {
    await db.query(
      `CREATE FUNCTION of_my_own() RETURNS integer LANGUAGE sql AS 'SELECT 1';
       CREATE OR REPLACE FUNCTION has_date_index() RETURNS boolean LANGUAGE sql STABLE SET search_path = universes, public, pg_temp AS 'SELECT true';
       ALTER FUNCTION sector_of(text) VOLATILE;
       ALTER FUNCTION unique_keys(regclass) RESET search_path`,
    )
    const found = await drift(db.url)
    expect(found).toMatchObject({ status: 'FAIL', summary: '3 differences from what the package installs' })
    expect(said(found).sort()).toEqual([
      'FAIL function has_date_index() differs: body',
      'FAIL function sector_of(text) differs: volatility',
      'FAIL function unique_keys(regclass) differs: settings',
    ])
    for (const { remedy } of found.problems) await runFiles(db, remedy)
  })

  it('a dropped function and view, a changed view, a dropped materialized view', async () => {
    await db.query(
      `DROP VIEW unpublished_events;
       DROP FUNCTION purge_events;
       DROP MATERIALIZED VIEW sector_leaders;
       CREATE OR REPLACE VIEW uncached_entries AS SELECT * FROM (${await viewText(db, 'uncached_entries')}) AS v WHERE false`,
    )
    const found = await drift(db.url)
    expect(said(found).sort()).toEqual([
      'FAIL function purge_events() is missing',
      'FAIL materialized view sector_leaders is missing',
      'FAIL view uncached_entries differs: definition',
      'FAIL view unpublished_events is missing',
    ])
    for (const { remedy } of found.problems) await runFiles(db, remedy)
  })

  it('a materialized view without data, a changed one', async () => {
    await db.query(
      `REFRESH MATERIALIZED VIEW market_leaders WITH NO DATA;
       DROP MATERIALIZED VIEW public.market_cap_buckets;
       CREATE MATERIALIZED VIEW public.market_cap_buckets AS SELECT symbol, band, market_cap FROM stock_bands LIMIT 10;
       CREATE UNIQUE INDEX market_cap_buckets_symbol ON market_cap_buckets (symbol);
       CREATE INDEX market_cap_buckets_band ON market_cap_buckets (band, market_cap DESC)`,
    )
    const found = await drift(db.url)
    expect(said(found)).toEqual([
      'FAIL materialized view market_cap_buckets differs: definition',
      'FAIL materialized view market_leaders holds no data',
    ])
    await runFiles(db, found.problems[0]!.remedy)
    await pasteSql(db, found.problems[1]!.remedy)
  })

  it('a table without a column, constraint or index, or with other ones', async () => {
    await db.query(
      `ALTER TABLE installed_tables DROP COLUMN added_columns;
       ALTER TABLE sync_runs DROP CONSTRAINT sync_runs_status_check;
       ALTER TABLE market_changes ALTER COLUMN symbol TYPE varchar(20);
       ALTER TABLE loaded_files ALTER COLUMN md5 DROP NOT NULL;
       ALTER TABLE settings ENABLE ROW LEVEL SECURITY;
       DROP INDEX universe_events_unpublished;
       ALTER TABLE universe_events ADD COLUMN note text, ADD CONSTRAINT short CHECK (length(event) < 50);
       CREATE INDEX of_my_own ON universe_events (created_at);
       UPDATE settings SET value = 7 WHERE name = 'ipo_days'`,
    )
    const found = await drift(db.url)
    expect(said(found).sort()).toEqual([
      'FAIL column added_columns of installed_tables is missing',
      'FAIL column md5 of loaded_files: not null is false, not true',
      'FAIL column symbol of market_changes: type is character varying(20), not text',
      "FAIL constraint CHECK ((status = ANY (ARRAY['completed'::text, 'failed'::text]))) of sync_runs is missing",
      'FAIL index CREATE INDEX ON universe_events USING btree (seq) WHERE published_at IS NULL of universe_events is missing',
      'FAIL table settings has row security: rows may be hidden from the refresh',
      "WARN column note of universe_events is not the package's",
      "WARN constraint CHECK ((length(event) < 50)) of universe_events is not the package's",
    ])
    for (const { remedy } of found.problems) await pasteSql(db, remedy.replace('If nobody needs it: ', ''))
  })

  it('a dropped rule table comes back with its seed', async () => {
    await db.query('DROP TABLE event_channels')
    const found = await drift(db.url)
    expect(said(found)).toEqual(['FAIL table event_channels is missing, and its rows with it'])
    await runFiles(db, found.problems[0]!.remedy)
    expect(await db.query('SELECT count(*)::integer AS rows FROM event_channels')).not.toEqual([{ rows: 0 }])
  })

  it('a function of the same name for other arguments, and a trigger that does something else', async () => {
    await db.query(
      `CREATE FUNCTION public.universe_symbols(p_name varchar) RETURNS SETOF text LANGUAGE sql AS 'SELECT NULL::text';
       CREATE FUNCTION something_else() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
       CREATE OR REPLACE TRIGGER universes_price_deleted AFTER DELETE ON ohlcv_daily
         FOR EACH STATEMENT EXECUTE FUNCTION something_else()`,
    )
    const found = await drift(db.url)
    expect(said(found).sort()).toEqual([
      'FAIL trigger universes_price_deleted of ohlcv_daily differs: definition',
      "WARN function universe_symbols(character varying) is not the package's, which has one of that name with other arguments: calls may reach it",
    ])
    for (const { remedy } of found.problems) await pasteSql(db, remedy)
  })
})

describe('no drift', () => {
  it('is a table of the owner with more columns, other types, keys and constraints of its own', async () => {
    const db = await testDatabase(import.meta.url, { empty: true })
    await db.query(
      `CREATE TABLE symbols (id serial, symbol varchar(20) PRIMARY KEY, name varchar(255), type varchar(20), active boolean DEFAULT true,
         market_cap bigint, weighted_shares_outstanding bigint, rating numeric(3, 1) CHECK (rating > 0));
       CREATE TABLE definition_groups (id serial PRIMARY KEY, name varchar(100) NOT NULL, type varchar(50) NOT NULL, description text,
         metadata jsonb, environment varchar(20) NOT NULL DEFAULT 'DEFAULT', UNIQUE (name, type, environment));
       CREATE TABLE group_memberships (id serial PRIMARY KEY, group_id integer NOT NULL REFERENCES definition_groups (id) ON DELETE CASCADE,
         symbol varchar(20) NOT NULL, weight numeric(5, 4), UNIQUE (group_id, symbol))`,
    )
    await migrateUp({ url: db.url, schema: 'public' })
    await db.query(
      `CREATE TABLE of_my_own (note text);
       CREATE INDEX by_rating ON symbols (rating);
       ALTER TABLE symbols ADD COLUMN remark text NOT NULL DEFAULT ''`,
    )
    const numbers = await db.query('SELECT sequencename, last_value FROM pg_sequences ORDER BY 1')
    const found = await drift(db.url)
    expect(found).toMatchObject({ status: 'PASS', problems: [] })
    expect(found.details).toEqual(['adopted tables: definition_groups, group_memberships, symbols'])
    expect(await db.query('SELECT sequencename, last_value FROM pg_sequences ORDER BY 1')).toEqual(numbers)

    await db.query(
      `ALTER TABLE symbols DROP COLUMN list_date CASCADE;
       ALTER TABLE group_memberships DROP CONSTRAINT group_memberships_group_id_symbol_key`,
    )
    expect(await drift(db.url)).toMatchObject({
      status: 'FAIL',
      summary: 'table group_memberships exists and cannot be adopted',
      problems: [{ problem: expect.stringContaining('no unique key on (group_id, symbol)') as string }],
    })
  })

  it('is a view that the server prints otherwise after dump and restore', async () => {
    const db = await testDatabase(import.meta.url)
    const text = await viewText(db, 'managed_groups')
    await db.query(`CREATE OR REPLACE VIEW managed_groups AS ${text}`)
    expect(
      await viewText(db, 'managed_groups'),
      'this view no longer shows the difference: take another',
    ).not.toBe(text)
    expect(said(await drift(db.url))).toEqual([])
  })

  it('a role that may not create a scratch schema is told so', async () => {
    const db = await testDatabase(import.meta.url)
    const role = `${db.name}_reader`
    await db.query(
      `CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA universes TO ${role}; GRANT SELECT ON universes_migrations TO ${role}`,
    )
    try {
      const url = db.url.replace(/\/\/[^@]*@/, `//${role}@`)
      const found = await drift(url)
      expect(found).toMatchObject({
        status: 'WARN',
        problems: [
          {
            remedy: `GRANT CREATE ON DATABASE ${db.name} TO ${role}; or call doctor as the owner of the database`,
          },
        ],
      })
    } finally {
      await db.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })
})

async function viewText(db: TestDatabase, view: string): Promise<string> {
  const [row] = await db.query<{ text: string }>(`SELECT rtrim(pg_get_viewdef($1::regclass), ';') AS text`, [
    view,
  ])
  return row!.text
}
