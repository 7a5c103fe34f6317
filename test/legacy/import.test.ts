import { beforeAll, describe, expect, it } from 'vitest'
import type { SyncRun } from '../../src/operations/refresh.js'
import { findings } from '../quality/validation.js'
import { completed, contents, eventsOf, listSmallMarket, listStocks, rowVersions } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import {
  addLegacyRows,
  counts,
  idsOf,
  imported,
  storedRows,
  universes,
  type LegacyRow,
} from './legacy-rows.js'

const ROWS: LegacyRow[] = [
  // universe, content, cache_type
  { universe: 'favourites', content: { symbols: ['TEC2', 'TEC1', 'GONE', 'TEC2'] }, cache_type: 'stock_universe' },
  { universe: ' arkk', content: ['TEC3', 'BNK1'], cache_type: 'etf' },
  { universe: 'Top 10 / Banks', content: { members: [{ symbol: 'BNK2' }] }, cache_type: 'bank_universe' },
  // key, value, universe_category
  { key: 'Mega Cap', universe_category: 'MARKET_CAP', value: { count: 2, stocks: [{ ticker: 'OIL2', rank: 1 }, { ticker: 'OIL1', rank: 2 }] } },
  { key: 'Solar Power', universe_category: 'themes', value: ['UTL1'] },
  { key: 'hardware', universe_category: 'industry', value: ['TEC4'] },
  { key: 'technology', universe_category: 'sector', value: ['TEC5', 'TEC6'] },
  { key: 'energy', universe_category: 'sectors', value: { tickers: ['OIL1', 'UNLISTED'] } },
  // type, name, key, value
  { type: 'stock_universe', name: 'market_leaders', key: 'top_50', value: { count: 2, stocks: [{ ticker: 'UTL9', rank: 1 }, { ticker: 'TEC1', rank: 2 }] } },
  { type: 'etf_universe', name: 'complete', key: 'all_etfs', value: { etfs: ['XLK', 'SPY'] } },
  { type: 'themes', name: 'software', key: 'ai_stocks', value: ['TEC1'] },
  { type: 'stock_etf_combo', name: 'theme', key: 'combo', value: ['TEC1', 'XLK'] },
] // prettier-ignore

const NO_UNIVERSES: LegacyRow[] = [
  { universe: 'app_settings', content: { colour: 'dark' }, cache_type: 'app_settings' },
  { universe: 'page_size', content: 50, cache_type: 'app_settings' },
  { universe: 'colours', content: ['dark', 'light'], cache_type: 'configuration' },
  { universe: 'years', content: ['2024', 2025, null, ['TEC1'], true], cache_type: 'configuration' },
  { universe: 'nothing', content: [], cache_type: 'stock_universe' },
  { universe: 'nobody', content: { symbols: 'TEC1', count: 1 }, cache_type: 'stock_universe' },
  { universe: '///', content: ['TEC1'], cache_type: 'stock_universe' },
  { key: 'sizes', value: { mega: 200 }, universe_category: 'settings' },
  { type: 'app_settings', name: 'theme', key: 'colour', value: 'dark' },
  { type: 'app_settings', name: 'themes', key: 'shown', value: ['TEC1'] },
  { type: 'api_key', name: 'vendor', key: 'secret', value: { symbols: ['TEC1'] } },
]

const IMPORTED = {
  'COMPLETE all_etfs': ['SPY', 'XLK'],
  'ETF ARKK': ['BNK1', 'TEC3'],
  'ETF SPY': ['BNK1', 'OIL1', 'TEC1', 'TEC2'],
  'ETF XLF': ['BNK1', 'BNK2'],
  'ETF XLK': ['TEC1', 'TEC2', 'TEC3'],
  'MARKET_CAP mega_cap': ['OIL1', 'OIL2'],
  'MARKET_LEADERS top_50': ['UTL9', 'TEC1'],
  'SECTOR energy': ['OIL1', 'UNLISTED'],
  'THEME ai_stocks': ['TEC1'],
  'THEME solar_power': ['UTL1'],
  'UNIVERSE combo': ['TEC1', 'XLK'],
  'UNIVERSE favourites': ['TEC1', 'TEC2'],
  'UNIVERSE hardware': ['TEC4'],
  'UNIVERSE technology': ['TEC5', 'TEC6'],
  'UNIVERSE top_10_banks': ['BNK2'],
}

let db: TestDatabase
let ids: unknown[]
let run: SyncRun

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await listStocks(db, [{ symbol: 'GONE', active: false }])
  await addLegacyRows(db, [...ROWS, ...NO_UNIVERSES])
  ids = await idsOf(db)
})

describe('a dry run', () => {
  it('says what the import then does, and keeps nothing', async () => {
    const before = await contents(db, ['sync_runs'])
    const dry = await imported(db, { dryRun: true })
    expect(dry).toMatchObject({ mode: 'import', status: 'completed', dry_run: true })
    expect(await contents(db, ['sync_runs'])).toEqual(before)

    const old = await storedRows(db, ids)
    run = await imported(db)
    expect(await storedRows(db, ids)).toEqual(old)
    const named = ({ changes }: SyncRun): unknown => changes.map((change) => ({ ...change, group_id: 0 }))
    expect(named(dry)).toEqual(named(run))
    expect(dry.total_changes).toBe(run.total_changes)
  })
})

describe('the import', () => {
  it('makes universes of the rows that list symbols, and of no others', async () => {
    expect(await universes(db)).toEqual(IMPORTED)
    expect(counts(run)).toEqual({ universes: ROWS.length, left_alone: 0 })
    expect(run.total_changes).toBe(20)
  })

  it('says where members and universes come from, and when', async () => {
    const rows = await db.query(
      `SELECT g.name, g.description, g.metadata AS origin, m.metadata ->> 'rule' AS rule, h.opened_by, h.valid_to
       FROM definition_groups g JOIN group_memberships m ON m.group_id = g.id
       JOIN membership_history h ON h.group_id = g.id AND h.symbol = m.symbol
       WHERE g.name IN ('favourites', 'mega_cap') AND m.symbol IN ('TEC1', 'OIL1') ORDER BY g.name`,
    )
    const since = { opened_by: run.id, valid_to: null }
    expect(rows).toEqual([
      {
        name: 'favourites',
        description: 'Imported from cache_entries',
        origin: { source: 'legacy' },
        rule: `cache_entries row ${String(ids[0])}`,
        ...since,
      },
      {
        name: 'mega_cap',
        description: 'Mega cap',
        origin: { source: 'rules' },
        rule: `cache_entries row ${String(ids[3])}`,
        ...since,
      },
    ])
  })

  it('announces each universe and writes its entry beside the old rows', async () => {
    const events = await eventsOf(db, run.id)
    expect(events.filter(({ event }) => event === 'universe_updated')).toHaveLength(ROWS.length)
    expect(events.at(-1)).toMatchObject({ event: 'cache_sync_completed', payload: { mode: 'import' } })
    const entries = await db.query(
      `SELECT value FROM cache_entries WHERE universe = 'top_50' AND universe_category = 'MARKET_LEADERS'`,
    )
    expect(entries).toEqual([{ value: ['UTL9', 'TEC1'] }])
  })

  it('done again changes nothing', async () => {
    const own = ['sync_runs', 'universe_events']
    const before = await rowVersions(db, own)
    const again = await imported(db)
    expect(again).toMatchObject({ changes: [], total_changes: 0 })
    expect((await eventsOf(db, again.id)).map(({ event }) => event)).toEqual(['cache_sync_completed'])
    expect(await rowVersions(db, own)).toEqual(before)
  })

  it('follows a row that changed since', async () => {
    await addLegacyRows(db, [{ key: 'favourites', value: ['TEC2', 'TEC7'], universe_category: 'watchlist', updated_at: '2999-01-01' }]) // prettier-ignore
    const again = await imported(db)
    expect(again.changes).toMatchObject([{ name: 'favourites', added: ['TEC7'], removed: ['TEC1'] }])
    await addLegacyRows(db, [{ universe: 'Favourites', content: ['TEC9'], cache_type: 'x', updated_at: '1999-01-01' }]) // prettier-ignore
    expect(await imported(db)).toMatchObject({ changes: [] })
  })
})

describe('the next refresh', () => {
  beforeAll(() => completed(db))

  it('makes its own what the rules name, and leaves the rest', async () => {
    const now = await universes(db)
    expect(now['MARKET_CAP mega_cap']).toEqual(expect.arrayContaining(['TEC1', 'TEC16']))
    expect(now['MARKET_CAP mega_cap']).toHaveLength(16)
    expect(now['SECTOR energy']).toHaveLength(14)
    expect(now['COMPLETE all_etfs']).toEqual(['SPY', 'XLF', 'XLK'])
    expect(now['MARKET_LEADERS top_50']!.slice(0, 2)).toEqual(['TEC1', 'TEC2'])
    for (const name of ['ETF ARKK', 'THEME ai_stocks', 'THEME solar_power', 'UNIVERSE hardware', 'UNIVERSE technology']) {
      expect(now[name], name).toEqual(IMPORTED[name as keyof typeof IMPORTED])
    } // prettier-ignore
  })

  it('leaves no contradiction', async () => {
    expect((await findings(db)).filter(({ status }) => status === 'FAIL')).toEqual([])
  })

  it('is not undone by a late import, not even where it left a universe empty', async () => {
    const empty = Object.entries(await universes(db)).filter(([, symbols]) => symbols.length === 0)
    expect(empty.map(([name]) => name)).toContain('THEME space')
    await addLegacyRows(db, [{ key: 'space', value: ['TEC1'], universe_category: 'themes' }])
    const before = await universes(db)
    expect(await imported(db)).toMatchObject({ changes: [] })
    expect(await universes(db)).toEqual(before)
  })
})
