import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Constituent, RelationshipCache } from '../../src/cache/index.js'
import { dataDir, marketDir, testDatabase } from '../support/index.js'
import {
  closeCaches,
  fillWholeMarket,
  fillSymbols,
  loadFunds,
  openCache,
  refresh,
} from './relationship-support.js'

afterAll(closeCaches)

describe('on a whole market', async () => {
  const db = await testDatabase(import.meta.url)
  let cache: RelationshipCache

  beforeAll(async () => {
    await fillWholeMarket(db, marketDir())
    cache = await openCache(db)
  })

  /** `key` of each row, with the value of that key. */
  async function answers<Value>(sql: string): Promise<Map<string, Value>> {
    const rows = await db.query<{ key: string; value: Value }>(sql)
    return new Map(rows.map(({ key, value }) => [key, value]))
  }

  it('members of every universe are those of current_members, in the order of constituents_at', async () => {
    const expected = await answers<Constituent[]>(
      `SELECT g.type || ' ' || g.name AS key, coalesce((
         SELECT json_agg(json_build_object('symbol', c.symbol, 'name', c.name, 'weight', c.weight, 'rank', c.rank,
           'market_cap', c.market_cap, 'sector', c.sector,
           'since', to_char(m.added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ORDER BY c.place)
         FROM constituents_at(g.id) AS c
         JOIN current_members AS m ON m.type = g.type AND m.name = g.name AND m.environment = g.environment
           AND m.symbol = c.symbol AND m.rank IS NOT DISTINCT FROM c.rank AND m.weight IS NOT DISTINCT FROM c.weight
           AND m.sector IS NOT DISTINCT FROM c.sector
       ), '[]') AS value
       FROM definition_groups AS g`,
    )
    expect(expected.size).toBeGreaterThan(dataDir() ? 180 : 160)
    expect([...expected.values()].flat().length).toBeGreaterThan(dataDir() ? 48_000 : 4_000)
    for (const [key, members] of expected) {
      const [type = '', name = ''] = key.split(' ')
      expect(cache.members(type, name), key).toEqual(members)
    }
  })

  it('universes are described as definition_groups, their counts and weights as group_memberships has them', async () => {
    const expected = await db.query(
      `SELECT g.type, g.name, g.description AS title, g.metadata ->> 'source' AS source, g.metadata ? 'retired_at' AS retired,
         count(m.symbol)::integer AS count, sum(m.weight)::float8 AS weight_sum
       FROM definition_groups AS g LEFT JOIN group_memberships AS m ON m.group_id = g.id
       GROUP BY g.id ORDER BY g.type COLLATE "C", g.name COLLATE "C"`,
    )
    const version = expect.stringMatching(/^[\w-]{22}$/) as unknown
    expect(cache.universes()).toEqual(expected.map((row) => ({ ...row, version })))
    for (const [list, type] of [
      [cache.etfs(), 'ETF'],
      [cache.sectors(), 'SECTOR'],
      [cache.themes(), 'THEME'],
      [cache.universes('MARKET_LEADERS'), 'MARKET_LEADERS'],
    ] as const)
      expect(list.map(({ name }) => name)).toEqual(
        expected.filter((row) => row['type'] === type).map((row) => row['name']),
      )
    expect(cache.group('ETF', 'SPY')).toBe(cache.etfs().find(({ name }) => name === 'SPY'))
  })

  it('each universe has the same symbols as universe_symbols, and so have unions', async () => {
    const [row] = await db.query<{ all: string }>(
      `SELECT string_agg(name, ':') AS all FROM definition_groups WHERE type IN ('ETF', 'THEME')`,
    )
    const names = [
      ...cache.universes().map(({ name }) => name),
      'SPY:QQQ:dow30',
      ' QQQ : SPY',
      'IPO:SPY',
      row!.all,
    ]
    for (const name of names.filter((text) => text !== 'IPO:SPY')) {
      const rows = await db.query<{ symbol: string }>('SELECT symbol FROM universe_symbols($1)', [name])
      expect(cache.symbols(name), name).toEqual(rows.map(({ symbol }) => symbol))
    }
    expect(cache.symbols('SPY:QQQ:dow30').length).toBeGreaterThan(dataDir() ? 500 : 250)
  })

  it('each symbol has the groups of symbol_groups, its ETFs and its sector', async () => {
    const expected = await answers<object[]>(
      `SELECT s.symbol AS key, coalesce((
         SELECT json_agg(json_build_object('type', x.type, 'name', x.name, 'title', g.description, 'rank', x.rank, 'weight', x.weight,
           'since', to_char(x.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ORDER BY x.type COLLATE "C", x.name COLLATE "C")
         FROM symbol_groups(s.symbol) AS x JOIN definition_groups AS g ON g.type = x.type AND g.name = x.name), '[]') AS value
       FROM (SELECT symbol FROM symbols UNION SELECT symbol FROM group_memberships) AS s`,
    )
    const sectors = await answers<string>(
      `SELECT m.symbol AS key, g.name AS value FROM group_memberships AS m JOIN definition_groups AS g ON g.id = m.group_id
       WHERE g.type = 'SECTOR'`,
    )
    expect(expected.size).toBeGreaterThan(dataDir() ? 8_400 : 600)
    expect(sectors.size).toBeGreaterThan(dataDir() ? 5_000 : 500)
    for (const [symbol, groups] of expected) {
      const etfs = groups.filter((group) => 'type' in group && group.type === 'ETF')
      expect(cache.groupsOf(symbol), symbol).toEqual(groups)
      expect(cache.etfsOf(symbol), symbol).toEqual(etfs.map((group) => 'name' in group && group.name))
      expect(cache.sectorOf(symbol), symbol).toBe(sectors.get(symbol) ?? null)
    }
  })

  it('named lookups are those of their type', async () => {
    expect(cache.etfHoldings('SPY')).toBe(cache.members('ETF', 'SPY'))
    expect(cache.stocksOf('energy')).toBe(cache.members('SECTOR', 'energy'))
    expect(cache.themeMembers('ai_ml_leaders')).toBe(cache.members('THEME', 'ai_ml_leaders'))
    expect(cache.universeMembers('dow30')).toBe(cache.members('UNIVERSE', 'dow30'))
    expect(cache.universeMembers('top_100')).toBe(cache.members('MARKET_LEADERS', 'top_100'))
    expect(
      cache
        .etfHoldings('SPY')
        ?.slice(0, 2)
        .map(({ symbol }) => symbol),
    ).toEqual(['NVDA', 'AAPL'])
    const [row] = await db.query(
      `SELECT symbol, name, market_cap::float8, 'information_technology' AS sector FROM symbols WHERE symbol = 'AAPL'`,
    )
    expect(cache.stock('AAPL')).toEqual(row)
  })
})

describe('what does not exist and what is empty', async () => {
  const db = await testDatabase(import.meta.url)
  let cache: RelationshipCache

  beforeAll(async () => {
    await fillSymbols(db)
    await loadFunds(db, { AAA: 'A,60 NEW,40' })
    await refresh(db)
    await db.query(
      `INSERT INTO definition_groups (name, type) VALUES ('hollow', 'THEME'), ('HOL', 'ETF'), ('twice', 'THEME'), ('twice', 'INDUSTRY'),
         ('thrice', 'THEME'), ('thrice', 'UNIVERSE'), ('elsewhere', 'UNIVERSE')`,
    )
    await db.query(`UPDATE definition_groups SET environment = 'TEST' WHERE name = 'elsewhere'`)
    cache = await openCache(db)
  })

  it('are different answers', () => {
    for (const unknown of [
      cache.etfHoldings('nothing'),
      cache.etfHoldings('aaa'),
      cache.etfHoldings('hollow'),
      cache.themeMembers('nothing'),
      cache.stocksOf('nothing'),
      cache.universeMembers('nothing'),
      cache.universeMembers('elsewhere'),
      cache.members('NOTHING', 'AAA'),
      cache.members('__proto__', 'constructor'),
      cache.group('ETF', 'nothing'),
      cache.fingerprint('ETF', 'nothing'),
      cache.etfsOf('NOTHING'),
      cache.groupsOf('NOTHING'),
      cache.sectorOf('NOTHING'),
      cache.stock('NOTHING'),
    ])
      expect(unknown).toBeUndefined()
    expect(cache.etfHoldings('HOL')).toEqual([])
    expect(cache.themeMembers('hollow')).toEqual([])
    expect(cache.universeMembers('hollow')).toEqual([])
    expect(cache.symbols('hollow')).toEqual([])
    expect(cache.universes('NOTHING')).toEqual([])
    expect(cache.etfsOf('B')).toEqual([])
    // A unit is listed and in no universe at all.
    expect([cache.groupsOf('Z'), cache.etfsOf('Z'), cache.sectorOf('Z')]).toEqual([[], [], null])
  })

  it('a member that the table symbols does not know is known by its universes', () => {
    expect(cache.etfsOf('NEW')).toEqual(['AAA'])
    expect(cache.sectorOf('NEW')).toBeNull()
    expect(cache.stock('NEW')).toEqual({ symbol: 'NEW', name: null, market_cap: null, sector: null })
    const last = { symbol: 'NEW', name: null, weight: 40, rank: null, market_cap: null, sector: null }
    expect(cache.etfHoldings('AAA')?.[1]).toMatchObject(last)
  })

  it.each([
    ['AAA:nothing:hollow: naught', 'UV003', 'no universe is named naught, nothing'],
    ['AAA:', 'UV003', 'no universe is named '],
    ['', 'UV002', 'no universe name given'],
    ['  ', 'UV002', 'no universe name given'],
  ])('symbols(%j) is refused as universe_symbols does', async (names, code, message) => {
    expect(() => cache.symbols(names)).toThrow(expect.objectContaining({ code, message }))
    await expect(db.query('SELECT universe_symbols($1)', [names])).rejects.toMatchObject({ code, message })
  })

  it('a name that several universes have is that of the UNIVERSE, or refused with what to say instead', () => {
    expect(cache.universeMembers('thrice')).toBe(cache.members('UNIVERSE', 'thrice'))
    expect(() => cache.universeMembers('twice')).toThrow(
      expect.objectContaining({
        code: 'UV002',
        hint: "Say which by its type: members('INDUSTRY', 'twice').",
      }),
    )
  })

  it('of another environment nothing is seen', async () => {
    const other = await openCache(db, { environment: 'TEST' })
    expect(other.universes().map(({ name }) => name)).toEqual(['elsewhere'])
    expect(other.universeMembers('elsewhere')).toEqual([])
    expect(other.etfsOf('NEW')).toBeUndefined()
    const none = await openCache(db, { environment: 'NOBODY' })
    expect(none.universes()).toEqual([])
  })

  it('retired universes are empty, and listed only when they are asked for', async () => {
    await db.query(`UPDATE theme_rules SET enabled = false WHERE name = (SELECT min(name) FROM theme_rules)`)
    await refresh(db)
    const fresh = await openCache(db)
    const [retired, ...rest] = fresh.universes(undefined, { retired: true }).filter((group) => group.retired)
    expect(rest).toEqual([])
    expect(fresh.themes()).not.toContain(retired)
    expect(fresh.themeMembers(retired!.name)).toEqual([])
    expect(fresh.group('THEME', retired!.name)).toBe(retired)
  })
})

describe('answers', async () => {
  const db = await testDatabase(import.meta.url)
  let cache: RelationshipCache

  beforeAll(async () => {
    await fillSymbols(db)
    await loadFunds(db, { AAA: 'A,60 B,40' })
    cache = await openCache(db)
  })

  it('are the same objects each time, and cannot be changed', () => {
    const lists: (readonly object[])[] = [
      cache.etfHoldings('AAA')!,
      cache.groupsOf('A')!,
      cache.etfs(),
      cache.universes(undefined, { retired: true }),
    ]
    for (const list of lists) {
      expect(list.length).toBeGreaterThan(0)
      expect(() => (list as object[]).push({})).toThrow(TypeError)
      for (const item of list) expect(() => Object.assign(item, { name: 'changed' })).toThrow(TypeError)
    }
    for (const list of [cache.symbols('AAA'), cache.etfsOf('A')!])
      expect(() => (list as string[]).push('NEW')).toThrow(TypeError)
    expect(() => Object.assign(cache.stock('A')!, { sector: 'changed' })).toThrow(TypeError)
    expect(cache.etfHoldings('AAA')).toBe(lists[0])
    expect(cache.symbols('AAA')).toBe(cache.symbols('AAA'))
  })

  it('are refused before the first load, with what to do', async () => {
    const query = (): Promise<never> => new Promise(() => undefined)
    const waiting = await openCache(db, { wait: false, listen: false, query })
    expect(waiting.ready).toBe(false)
    expect(waiting.version).toBeUndefined()
    expect(waiting.statistics()).toMatchObject({
      groups: 0,
      loaded_at: null,
      stale: { reason: 'nothing is loaded yet' },
    })
    for (const lookup of [
      () => waiting.etfHoldings('AAA'),
      () => waiting.symbols('AAA'),
      () => waiting.etfs(),
      () => waiting.groupsOf('A'),
    ])
      expect(lookup).toThrow(
        expect.objectContaining({
          name: 'UniversesError',
          message: 'the relationship cache has not been loaded yet',
        }),
      )
  })
})
