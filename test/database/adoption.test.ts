import { beforeAll, describe, expect, it } from 'vitest'
import { migrateDown, migrateUp } from '../../src/database/migrate.js'
import { runCli, testDatabase, type TestDatabase } from '../support/index.js'

/** Tables as an older application made them. */
const OLD_TABLES = `
  CREATE TABLE symbols (
    symbol varchar(20) PRIMARY KEY, name varchar(255), type varchar(20), active boolean DEFAULT true,
    market_cap bigint, weighted_shares_outstanding bigint, primary_exchange varchar(20), cik varchar(10), rating numeric(3, 1));
  CREATE TABLE ohlcv_daily (
    id serial, symbol varchar(20) NOT NULL REFERENCES symbols (symbol), date date NOT NULL, open numeric(10, 4), high numeric(10, 4),
    low numeric(10, 4), close numeric(10, 4) NOT NULL, volume bigint, vwap numeric(10, 4) NOT NULL DEFAULT 0,
    PRIMARY KEY (symbol, date));
  CREATE TABLE definition_groups (
    id serial PRIMARY KEY, name varchar(100) NOT NULL, type varchar(50) NOT NULL, description text,
    metadata jsonb, environment varchar(20) NOT NULL DEFAULT 'DEFAULT', liquidity_filter jsonb,
    created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now(), UNIQUE (name, type, environment));
  CREATE TABLE group_memberships (
    id serial PRIMARY KEY, group_id integer NOT NULL REFERENCES definition_groups (id) ON DELETE CASCADE,
    symbol varchar(20) NOT NULL, weight numeric(5, 4), note text DEFAULT 'by hand', added_at timestamp DEFAULT now(),
    UNIQUE (group_id, symbol));
  INSERT INTO symbols VALUES
    ('AAA', 'Alpha', 'CS', true, 250000000000, 1000000000, 'XNYS', '0000000001', 1.5),
    ('BBB', 'Beta', 'CS', true, 5000000000, 100000000, 'XNAS', NULL, NULL),
    ('GONE', 'Gone', 'CS', false, 1000, 1, 'XNAS', NULL, NULL);
  INSERT INTO ohlcv_daily (symbol, date, open, high, low, close, volume)
    SELECT s, d, 1, 2, 1, CASE s WHEN 'AAA' THEN 250 ELSE 50 END, 100
    FROM unnest('{AAA,BBB}'::text[]) AS s, generate_series('2025-01-01'::date, '2025-01-05', '1 day') AS d;
  INSERT INTO definition_groups (name, type, description, environment) VALUES
    ('SPY', 'ETF', 'Old fund', 'DEFAULT'), ('ours_alone', 'UNIVERSE', 'Kept by hand', 'DEFAULT'), ('SPY', 'ETF', 'Other', 'TEST');
  INSERT INTO group_memberships (group_id, symbol, weight) VALUES (1, 'AAA', 0.0650), (1, 'GONE', 0.01), (2, 'BBB', NULL);`

/** The two shapes that cache_entries had. */
const OLD_CACHES = {
  'type, name, key, value': `
    CREATE TABLE cache_entries (
      id serial PRIMARY KEY, type varchar(50) NOT NULL, name varchar(100) NOT NULL, key varchar(100) NOT NULL, value jsonb NOT NULL,
      environment varchar(20) NOT NULL DEFAULT 'DEFAULT', hits integer DEFAULT 0,
      created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), UNIQUE (type, name, key, environment));
    INSERT INTO cache_entries (type, name, key, value) VALUES
      ('app_settings', 'theme', 'colour', '"dark"'), ('app_settings', 'themes', 'software', '[]'),
      ('stock_universe', 'market_leaders', 'top_50', '["OLD"]'), ('stock_universe', 'handmade', 'favourites', '["AAA"]');`,
  'universe, content, cache_type': `
    CREATE TABLE cache_entries (
      id serial PRIMARY KEY, universe varchar(100) NOT NULL UNIQUE, content jsonb NOT NULL, cache_type varchar(50) NOT NULL,
      expires_at timestamp, created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now());
    INSERT INTO cache_entries (universe, content, cache_type) VALUES
      ('app_settings', '{"colour": "dark"}', 'app_settings'), ('favourites', '{"symbols": ["AAA"]}', 'stock_universe'),
      ('top_50', '{"symbols": ["OLD"]}', 'stock_universe');`,
}

const TABLES = ['symbols', 'ohlcv_daily', 'definition_groups', 'group_memberships', 'cache_entries']

/** Every row of a table, restricted to the columns that it had before. */
async function rowsOf(db: TestDatabase, table: string, columns: string[]): Promise<string[]> {
  const list = columns.map((column) => `'${column}', t.${column}::text`).join(', ')
  const rows = await db.query<{ row: string }>(
    `SELECT jsonb_build_object(${list})::text AS row FROM ${table} AS t ORDER BY 1`,
  )
  return rows.map((row) => row.row)
}

async function columnsOf(db: TestDatabase, table: string): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  )
  return rows.map((row) => row.name)
}

/** Everything in the database that a person could miss or find too much: rows, columns, types, keys, triggers. */
async function everything(db: TestDatabase): Promise<unknown> {
  const contents: Record<string, unknown> = {}
  for (const table of TABLES) {
    contents[table] = await db.query(`SELECT t.* FROM ${table} AS t ORDER BY t.*::text COLLATE "C"`)
  }
  const objects = await db.query(
    `SELECT c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid) AS default_value
     FROM pg_class AS c
     LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'universes\\_migrations%'
     ORDER BY 1, a.attnum`,
  )
  const rest = await db.query(
    `SELECT conname AS name FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
       AND conname NOT LIKE 'universes\\_migrations%'
     UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
  )
  return { contents, objects, rest }
}

/** The same with weight as the package leaves it. */
function widened(state: unknown): unknown {
  return JSON.parse(
    JSON.stringify(state, (key, value: unknown) =>
      key === 'weight' && typeof value === 'string'
        ? Number(value)
        : value === 'numeric(5,4)'
          ? 'numeric(9,6)'
          : value,
    ),
  )
}

describe.each(Object.entries(OLD_CACHES))(
  'an old database whose cache_entries has %s',
  (_shape, oldCache) => {
    let db: TestDatabase
    let before: unknown
    const columns: Record<string, string[]> = {}
    const rows: Record<string, string[]> = {}

    beforeAll(async () => {
      db = await testDatabase(import.meta.url, { empty: true })
      await db.query(OLD_TABLES)
      await db.query(oldCache)
      before = await everything(db)
      for (const table of TABLES) {
        columns[table] = await columnsOf(db, table)
        rows[table] = await rowsOf(db, table, columns[table])
      }
      await migrateUp({ url: db.url, schema: 'public' })
    })

    it('keeps its rows and gains the missing columns', async () => {
      for (const table of TABLES) {
        const old = columns[table] ?? []
        const now = await rowsOf(db, table, old)
        const kept = now.map((row) => row.replace(/("weight": ")(\d\.\d{4})00"/, '$1$2"'))
        expect(kept, table).toEqual(rows[table])
        expect((await columnsOf(db, table)).slice(0, old.length)).toEqual(old)
      }
      expect(await columnsOf(db, 'symbols')).toEqual(
        expect.arrayContaining(['list_date', 'sector', 'industry', 'sic_code', 'sic_description', 'country']),
      )
      expect(await columnsOf(db, 'group_memberships')).toContain('metadata')
      expect(await columnsOf(db, 'cache_entries')).toEqual(
        expect.arrayContaining(
          'universe content cache_type key value universe_category universe_metadata type name environment'.split(
            ' ',
          ),
        ),
      )
    })

    it('stores a weight of 12.5 percent', async () => {
      await db.query('UPDATE group_memberships SET weight = 12.5 WHERE id = 3')
      expect(await db.query('SELECT weight::float FROM group_memberships WHERE id = 3')).toEqual([
        { weight: 12.5 },
      ])
      await db.query('UPDATE group_memberships SET weight = NULL WHERE id = 3')
    })

    it('knows the past of the memberships it had', async () => {
      const past = await db.query(
        "SELECT symbol FROM members_as_of('SPY', 'ETF', now() + interval '1 second')",
      )
      expect(past).toEqual([{ symbol: 'AAA' }, { symbol: 'GONE' }])
    })

    it('is refreshed, and leaves rows that are not universes alone', async () => {
      const foreign = `SELECT xmin::text, * FROM cache_entries WHERE universe_category IS NULL
      AND coalesce(universe, key) <> 'top_50' ORDER BY id`
      const untouched = await db.query(foreign)
      expect(untouched.length).toBeGreaterThan(1)
      const [run] = await db.query('SELECT status, error FROM refresh_universes()')
      expect(run).toEqual({ status: 'completed', error: null })
      expect(await db.query(foreign)).toEqual(untouched)
      expect(await db.query("SELECT symbol FROM universe_symbols('mega_cap:top_50')")).toEqual([
        { symbol: 'AAA' },
        { symbol: 'BBB' },
      ])
      expect(await db.query("SELECT symbol FROM universe_symbols('SPY')")).toEqual([{ symbol: 'AAA' }])
      const groups = await db.query(
        "SELECT type, name, rank FROM symbol_groups('BBB') WHERE name IN ('ours_alone', 'top_50')",
      )
      expect(groups).toEqual([
        { type: 'MARKET_LEADERS', name: 'top_50', rank: 2 },
        { type: 'UNIVERSE', name: 'ours_alone', rank: null },
      ])
    })

    it('has one cache entry for top_50, the old one brought up to date', async () => {
      const entries = await db.query(
        `SELECT content -> 'symbols' AS symbols, value FROM cache_entries WHERE universe = 'top_50' OR key = 'top_50'`,
      )
      expect(entries).toEqual([{ symbols: ['AAA', 'BBB'], value: ['AAA', 'BBB'] }])
    })

    it('takes a change of the prices, and a second refresh that has nothing to do', async () => {
      await db.query("INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('BBB', '2025-02-01', 3000)")
      const [changed] = await db.query<{ total_changes: number }>(
        'SELECT total_changes FROM refresh_universes()',
      )
      expect(changed?.total_changes).toBeGreaterThan(0)
      expect(await db.query("SELECT symbol FROM current_members WHERE name = 'top_50' AND rank = 1")).toEqual(
        [{ symbol: 'BBB' }],
      )
      expect(await db.query('SELECT status, total_changes FROM refresh_universes()')).toEqual([
        { status: 'completed', total_changes: 0 },
      ])
    })

    it('takes members stated by anyone, through the one path', async () => {
      await db.query(`CREATE VIEW wanted AS SELECT 'ETF' AS group_type, 'SPY' AS group_name, 'CCC' AS symbol,
      12.5 AS weight, '{}'::jsonb AS metadata`)
      const changes = await db.query(
        `SELECT added, removed FROM apply_memberships('wanted', '{1}', gen_random_uuid(), p_force => true)`,
      )
      expect(changes).toEqual([{ added: ['CCC'], removed: ['AAA'] }])
      await db.query('DROP VIEW wanted')
    })

    it('loads the starter files, and the second time changes nothing', async () => {
      const load = async (...args: string[]): Promise<number> => {
        const result = await runCli(['load', ...args, '--json'], { env: { DATABASE_URL: db.url } })
        expect(result, result.stderr).toMatchObject({ code: 0 })
        return (JSON.parse(result.stdout) as { total_changes: number }).total_changes
      }
      const files = [
        ['symbols', 'holdings/market/symbols.csv'],
        ['prices', 'holdings/market/prices.csv'],
        ['etfs', 'holdings/spy_holdings.csv', '--force'],
      ]
      for (const file of files) expect(await load(...file), file[0]).toBeGreaterThan(0)
      for (const file of files) expect(await load(...file, '--mode', 'full'), file[0]).toBe(0)
      expect(await db.query("SELECT weight::float FROM symbol_groups('NVDA') WHERE name = 'SPY'")).toEqual([
        { weight: 7.83 },
      ])
      expect(await db.query('SELECT name FROM definition_groups WHERE id = 1')).toEqual([{ name: 'SPY' }])
      const [run] = await db.query('SELECT status, error FROM refresh_universes()')
      expect(run).toEqual({ status: 'completed', error: null })
    })

    it('gets its tables back with "migrate down all", with the rows that came later', async () => {
      await db.query('DELETE FROM ohlcv_daily WHERE date > $1', ['2025-02-01'])
      await migrateDown({ url: db.url, schema: 'public' }, Number.POSITIVE_INFINITY)
      for (const table of TABLES) expect(await columnsOf(db, table), table).toEqual(columns[table])
      const { objects, rest } = (await everything(db)) as { objects: unknown; rest: unknown }
      const old = widened(before) as { objects: unknown; rest: unknown }
      expect({ objects, rest }).toEqual({ objects: old.objects, rest: old.rest })
      expect(await rowsOf(db, 'ohlcv_daily', columns['ohlcv_daily'] ?? [])).toEqual(
        expect.arrayContaining(rows['ohlcv_daily'] ?? []),
      )
      const groups = await rowsOf(db, 'definition_groups', [
        'id',
        'name',
        'type',
        'description',
        'environment',
      ])
      expect(groups.filter((row) => /"(SPY|ours_alone)"/.test(row))).toHaveLength(3)
    })

    it('is the same as before when nothing happened between up and down', async () => {
      const twin = await testDatabase(import.meta.url, { empty: true })
      await twin.query(OLD_TABLES)
      await twin.query(oldCache)
      const state = await everything(twin)
      await migrateUp({ url: twin.url, schema: 'public' })
      await migrateDown({ url: twin.url, schema: 'public' }, Number.POSITIVE_INFINITY)
      expect(widened(await everything(twin))).toEqual(widened(state))
    })
  },
)

describe('a table that cannot be adopted', () => {
  const withSymbols = (columns: string): string => `CREATE TABLE symbols (symbol text PRIMARY KEY${columns})`
  const groups = (columns: string): string =>
    `CREATE TABLE definition_groups (id serial PRIMARY KEY, name text NOT NULL, environment text DEFAULT 'DEFAULT', ${columns})`
  const key = 'UNIQUE (name, type, environment)'

  it.each([
    [
      'is a view',
      "CREATE VIEW symbols AS SELECT 'A' AS symbol",
      'symbols',
      'symbols is a view, not a table: rename or drop it',
    ],
    [
      'has a column that is too small',
      withSymbols(', market_cap integer'),
      'symbols',
      'column market_cap is integer, needs bigint: ALTER TABLE symbols ALTER COLUMN market_cap TYPE bigint',
    ],
    [
      'has a column of another kind',
      withSymbols(', active text'),
      'symbols',
      'column active is text, needs boolean: ALTER TABLE symbols ALTER COLUMN active TYPE boolean',
    ],
    [
      'lacks a unique key',
      'CREATE TABLE ohlcv_daily (symbol text, date date, close numeric)',
      'ohlcv_daily',
      'no unique key on (date, symbol): ALTER TABLE ohlcv_daily ADD UNIQUE (date, symbol)',
    ],
    [
      'has a column that must be given and that we do not know',
      withSymbols(', isin text NOT NULL'),
      'symbols',
      'column isin is NOT NULL without a default: ALTER TABLE symbols ALTER COLUMN isin SET DEFAULT ...',
    ],
    [
      'has a column that must be given and that we leave out',
      groups(`type text, created_at timestamptz NOT NULL, ${key}`),
      'definition_groups',
      'column created_at is NOT NULL without a default: ALTER TABLE definition_groups ALTER COLUMN created_at SET DEFAULT ...',
    ],
    [
      'has a check that refuses our types',
      groups(`type text CHECK (type IN ('ETF', 'UNIVERSE', 'SECTOR', 'THEME')), ${key}`),
      'definition_groups',
      'column type: constraint definition_groups_type_check, CHECK ',
    ],
    [
      'has a column that is too short',
      groups(`type varchar(10), ${key}`),
      'definition_groups',
      'column type is character varying(10), needs 14 characters: ALTER TABLE definition_groups ALTER COLUMN type TYPE text',
    ],
    [
      'allows one type per name',
      groups(`type text, ${key}, UNIQUE (name)`),
      'definition_groups',
      'ALTER TABLE definition_groups DROP CONSTRAINT definition_groups_name_key',
      `INSERT INTO definition_groups (name, type) VALUES (rpad('universes_trial', 30, '_'), 'OTHER')`,
    ],
    [
      'has a sequence that lags behind its ids',
      groups(`type text, ${key}`),
      'definition_groups',
      'constraint definition_groups_pkey',
      "INSERT INTO definition_groups (id, name, type) VALUES (1, 'a', 'ETF')",
    ],
  ])('because it %s: UV005 and nothing changed', async (_why, create, table, problem, fill = 'SELECT') => {
    const db = await testDatabase(import.meta.url, { empty: true })
    await db.query(create)
    await db.query(fill)
    const state = `SELECT c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod) AS type
      FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'universes\\_migrations%' ORDER BY 1, a.attnum`
    const before = [await db.query(state), await db.query(`SELECT * FROM ${table}`)]
    const migration = migrateUp({ url: db.url, schema: 'public' })
    await expect(migration).rejects.toMatchObject({
      code: 'UV005',
      message: expect.stringContaining(`table ${table} exists and cannot be adopted`) as string,
      detail: expect.stringContaining(problem) as string,
      hint: expect.stringContaining('--schema') as string,
    })
    expect([await db.query(state), await db.query(`SELECT * FROM ${table}`)]).toEqual(before)
    expect(await db.query("SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace")).toEqual([])
    // The remedy works: a separate schema.
    await migrateUp({ url: db.url, schema: 'uni' })
    await db.drop()
  })

  it('is named with every obstacle at once, on the command line too', async () => {
    const db = await testDatabase(import.meta.url, { empty: true })
    await db.query('CREATE TABLE symbols (symbol text, market_cap integer, active text, isin text NOT NULL)')
    const result = await runCli(['migrate', 'up'], { env: { DATABASE_URL: db.url } })
    expect(result.code).toBe(1)
    for (const part of [
      'UV005',
      'no unique key on (symbol)',
      'column market_cap',
      'column active',
      'column isin',
      '--schema',
    ])
      expect(result.stderr).toContain(part)
  })
})
