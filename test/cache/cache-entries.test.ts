import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { addGroup, apply, prepareMembership, want } from '../support/membership.js'

let db: TestDatabase

async function update(names: string[], append = false): Promise<number> {
  const [row] = await db.query<{ written: number }>(
    'SELECT update_cache(ARRAY(SELECT id FROM definition_groups WHERE name = ANY ($1)), $2) AS written',
    [names, append],
  )
  return row?.written ?? -1
}

async function prepared(): Promise<TestDatabase> {
  const database = await testDatabase(import.meta.url)
  await prepareMembership(database)
  return database
}

beforeAll(async () => {
  db = await prepared()
  await addGroup(db, 'top_3', 'MARKET_LEADERS')
  await addGroup(db, 'SPY', 'ETF')
  await addGroup(db, 'software', 'THEME')
  await addGroup(db, 'software', 'INDUSTRY')
  await addGroup(db, 'nobody')
  await want(db, [
    { type: 'MARKET_LEADERS', name: 'top_3', symbol: 'A', metadata: { rank: 10 } },
    { type: 'MARKET_LEADERS', name: 'top_3', symbol: 'B', metadata: { rank: 2 } },
    { type: 'MARKET_LEADERS', name: 'top_3', symbol: 'C', metadata: { rank: 1 } },
    { type: 'ETF', name: 'SPY', symbol: 'A', weight: 9.5 },
    { type: 'ETF', name: 'SPY', symbol: 'B', weight: 12.25 },
    { type: 'ETF', name: 'SPY', symbol: 'b' },
    { type: 'ETF', name: 'SPY', symbol: 'C' },
    { type: 'THEME', name: 'software', symbol: 'D' },
    { type: 'INDUSTRY', name: 'software', symbol: 'E' },
  ])
  await apply(db, ['top_3', 'SPY', 'software'])
  await db.query(
    `INSERT INTO cache_entries (type, name, key, value) VALUES ('app_settings', 'theme', 'colour', '"dark"')`,
  )
  await db.query(
    `INSERT INTO cache_entries (universe, content, cache_type) VALUES ('app_settings', '{}', 'configuration')`,
  )
})

describe('the three documented shapes', () => {
  it('answer for a universe', async () => {
    expect(await update(['top_3', 'SPY', 'nobody'])).toBe(3)
    const byUniverse = "SELECT content -> 'symbols' AS symbols FROM cache_entries WHERE universe = 'top_3'"
    expect(await db.query(byUniverse)).toEqual([{ symbols: ['C', 'B', 'A'] }])
    const byKey = `SELECT value, universe_category, universe_metadata FROM cache_entries WHERE key = 'top_3'`
    expect(await db.query(byKey)).toEqual([
      {
        value: ['C', 'B', 'A'],
        universe_category: 'MARKET_LEADERS',
        universe_metadata: expect.objectContaining({ group_id: expect.any(Number) as number }) as object,
      },
    ])
    const byName = `SELECT value FROM cache_entries
      WHERE type = 'stock_universe' AND name = 'market_leaders' AND key = 'top_3' AND environment = 'DEFAULT'`
    expect(await db.query(byName)).toEqual([{ value: ['C', 'B', 'A'] }])
  })

  it('carry count, time and description in content', async () => {
    const [row] = await db.query<{ content: Record<string, unknown> }>(
      "SELECT content FROM cache_entries WHERE universe = 'SPY'",
    )
    expect(row?.content).toMatchObject({ count: 4, metadata: { type: 'ETF' } })
    expect(row?.content['last_updated']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it('order by rank as a number, else by weight, else by bytes', async () => {
    const rows = await db.query(
      "SELECT value FROM cache_entries WHERE universe IN ('top_3', 'SPY') ORDER BY universe",
    )
    expect(rows).toEqual([{ value: ['B', 'A', 'C', 'b'] }, { value: ['C', 'B', 'A'] }])
  })

  it('say empty with an empty list', async () => {
    const [row] = await db.query(
      "SELECT value, content -> 'count' AS count FROM cache_entries WHERE universe = 'nobody'",
    )
    expect(row).toEqual({ value: [], count: 0 })
  })

  it('keep groups of one name apart by category, and by environment', async () => {
    await db.query(
      "INSERT INTO definition_groups (name, type, environment) VALUES ('software', 'THEME', 'TEST')",
    )
    expect(await update(['software'])).toBe(3)
    const rows = await db.query(
      `SELECT universe_category, environment, value FROM cache_entries WHERE universe = 'software'
       ORDER BY universe_category, environment`,
    )
    expect(rows).toEqual([
      { universe_category: 'INDUSTRY', environment: 'DEFAULT', value: ['E'] },
      { universe_category: 'THEME', environment: 'DEFAULT', value: ['D'] },
      { universe_category: 'THEME', environment: 'TEST', value: [] },
    ])
  })
})

describe('an update', () => {
  it('rewrites its own row and no other', async () => {
    const others =
      "SELECT id, xmin::text FROM cache_entries WHERE universe IS DISTINCT FROM 'top_3' ORDER BY id"
    const [before, own] = [
      await db.query(others),
      await db.query("SELECT id FROM cache_entries WHERE key = 'top_3'"),
    ]
    await want(db, [{ type: 'MARKET_LEADERS', name: 'top_3', symbol: 'Z', metadata: { rank: 1 } }])
    await apply(db, ['top_3'], { append: true })
    expect(await update(['top_3'])).toBe(1)
    expect(await db.query(others)).toEqual(before)
    expect(await db.query("SELECT id FROM cache_entries WHERE key = 'top_3'")).toEqual(own)
    expect(
      await db.query(
        "SELECT value -> 0 AS first, content -> 'count' AS count FROM cache_entries WHERE key = 'top_3'",
      ),
    ).toEqual([{ first: 'C', count: 4 }])
  })

  it('of no group writes nothing', async () => {
    expect(await update([])).toBe(0)
  })

  it('deletes the row of a retired group, unless it appends', async () => {
    await db.query(
      `UPDATE definition_groups SET metadata = '{"retired_at": "2025-01-01"}' WHERE name = 'software' AND type = 'THEME'`,
    )
    const kept = `SELECT universe_category, environment FROM cache_entries WHERE universe = 'software' ORDER BY 1, 2`
    expect(await update(['software'], true)).toBe(1)
    expect(await db.query(kept)).toHaveLength(3)
    expect(await update(['software'])).toBe(3)
    expect(await db.query(kept)).toEqual([{ universe_category: 'INDUSTRY', environment: 'DEFAULT' }])
  })

  it('never touches what is not a universe', async () => {
    const rows = await db.query(
      'SELECT type, name, key, value, universe, cache_type FROM cache_entries WHERE universe_category IS NULL ORDER BY id',
    )
    expect(rows).toEqual([
      { type: 'app_settings', name: 'theme', key: 'colour', value: 'dark', universe: null, cache_type: null },
      {
        type: null,
        name: null,
        key: null,
        value: null,
        universe: 'app_settings',
        cache_type: 'configuration',
      },
    ])
  })
})

describe('a table that allows one row per universe', () => {
  beforeAll(async () => {
    db = await prepared()
    await db.query('ALTER TABLE cache_entries ADD UNIQUE (universe)')
    await db.query(
      `INSERT INTO cache_entries (universe, content, cache_type)
       VALUES ('top_3', '{"symbols": ["OLD"]}', 'stock_universe'), ('app_settings', '{}', 'configuration')`,
    )
    await addGroup(db, 'top_3', 'MARKET_LEADERS')
    await addGroup(db, 'software', 'THEME')
    await addGroup(db, 'software', 'INDUSTRY')
    await want(db, [
      { type: 'MARKET_LEADERS', name: 'top_3', symbol: 'A', metadata: { rank: 1 } },
      { type: 'THEME', name: 'software', symbol: 'D' },
      { type: 'INDUSTRY', name: 'software', symbol: 'E' },
    ])
    await apply(db, ['top_3', 'software'])
  })

  it('has its old row taken over', async () => {
    const [old] = await db.query("SELECT id FROM cache_entries WHERE universe = 'top_3'")
    expect(await update(['top_3'])).toBe(1)
    const rows = await db.query(
      "SELECT id, value, content -> 'symbols' AS symbols, universe_category FROM cache_entries WHERE universe = 'top_3'",
    )
    expect(rows).toEqual([{ ...old, value: ['A'], symbols: ['A'], universe_category: 'MARKET_LEADERS' }])
    expect(await update(['top_3'])).toBe(1)
  })

  it('keeps the first of two groups with the same name, and is not broken by the second', async () => {
    const rows = "SELECT universe_category, value FROM cache_entries WHERE universe = 'software'"
    for (let time = 0; time < 2; time += 1) {
      expect(await update(['software'])).toBe(1)
      expect(await db.query(rows)).toEqual([{ universe_category: 'THEME', value: ['D'] }])
    }
  })

  it('keeps its other rows', async () => {
    expect(
      await db.query("SELECT content, cache_type FROM cache_entries WHERE universe = 'app_settings'"),
    ).toEqual([{ content: {}, cache_type: 'configuration' }])
  })
})

describe('a table that allows one row per type, name, key and environment', () => {
  it('has its old row taken over, and a setting that looks alike left alone', async () => {
    db = await prepared()
    await db.query('ALTER TABLE cache_entries ADD UNIQUE (type, name, key, environment)')
    await db.query(
      `INSERT INTO cache_entries (type, name, key, value)
       VALUES ('stock_universe', 'market_leaders', 'top_3', '["OLD"]'), ('app_settings', 'market_leaders', 'top_3', '1')`,
    )
    await addGroup(db, 'top_3', 'MARKET_LEADERS')
    await want(db, [{ type: 'MARKET_LEADERS', name: 'top_3', symbol: 'A', metadata: { rank: 1 } }])
    await apply(db, ['top_3'])
    expect(await update(['top_3'])).toBe(1)
    expect(await db.query('SELECT type, universe, value FROM cache_entries ORDER BY id')).toEqual([
      { type: 'stock_universe', universe: 'top_3', value: ['A'] },
      { type: 'app_settings', universe: null, value: 1 },
    ])
  })
})
