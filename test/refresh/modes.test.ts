import { beforeEach, describe, expect, it } from 'vitest'
import type { RefreshMode } from '../../src/operations/refresh.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import {
  completed,
  contents,
  groupsOf,
  listSmallMarket,
  listStocks,
  loadFund,
  members,
  setCloses,
} from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

/** Something for every mode to do. */
async function moveMarket(): Promise<void> {
  await setCloses(db, { UTL1: 400000 })
  await listStocks(db, [{ symbol: 'NEW1', cap: 20e9, sic: '7372', listed: 3, exchange: 'XNAS' }])
  await db.query(`UPDATE symbols SET active = false WHERE symbol = 'TEC1'`)
  await db.query(
    `INSERT INTO theme_rules (name, title, description, include_symbols) VALUES ('mine', 'Mine', 'Named', '{OIL1,OIL2}')`,
  )
}

/** Members of every universe that has some, by type. */
async function universes(): Promise<Record<string, unknown>> {
  const rows = await db.query<{ type: string; members: unknown }>(
    `SELECT type, jsonb_agg(jsonb_build_array(name, symbol, rank) ORDER BY name, symbol) AS members
     FROM current_members WHERE environment = 'DEFAULT' GROUP BY type`,
  )
  return Object.fromEntries(rows.map(({ type, members }) => [type, members]))
}

const partial: [RefreshMode, string[], string[]][] = [
  [
    'market_cap',
    ['COMPLETE', 'INDUSTRY', 'MARKET_CAP', 'MARKET_LEADERS', 'SECTOR', 'SECTOR_LEADERS'],
    ['market_caps', 'cache_and_events'],
  ],
  ['ipos', ['IPO', 'THEME'], ['ipos', 'cache_and_events']],
  ['themes', ['THEME'], ['themes', 'cache_and_events']],
]

describe('a mode', () => {
  it.each(partial)('%s changes its own universes and no others', async (mode, types, steps) => {
    await moveMarket()
    const before = await universes()
    const run = await completed(db, { mode })
    expect(run.steps.map(({ step }) => step)).toEqual(steps)
    const after = await universes()
    const changed = Object.keys(after).filter(
      (type) => JSON.stringify(before[type]) !== JSON.stringify(after[type]),
    )
    expect(changed.sort()).toEqual(types)
    expect([...new Set(run.changes.map(({ type }) => type))].sort()).toEqual(types)
  })

  it('delistings takes delisted symbols out of everything and changes nothing else', async () => {
    await moveMarket()
    const run = await completed(db, { mode: 'delistings' })
    expect(run.steps.map(({ step }) => step)).toEqual(['delistings', 'cache_and_events'])
    expect(await groupsOf(db, 'TEC1')).toEqual([])
    expect(new Set(run.changes.flatMap(({ removed }) => removed))).toEqual(new Set(['TEC1']))
    expect(run.changes.flatMap(({ added }) => added)).toEqual([])
  })

  it.each(['market_cap', 'ipos', 'themes', 'delistings'] as const)(
    '%s leaves it to a full refresh to bring everything up to date',
    async (mode) => {
      await moveMarket()
      await completed(db, { mode })
      await completed(db)
      const reached = await universes()
      await completed(db, { force: true })
      expect(await universes()).toEqual(reached)
      expect(await members(db, 'THEME', 'mine')).toEqual(['OIL1', 'OIL2'])
      expect(await members(db, 'IPO', 'recent_ipos')).toEqual(['NEW1'])
      expect(await groupsOf(db, 'TEC1')).toEqual([])
      expect(await members(db, 'MARKET_CAP', 'mega_cap')).toContain('UTL1')
    },
  )

  it('that does not exist is refused with the list of those that do', async () => {
    const before = await contents(db)
    await expect(db.query(`SELECT refresh_universes('weekly')`)).rejects.toMatchObject({
      code: 'UV002',
      message: `unknown mode 'weekly'`,
      hint: 'Modes: full, market_cap, sectors, changed_sectors, themes, ipos, delistings.',
    })
    await expect(db.query('SELECT refresh_universes(NULL)')).rejects.toMatchObject({ code: 'UV002' })
    expect(await contents(db)).toEqual(before)
  })
})

describe('append', () => {
  it('adds and removes nothing but delisted symbols; the next refresh cleans up', async () => {
    await setCloses(db, { UTL1: 400000 })
    await db.query(`UPDATE symbols SET sic_code = '6021' WHERE symbol IN ('TEC9', 'OIL1')`)
    await db.query(`UPDATE symbols SET active = false WHERE symbol = 'TEC1'`)
    const run = await completed(db, { append: true })
    expect(new Set(run.changes.flatMap(({ removed }) => removed))).toEqual(new Set(['TEC1']))
    expect(await groupsOf(db, 'UTL1')).toEqual(
      expect.arrayContaining(['MARKET_CAP/mega_cap', 'MARKET_CAP/small_cap']),
    )
    // OIL1 leads its old sector: it now appears in two lists of leaders.
    expect(await groupsOf(db, 'OIL1')).toEqual(
      expect.arrayContaining(['SECTOR/energy', 'SECTOR/financials', 'SECTOR_LEADERS/top_10_energy']),
    )

    const next = await completed(db)
    expect(await groupsOf(db, 'UTL1')).not.toContain('MARKET_CAP/small_cap')
    expect(await groupsOf(db, 'OIL1')).not.toContain('SECTOR/energy')
    expect(next.changes.flatMap(({ removed }) => removed)).toEqual(
      expect.arrayContaining(['UTL1', 'OIL1', 'TEC9']),
    )
    expect(await completed(db)).toMatchObject({ total_changes: 0 })
  })

  it('keeps a theme whose rule is gone; the next refresh retires it', async () => {
    await moveMarket()
    await completed(db)
    await db.query(`DELETE FROM theme_rules WHERE name = 'mine'`)
    const entries = (): Promise<unknown[]> => db.query(`SELECT 1 FROM cache_entries WHERE universe = 'mine'`)
    expect(await completed(db, { append: true })).toMatchObject({ changes: [] })
    expect(await members(db, 'THEME', 'mine')).toEqual(['OIL1', 'OIL2'])
    expect(await entries()).toHaveLength(1)
    await completed(db)
    expect(await members(db, 'THEME', 'mine')).toEqual([])
    expect(await entries()).toHaveLength(0)
  })
})

describe('force', () => {
  it('recomputes what was changed behind the marks', async () => {
    const mega = await members(db, 'MARKET_CAP', 'mega_cap')
    await db.query(
      `DELETE FROM group_memberships m USING definition_groups g WHERE g.id = m.group_id AND g.name = 'mega_cap'`,
    )
    await completed(db)
    expect(await members(db, 'MARKET_CAP', 'mega_cap')).toEqual([])
    await completed(db, { force: true })
    expect(await members(db, 'MARKET_CAP', 'mega_cap')).toEqual(mega)
  })
})

describe('another environment', () => {
  it('has its own universes, and both stay true in alternation', async () => {
    await loadFund(db, 'XLF', { TEC5: 60, BNK1: 40 }, 'TEST')
    await completed(db, { environment: 'TEST' })
    expect(await members(db, 'SECTOR', 'financials', 'TEST')).toContain('TEC5')
    expect(await members(db, 'SECTOR', 'financials')).not.toContain('TEC5')

    await setCloses(db, { TEC5: 250000, UTL3: 12345 })
    await db.query(`UPDATE symbols SET active = false WHERE symbol = 'BNK1'`)
    await completed(db)
    await completed(db, { environment: 'TEST' })
    for (const environment of ['DEFAULT', 'TEST']) {
      expect((await members(db, 'SECTOR_LEADERS', 'top_10_utilities', environment))[0]).toBe('UTL3')
      expect(await groupsOf(db, 'BNK1', environment)).toEqual([])
    }
    expect((await members(db, 'SECTOR_LEADERS', 'top_10_financials', 'TEST'))[0]).toBe('TEC5')
    expect((await members(db, 'SECTOR_LEADERS', 'top_10_financials'))[0]).toBe('BNK2')
    for (const environment of ['DEFAULT', 'TEST']) {
      expect(await completed(db, { environment })).toMatchObject({ total_changes: 0 })
    }
    const rows = await db.query(
      `SELECT environment, value -> 0 AS first FROM cache_entries WHERE universe = 'top_10_financials' ORDER BY 1`,
    )
    expect(rows).toEqual([
      { environment: 'DEFAULT', first: 'BNK2' },
      { environment: 'TEST', first: 'TEC5' },
    ])
  })
})
