import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { changeOf, completed, eventsOf, listStocks, members } from './market.js'

let db: TestDatabase

/** Rule columns of a theme as SQL literals. */
async function addTheme(name: string, columns: Record<string, string>): Promise<void> {
  await db.query(
    `INSERT INTO theme_rules (name, title, description${Object.keys(columns)
      .map((column) => `, ${column}`)
      .join('')})
     VALUES ($1, $1, 'A test'${Object.values(columns)
       .map((value) => `, ${value}`)
       .join('')})`,
    [name],
  )
}

async function prepare(): Promise<void> {
  db = await testDatabase(import.meta.url)
  await db.query('DELETE FROM theme_rules')
  await listStocks(db, [
    { symbol: 'BANK', cap: 5e9, sic: '6021', exchange: 'XNYS', listed: 400 },
    { symbol: 'CODE', cap: 20e9, sic: '7372', exchange: 'XNAS', listed: 100 },
    { symbol: 'GAME', cap: 1e9, sic: '7373', exchange: 'XNAS', listed: 99 },
    { symbol: 'LAMP', cap: 999_999_999, sector: 'Utilities', exchange: 'XASE' },
    { symbol: 'VOID' },
    { symbol: 'PREF', type: 'PFD', cap: 20e9, sic: '7372', exchange: 'XNAS', listed: 100 },
    { symbol: 'GONE', active: false, cap: 20e9, sic: '7372', exchange: 'XNAS', listed: 100 },
  ])
}

describe('a theme rule', () => {
  beforeAll(prepare)

  it.each([
    ['include_symbols', { include_symbols: `'{CODE,VOID,GONE,PREF,NONE}'` }, ['CODE', 'VOID']],
    ['exclude_symbols', { sic_codes: `'{[7372,7374)}'`, exclude_symbols: `'{CODE}'` }, ['GAME']],
    [
      'exclusion before inclusion',
      { include_symbols: `'{CODE,BANK}'`, exclude_symbols: `'{CODE}'` },
      ['BANK'],
    ],
    ['min_market_cap, inclusive', { min_market_cap: '1000000000' }, ['BANK', 'CODE', 'GAME']],
    ['max_market_cap, exclusive', { max_market_cap: '1000000000' }, ['LAMP']],
    ['sectors', { sectors: `'{utilities,financials}'` }, ['BANK', 'LAMP']],
    ['the sector unknown', { sectors: `'{unknown}'` }, ['VOID']],
    ['industries', { industries: `'{banks}'` }, ['BANK']],
    ['sic_codes, upper end exclusive', { sic_codes: `'{[6000,6022),[7373,7400)}'` }, ['BANK', 'GAME']],
    ['exchanges', { exchanges: `'{XASE,XNYS}'` }, ['BANK', 'LAMP']],
    ['min_listing_days, inclusive', { min_listing_days: '100' }, ['BANK', 'CODE']],
    ['max_listing_days, inclusive', { max_listing_days: '100' }, ['CODE', 'GAME']],
    ['several conditions together', { exchanges: `'{XNAS}'`, min_market_cap: '2e9' }, ['CODE']],
    ['conditions or inclusion', { exchanges: `'{XASE}'`, include_symbols: `'{VOID}'` }, ['LAMP', 'VOID']],
  ] as [string, Record<string, string>, string[]][])('applies %s', async (what, columns, wanted) => {
    const name = what.replaceAll(/[^a-z]+/g, '_')
    await addTheme(name, columns)
    await completed(db)
    expect(await members(db, 'THEME', name)).toEqual(wanted)
  })

  it('without condition and symbol is refused', async () => {
    await expect(addTheme('empty', {})).rejects.toMatchObject({ code: '23514' })
  })
})

describe('a theme', () => {
  beforeEach(async () => {
    await prepare()
    await addTheme('mine', { include_symbols: `'{BANK,CODE}'` })
    await addTheme('yours', { include_symbols: `'{LAMP}'` })
    await completed(db)
  })

  const metadata = async (): Promise<Record<string, unknown>> => {
    const [row] = await db.query<{ metadata: Record<string, unknown> }>(
      `SELECT metadata FROM definition_groups WHERE name = 'mine'`,
    )
    return row!.metadata
  }

  it('keeps the statistics of its last rebalance', async () => {
    await db.query(`UPDATE theme_rules SET include_symbols = '{BANK,GAME,LAMP}' WHERE name = 'mine'`)
    const run = await completed(db)
    expect(await metadata()).toMatchObject({
      last_rebalance: { run_id: run.id, added: 2, removed: 1, members_before: 2 },
    })
    await completed(db, { force: true })
    expect(await metadata()).toMatchObject({ last_rebalance: { run_id: run.id } })
  })

  it('that is disabled loses its members and its cache entry, and keeps its history', async () => {
    await db.query(`UPDATE theme_rules SET enabled = false WHERE name = 'mine'`)
    const run = await completed(db)
    expect(changeOf(run, 'THEME', 'mine')).toMatchObject({ held: false, count: 0, removed: ['BANK', 'CODE'] })
    expect(await metadata()).toHaveProperty('retired_at')
    expect(await db.query(`SELECT 1 FROM cache_entries WHERE universe = 'mine'`)).toEqual([])
    const events = await eventsOf(db, run.id)
    expect(events.find(({ payload }) => payload['universe'] === 'mine')?.payload).toMatchObject({ count: 0 })
    const history = await db.query(
      `SELECT h.symbol, h.close_reason FROM membership_history h
       JOIN definition_groups g ON g.id = h.group_id AND g.name = 'mine' ORDER BY h.symbol`,
    )
    expect(history).toEqual([
      { symbol: 'BANK', close_reason: 'retired' },
      { symbol: 'CODE', close_reason: 'retired' },
    ])
  })

  it('is retired even when it is the last one', async () => {
    await db.query('DELETE FROM theme_rules')
    await completed(db)
    expect(await members(db, 'THEME', 'mine')).toEqual([])
    expect(await db.query(`SELECT 1 FROM cache_entries WHERE universe_category = 'THEME'`)).toEqual([])
  })

  it('that is enabled again comes back', async () => {
    await db.query(`UPDATE theme_rules SET enabled = false WHERE name = 'mine'`)
    await completed(db)
    await db.query(`UPDATE theme_rules SET enabled = true WHERE name = 'mine'`)
    await completed(db)
    expect(await members(db, 'THEME', 'mine')).toEqual(['BANK', 'CODE'])
    expect(await metadata()).not.toHaveProperty('retired_at')
    expect(await db.query(`SELECT value FROM cache_entries WHERE universe = 'mine'`)).toEqual([
      { value: ['BANK', 'CODE'] },
    ])
  })

  it('says of each member why', async () => {
    await addTheme('other', { include_symbols: `'{BANK}'`, exchanges: `'{XASE}'` })
    await completed(db)
    const rows = await db.query(
      `SELECT symbol, metadata FROM current_members WHERE name = 'other' ORDER BY symbol`,
    )
    expect(rows).toEqual([
      { symbol: 'BANK', metadata: { rule: 'named in include_symbols' } },
      { symbol: 'LAMP', metadata: { rule: 'meets the conditions' } },
    ])
  })
})

describe('a listing-age condition', () => {
  beforeEach(async () => {
    await prepare()
    await addTheme('grown', { min_listing_days: '100' })
    await addTheme('young', { max_listing_days: '100' })
    await completed(db)
  })

  /** As if the last run had been some days ago: every date of the market moves back too. */
  async function letDaysPass(days: number): Promise<void> {
    await db.query(`UPDATE sync_runs SET started_at = started_at - make_interval(days => $1)`, [days])
    await db.query(`UPDATE symbols SET list_date = list_date - $1::integer`, [days])
    // Time passes without a trace in the tables.
    await db.query('DELETE FROM market_changes')
  }

  it.each([1, 2, 30])('is crossed by time alone, %i days after the last run', async (days) => {
    expect(await members(db, 'THEME', 'grown')).toEqual(['BANK', 'CODE'])
    expect(await members(db, 'THEME', 'young')).toEqual(['CODE', 'GAME'])
    await letDaysPass(days)
    await completed(db)
    expect(await members(db, 'THEME', 'grown')).toEqual(['BANK', 'CODE', 'GAME'])
    expect(await members(db, 'THEME', 'young')).toEqual(days === 1 ? ['GAME'] : [])
  })

  it('is met by a stock on the day of its listing, not before', async () => {
    await listStocks(db, [{ symbol: 'SOON', listed: -2 }])
    await completed(db)
    await letDaysPass(1)
    await completed(db)
    expect(await members(db, 'THEME', 'young')).not.toContain('SOON')
    await letDaysPass(1)
    await completed(db)
    expect(await members(db, 'THEME', 'young')).toContain('SOON')
    expect(await members(db, 'IPO', 'recent_ipos')).toContain('SOON')
  })
})
