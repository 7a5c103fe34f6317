import { beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase, TODAY } from '../support/index.js'
import {
  changeOf,
  completed,
  eventsOf,
  groupsOf,
  listSmallMarket,
  listStocks,
  loadFund,
  members,
} from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await db.query('DELETE FROM theme_rules')
  await db.query(
    `INSERT INTO theme_rules (name, title, description, sic_codes, min_market_cap) VALUES
     ('programs', 'Programs', 'Software of a billion dollars', '{[7372,7373)}', 1e9),
     ('fresh', 'Fresh', 'Listed this year', '{[7000,8000)}', NULL)`,
  )
  await db.query(`UPDATE theme_rules SET max_listing_days = 365 WHERE name = 'fresh'`)
  await listSmallMarket(db)
  await completed(db)
})

const listDaysAgo = (symbol: string, days: number): Promise<unknown> =>
  db.query(`UPDATE symbols SET list_date = ${TODAY} - $2::integer WHERE symbol = $1`, [symbol, days])

describe('a stock listed ten days ago', () => {
  beforeEach(() => listStocks(db, [{ symbol: 'NEW1', cap: 5e9, sic: '7372', listed: 10, exchange: 'XNAS' }]))

  it('joins the recent IPOs and the themes whose rules it meets, and is announced', async () => {
    const run = await completed(db)
    expect(await members(db, 'IPO', 'recent_ipos')).toEqual(['NEW1'])
    expect(await groupsOf(db, 'NEW1')).toEqual(expect.arrayContaining(['THEME/fresh', 'THEME/programs']))
    const [event] = (await eventsOf(db, run.id)).filter(({ event }) => event === 'ipo_assigned')
    const [listing] = await db.query<{ list_date: string }>(`SELECT (${TODAY} - 10)::text AS list_date`)
    expect(event?.payload).toEqual({
      symbol: 'NEW1',
      list_date: listing!.list_date,
      themes: ['fresh', 'programs'],
    })
    expect(run.steps.find(({ step }) => step === 'ipos')).toMatchObject({ added: 3 })
  })

  it('joins its themes in the mode ipos alone', async () => {
    await completed(db, { mode: 'ipos' })
    expect(await groupsOf(db, 'NEW1')).toEqual(['IPO/recent_ipos', 'THEME/fresh', 'THEME/programs'])
  })

  it('leaves the recent IPOs on its thirtieth day and stays in its themes', async () => {
    await completed(db)
    await listDaysAgo('NEW1', 29)
    expect((await completed(db)).changes).toEqual([])
    await listDaysAgo('NEW1', 30)
    const run = await completed(db)
    expect(await members(db, 'IPO', 'recent_ipos')).toEqual([])
    expect(changeOf(run, 'IPO', 'recent_ipos')?.removed).toEqual(['NEW1'])
    expect(await groupsOf(db, 'NEW1')).toContain('THEME/programs')
  })

  it('is no IPO when it is no stock, inactive, or to be listed tomorrow', async () => {
    await listStocks(db, [
      { symbol: 'NEW2', type: 'WARRANT', listed: 2 },
      { symbol: 'NEW3', active: false, listed: 2 },
      { symbol: 'NEW4', listed: -1 },
      { symbol: 'NEW5', type: 'ADRC', listed: 0 },
    ])
    await completed(db)
    expect(await members(db, 'IPO', 'recent_ipos')).toEqual(['NEW1', 'NEW5'])
  })
})

// At any time it is another day than in UTC in one of the two.
it.each(['Etc/GMT+12', 'Etc/GMT-14'])('a day begins in UTC, also in a session of %s', async (zone) => {
  const listed = { FIRST: 29, LATER: 0, FUTURE: -1, FORMER: 30 }
  await listStocks(
    db,
    Object.entries(listed).map(([symbol, days]) => ({ symbol, listed: days })),
  )
  const client = await db.client()
  await client.query(`SET timezone = '${zone}'`)
  await client.query('SELECT refresh_universes()')
  expect(await members(db, 'IPO', 'recent_ipos')).toEqual(['FIRST', 'LATER'])
})

describe('a stock that becomes inactive', () => {
  it('leaves every universe, funds included, with reason and run in its history', async () => {
    await loadFund(db, 'QQQ', { TEC1: 60, TEC2: 40 })
    const groups = await groupsOf(db, 'TEC1')
    expect(groups).toEqual(
      expect.arrayContaining(['ETF/QQQ', 'ETF/SPY', 'ETF/XLK', 'COMPLETE/all_stocks', 'THEME/programs']),
    )
    await db.query(`UPDATE symbols SET active = false WHERE symbol = 'TEC1'`)
    const run = await completed(db)
    expect(await groupsOf(db, 'TEC1')).toEqual([])
    const closed = await db.query<{ name: string }>(
      `SELECT g.type || '/' || g.name AS name FROM membership_history h JOIN definition_groups g ON g.id = h.group_id
       WHERE h.symbol = 'TEC1' AND h.close_reason = 'delisted' AND h.closed_by = $1 AND h.valid_to > h.valid_from`,
      [run.id],
    )
    expect(closed.map(({ name }) => name).sort()).toEqual(groups)
    const open = await db.query(`SELECT 1 FROM membership_history WHERE symbol = 'TEC1' AND valid_to IS NULL`)
    expect(open).toEqual([])
    const past = await db.query<{ symbol: string }>(
      `SELECT symbol FROM members_as_of('SPY', 'ETF', $1::timestamptz - interval '1 millisecond')`,
      [run.started_at],
    )
    expect(past.map(({ symbol }) => symbol)).toContain('TEC1')
  })

  it('is announced once, with the number of memberships', async () => {
    const groups = await groupsOf(db, 'TEC1')
    await db.query(`UPDATE symbols SET active = false WHERE symbol IN ('TEC1')`)
    const run = await completed(db)
    const events = (await eventsOf(db, run.id)).filter(({ event }) => event === 'delisting_cleanup')
    expect(events.map(({ payload }) => payload)).toEqual([
      { symbols: ['TEC1'], memberships_removed: groups.length },
    ])
  })

  it('is taken out of the cache too', async () => {
    await db.query(`UPDATE symbols SET active = false WHERE symbol = 'TEC1'`)
    await completed(db)
    expect(await db.query(`SELECT universe FROM cache_entries WHERE value ? 'TEC1'`)).toEqual([])
    const [fund] = await db.query(`SELECT value FROM cache_entries WHERE universe = 'SPY'`)
    expect(fund).toEqual({ value: ['TEC2', 'BNK1', 'OIL1'] })
  })
})

it('a fund that is delisted leaves the lists of funds', async () => {
  expect(await groupsOf(db, 'SPY')).toEqual(['COMPLETE/all_etfs', 'ETF_CATEGORY/etf_broad_market'])
  await listStocks(
    db,
    ['VOO', 'IVV'].map((symbol) => ({ symbol, type: 'ETF' })),
  )
  await completed(db)
  await db.query(`UPDATE symbols SET active = false WHERE symbol = 'SPY'`)
  await completed(db)
  expect(await groupsOf(db, 'SPY')).toEqual([])
  expect(await members(db, 'ETF_CATEGORY', 'etf_broad_market')).toEqual(['IVV', 'VOO'])
})
