import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { addGroup, apply, prepareMembership, setMembers, want } from '../support/membership.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await prepareMembership(db)
  await addGroup(db, 'SPY', 'ETF')
  await addGroup(db, 'QQQ', 'ETF')
  await addGroup(db, 'dow30')
  await addGroup(db, 'nobody')
  await addGroup(db, 'top_2', 'MARKET_LEADERS')
  await addGroup(db, 'energy', 'SECTOR')
  await db.query("INSERT INTO definition_groups (name, type, environment) VALUES ('SPY', 'ETF', 'TEST')")
  await db.query(
    `INSERT INTO group_memberships (group_id, symbol) SELECT id, 'Z' FROM definition_groups WHERE environment = 'TEST'`,
  )
  await want(db, [
    { type: 'ETF', name: 'SPY', symbol: 'A', weight: 6.5 },
    { type: 'ETF', name: 'SPY', symbol: 'B', weight: 4 },
    { type: 'ETF', name: 'QQQ', symbol: 'B', weight: 9 },
    { type: 'ETF', name: 'QQQ', symbol: 'a.lower', weight: 1 },
    { name: 'dow30', symbol: 'C' },
    { name: 'dow30', symbol: 'A' },
    { type: 'MARKET_LEADERS', name: 'top_2', symbol: 'A', metadata: { rank: 1 } },
    { type: 'MARKET_LEADERS', name: 'top_2', symbol: 'B', metadata: { rank: 2 } },
    { type: 'SECTOR', name: 'energy', symbol: 'A', metadata: { source: 'fund' } },
  ])
  await apply(db, ['SPY', 'QQQ', 'dow30', 'top_2', 'energy'])
})

async function symbols(names: string, ...more: string[]): Promise<unknown[]> {
  const rows = await db.query(`SELECT symbol FROM universe_symbols($1${more.length ? ', $2' : ''})`, [
    names,
    ...more,
  ])
  return rows.map((row) => row['symbol'])
}

describe('universe_symbols', () => {
  it('is the union of universes without repetition, in byte order', async () => {
    expect(await symbols('SPY:QQQ:dow30')).toEqual(['A', 'B', 'C', 'a.lower'])
    expect(await symbols('dow30')).toEqual(['A', 'C'])
    expect(await symbols(' SPY : SPY ')).toEqual(['A', 'B'])
  })

  it('of an empty universe is no row', async () => {
    expect(await symbols('nobody')).toEqual([])
    expect(await symbols('nobody:dow30')).toEqual(['A', 'C'])
  })

  it('of an unknown name is UV003, naming it', async () => {
    await expect(symbols('SPY:spy:dow_30')).rejects.toMatchObject({
      code: 'UV003',
      message: 'no universe is named dow_30, spy',
    })
    await expect(symbols(' ')).rejects.toMatchObject({ code: 'UV002' })
    await expect(symbols('SPY:')).rejects.toMatchObject({ code: 'UV003' })
  })

  it('knows environments', async () => {
    expect(await symbols('SPY', 'TEST')).toEqual(['Z'])
    await expect(symbols('dow30', 'TEST')).rejects.toMatchObject({ code: 'UV003' })
  })
})

describe('symbol_groups', () => {
  it('lists every universe of a symbol with rank, weight and reason', async () => {
    const rows = await db.query("SELECT type, name, rank, weight::float, metadata FROM symbol_groups('A')")
    expect(rows).toEqual([
      { type: 'ETF', name: 'SPY', rank: null, weight: 6.5, metadata: {} },
      { type: 'MARKET_LEADERS', name: 'top_2', rank: 1, weight: null, metadata: { rank: 1 } },
      { type: 'SECTOR', name: 'energy', rank: null, weight: null, metadata: { source: 'fund' } },
      { type: 'UNIVERSE', name: 'dow30', rank: null, weight: null, metadata: {} },
    ])
    expect(await db.query("SELECT * FROM symbol_groups('Q')")).toEqual([])
    expect(await db.query("SELECT name FROM symbol_groups('Z', 'TEST')")).toEqual([{ name: 'SPY' }])
  })
})

describe('current_members', () => {
  it('shows rank, weight, market cap and sector', async () => {
    const rows = await db.query(
      `SELECT symbol, rank, weight::float, market_cap::float, sector FROM current_members
       WHERE name IN ('top_2', 'QQQ') ORDER BY name COLLATE "C", rank, symbol COLLATE "C"`,
    )
    expect(rows).toEqual([
      { symbol: 'B', rank: null, weight: 9, market_cap: 34e9, sector: null },
      { symbol: 'a.lower', rank: null, weight: 1, market_cap: null, sector: null },
      { symbol: 'A', rank: 1, weight: null, market_cap: 35e9, sector: 'energy' },
      { symbol: 'B', rank: 2, weight: null, market_cap: 34e9, sector: null },
    ])
  })
})

describe('members_as_of', () => {
  const at = (moment: string): Promise<Record<string, unknown>[]> =>
    db.query("SELECT symbol FROM members_as_of('past', 'UNIVERSE', $1)", [moment])

  beforeAll(async () => {
    await addGroup(db, 'past')
    await setMembers(db, 'past', ['A', 'B'])
    await setMembers(db, 'past', ['B', 'C'])
    // The first version is moved into the past: known days instead of moments.
    await db.query(
      `UPDATE membership_history AS h
       SET valid_from = CASE WHEN symbol = 'C' THEN '2025-03-01'::timestamptz ELSE '2025-02-01' END,
         valid_to = CASE WHEN symbol = 'A' THEN '2025-03-01'::timestamptz END
       FROM definition_groups AS g WHERE g.id = h.group_id AND g.name = 'past'`,
    )
  })

  it('is what it was: from inclusive, to exclusive', async () => {
    expect(await at('2025-02-01')).toEqual([{ symbol: 'A' }, { symbol: 'B' }])
    expect(await at('2025-02-28 23:59:59.999999')).toEqual([{ symbol: 'A' }, { symbol: 'B' }])
    expect(await at('2025-03-01')).toEqual([{ symbol: 'B' }, { symbol: 'C' }])
    expect(await at('2030-01-01')).toEqual([{ symbol: 'B' }, { symbol: 'C' }])
  })

  it('before its history is UV003, not an empty universe', async () => {
    await expect(at('2025-01-31')).rejects.toMatchObject({
      code: 'UV003',
      detail: expect.stringContaining('2025-02-01') as string,
    })
    await expect(db.query("SELECT * FROM members_as_of('nobody', 'UNIVERSE', now())")).rejects.toMatchObject({
      code: 'UV003',
      detail: 'It has no history yet.',
    })
  })

  it('of an emptied universe is no row', async () => {
    await addGroup(db, 'emptied')
    await setMembers(db, 'emptied', ['A'])
    await setMembers(db, 'emptied', [], { force: true })
    const rows = await db.query(
      "SELECT * FROM members_as_of('emptied', 'UNIVERSE', now() + interval '1 second')",
    )
    expect(rows).toEqual([])
  })

  it('of an unknown universe is UV003', async () => {
    for (const [name, type] of [
      ['past', 'ETF'],
      ['PAST', 'UNIVERSE'],
    ]) {
      const unknown = db.query('SELECT * FROM members_as_of($1, $2, now())', [name, type])
      await expect(unknown).rejects.toMatchObject({ code: 'UV003' })
    }
  })
})
