import { beforeAll, describe, expect, it } from 'vitest'
import { migrateUp } from '../../src/database/migrate.js'
import { findings } from '../quality/validation.js'
import { completed, listStocks, stocks } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { addLegacyRows, counts, idsOf, imported, storedRows, universes } from './legacy-rows.js'

/** Tables that had members and entries before this package came. */
const OLD_GROUPS = `
  CREATE TABLE definition_groups (
    id serial PRIMARY KEY, name varchar(100) NOT NULL, type varchar(50) NOT NULL, description text, metadata jsonb,
    environment varchar(20) NOT NULL DEFAULT 'DEFAULT', UNIQUE (name, type, environment));
  CREATE TABLE group_memberships (
    id serial PRIMARY KEY, group_id integer NOT NULL REFERENCES definition_groups (id), symbol varchar(20) NOT NULL,
    weight numeric(9, 6), UNIQUE (group_id, symbol));
  INSERT INTO definition_groups (name, type) VALUES ('SPY', 'ETF'), ('QQQ', 'ETF');
  INSERT INTO group_memberships (group_id, symbol, weight) VALUES (1, 'TEC1', 60), (1, 'TEC2', 40);`

/** Shapes whose key allows one row per universe. */
const SHAPES = {
  'universe, content, cache_type': {
    table: `
      CREATE TABLE cache_entries (
        id serial PRIMARY KEY, universe varchar(100) NOT NULL UNIQUE, content jsonb NOT NULL, cache_type varchar(50) NOT NULL,
        created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now())`,
    row: (universe: string, family: string, symbols: string[]) => ({
      universe,
      cache_type: family,
      content: { symbols },
    }),
  },
  'type, name, key, value': {
    table: `
      CREATE TABLE cache_entries (
        id serial PRIMARY KEY, type varchar(50) NOT NULL, name varchar(100) NOT NULL, key varchar(100) NOT NULL, value jsonb NOT NULL,
        environment varchar(20) NOT NULL DEFAULT 'DEFAULT', created_at timestamptz DEFAULT now(),
        updated_at timestamptz DEFAULT now(), UNIQUE (type, name, key, environment))`,
    row: (key: string, name: string, symbols: string[]) => ({
      type: 'stock_universe',
      name,
      key,
      value: { count: symbols.length, stocks: symbols.map((ticker, i) => ({ ticker, rank: i + 1 })) },
    }),
  },
}

describe.each(Object.entries(SHAPES))(
  'an old cache_entries with the key (%s)',
  (_columns, { table, row }) => {
    let db: TestDatabase
    let ids: unknown[]

    beforeAll(async () => {
      db = await testDatabase(import.meta.url, { empty: true })
      await db.query(OLD_GROUPS)
      await db.query(table)
      await addLegacyRows(db, [
        row('favourites', 'universes', ['TEC2', 'BNK1']),
        row('mega_cap', 'market_cap', ['BNK1']),
        row('spy', 'etf_holdings', ['TEC3']),
        row('qqq', 'etf_holdings', ['TEC4']),
      ])
      await migrateUp({ url: db.url, schema: 'public' })
      await listStocks(db, [
        ...stocks('TEC', 8, 300e9, { sic: '7372' }),
        ...stocks('BNK', 8, 50e9, { sic: '6021' }),
      ])
      ids = await idsOf(db)
    })

    it('stays byte for byte', async () => {
      const before = await storedRows(db, ids)
      expect(before).toHaveLength(4)
      const run = await imported(db)
      expect(counts(run)).toEqual({ universes: 3, left_alone: 1 })
      await imported(db)
      expect(await storedRows(db, ids)).toEqual(before)
    })

    it('gives its universes to groups, but not where members with weights were already', async () => {
      expect(await universes(db)).toEqual({
        'ETF QQQ': ['TEC4'],
        'ETF SPY': ['TEC1', 'TEC2'],
        'MARKET_CAP mega_cap': ['BNK1'],
        'UNIVERSE favourites': ['BNK1', 'TEC2'],
      })
      const weights = await db.query(
        `SELECT weight::float8 FROM current_members WHERE name = 'SPY' ORDER BY symbol`,
      )
      expect(weights).toEqual([{ weight: 60 }, { weight: 40 }])
    })

    it('is read on while the refresh takes the managed names over', async () => {
      const others = [ids[0], ids[2], ids[3]]
      const before = await storedRows(db, others)
      await completed(db)
      expect((await universes(db))['MARKET_CAP mega_cap']).toHaveLength(8)
      const entry = await db.query(
        `SELECT coalesce(value, content -> 'symbols') ->> 0 AS first FROM cache_entries WHERE 'mega_cap' IN (universe, key)`,
      )
      expect(new Set(entry.map(({ first }) => first))).toEqual(new Set(['TEC1']))
      expect(await storedRows(db, others)).toEqual(before)
      // An adopted universe that nothing has changed yet has no entry: the remedy that the check names writes it.
      await db.query(`SELECT update_cache(array_agg(id)) FROM definition_groups WHERE name = 'SPY'`)
      expect(await storedRows(db, others)).toEqual(before)
      expect((await findings(db)).filter(({ status }) => status === 'FAIL')).toEqual([])
      expect(await imported(db)).toMatchObject({ changes: [], total_changes: 0 })
    })
  },
)
