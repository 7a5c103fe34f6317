import { beforeAll, describe, expect, it } from 'vitest'
import { marketDir, testDatabase, type TestDatabase, TODAY } from '../support/index.js'
import { expectSame } from './compare.js'
import { completed, loadFund, loadWholeMarket } from './market.js'
import { millionths, readMarket, readRules, type Listing, type Market } from './model.js'
import { numbers } from '../support/random.js'
import { recompute } from './recompute.js'

let db: TestDatabase
let market: Market

const listing = (symbol: string): Listing => market.symbols.get(symbol)!

/** Refreshes, then compares everything with the recomputation. */
async function expectRecomputed(): Promise<void> {
  const run = await completed(db)
  const rules = await readRules(db)
  expect(run.changes.filter(({ held }) => held)).toEqual([])
  await expectSame(db, market, rules, recompute(market, rules))
}

const dollars = (close: bigint): string => (Number(close) / 1e6).toFixed(6)

async function setPrices(date: string, closes: ReadonlyMap<string, string>): Promise<void> {
  await db.query(
    `INSERT INTO ohlcv_daily (symbol, date, close) SELECT key, $1, value::numeric FROM jsonb_each_text($2)
     ON CONFLICT (symbol, date) DO UPDATE SET close = EXCLUDED.close`,
    [date, JSON.stringify(Object.fromEntries(closes))],
  )
  for (const [symbol, close] of closes) {
    const days = market.prices.get(symbol) ?? new Map<string, bigint>()
    market.prices.set(symbol, days.set(date, millionths(close)))
  }
}

/** A close for every stock: one in twenty halves or rises by up to the same, the others move by less than 2 percent. */
async function tradeADay(date: string, seed: number): Promise<void> {
  const random = numbers(seed)
  const closes = [...market.prices].map(([symbol, days]): [string, string] => {
    const move = random() < 0.05 ? 0.6 + random() : 0.98 + 0.04 * random()
    return [symbol, ((Number([...days].sort().at(-1)![1]) / 1e6) * move).toFixed(4)]
  })
  await setPrices(date, new Map(closes))
}

async function deletePrice(symbol: string, date: string): Promise<void> {
  await db.query('DELETE FROM ohlcv_daily WHERE symbol = $1 AND date = $2', [symbol, date])
  expect(market.prices.get(symbol)?.delete(date)).toBe(true)
}

const columns: Record<keyof Listing, string> = {
  type: 'type',
  exchange: 'primary_exchange',
  active: 'active',
  cap: 'market_cap',
  shares: 'weighted_shares_outstanding',
  listed: 'list_date',
  sector: 'sector',
  sic: 'sic_code',
}

async function change(symbol: string, values: Partial<Listing>): Promise<void> {
  for (const [field, value] of Object.entries(values)) {
    const column = columns[field as keyof Listing]
    const sent = value === '' ? null : typeof value === 'bigint' ? String(value) : value
    await db.query(`UPDATE symbols SET ${column} = $2 WHERE symbol = $1`, [symbol, sent])
  }
  Object.assign(listing(symbol), values)
}

async function holdings(etf: string, weights: Record<string, number>): Promise<void> {
  await loadFund(db, etf, weights)
  market.funds.set(
    etf,
    new Map(Object.entries(weights).map(([s, weight]) => [s, millionths(String(weight))])),
  )
}

/** Weights of a fund as they are. */
function weightsOf(etf: string): Record<string, number> {
  return Object.fromEntries(
    [...market.funds.get(etf)!].map(([symbol, weight]) => [symbol, Number(weight) / 1e6]),
  )
}

const blank: Listing = {
  type: 'CS', exchange: 'XNAS', active: true, cap: null, shares: null, listed: '', sector: '', sic: '',
} // prettier-ignore

/** Changes of a market between two refreshes. */
const happenings: [string, () => Promise<void>][] = [
  ['a day of prices, one in twenty far from the day before', () => tradeADay('2026-08-24', 20260824)],
  ['another one, without an index on the date', async () => {
    await db.query('DROP INDEX universes_prices_date')
    await tradeADay('2026-08-25', 20260825)
  }],
  ['a stray price of years ago among those of a day, with the index', async () => {
    await db.query('CREATE INDEX universes_prices_date ON ohlcv_daily (date)')
    await tradeADay('2026-08-26', 20260826)
    await setPrices('2019-08-20', new Map([['AAPL', '1']]))
  }],
  ['a latest close that is corrected', () => setPrices('2026-08-26', new Map([['PLTR', '1.50'], ['F', '900']]))],
  ['an old close that is corrected', () => setPrices('2026-08-21', new Map([['PLTR', '7000']]))],
  ['a close of an older day that arrives late', () => setPrices('2026-08-20', new Map([['AAPL', '1']]))],
  ['a latest close of zero', () => setPrices('2026-08-27', new Map([['T', '0']]))],
  ['a share count', () => change('KO', { shares: listing('KO').shares! * 3n })],
  ['a share count that is no longer known', () => change('PEP', { shares: null })],
  ['a market cap that the vendor overwrites, within the limit and beyond it', async () => {
    await change('MCD', { cap: (listing('MCD').cap! * 103n) / 100n })
    await change('NKE', { cap: listing('NKE').cap! * 9n })
  }],
  ['a market cap right at a bound', async () => {
    for (const [symbol, cap] of [['GPRO', 2_000_000_000n], ['FUBO', 1_999_999_999n]] as const) {
      await change(symbol, { shares: cap })
      await setPrices('2026-08-27', new Map([[symbol, '1']]))
    }
  }],
  ['two stocks of the same market cap', async () => {
    for (const symbol of ['GOOGL', 'BRK.B', 'MSFT', 'NVDA']) {
      await change(symbol, { shares: 3_000_000_000n })
      await setPrices('2026-08-27', new Map([[symbol, '1000']]))
    }
  }],
  ['a large stock that is delisted', () => change('AAPL', { active: false })],
  ['a stock that comes back', () => change('AAPL', { active: true })],
  ['a stock that turns out to be none', () => change('XOM', { type: 'FUND' })],
  ['a security that turns out to be a stock', () => change('GOOGM', { type: 'CS' })],
  ['a SIC range that moves to another sector', async () => {
    await db.query(`UPDATE sic_sectors SET sector = 'industrials' WHERE 2836 BETWEEN sic_from AND sic_to`)
  }],
  ['a SIC code', () => change('TWLO', { sic: '1311' })],
  ['a SIC code that is none', () => change('DDOG', { sic: 'none' })],
  ['a vendor sector of a stock without SIC code', () => change('DDOG', { sector: ' Utilities ' })],
  ['an exchange', () => change('SNOW', { exchange: 'XASE' })],
  ['a theme by conditions', async () => {
    await db.query(
      `INSERT INTO theme_rules (name, title, description, sectors, exchanges, min_market_cap, max_market_cap,
         min_listing_days, exclude_symbols)
       VALUES ('test_theme', 'Test', 'All conditions', '{financials,energy}', '{XNYS}', 1e9, 5e10, 365, '{COP}')`,
    )
  }],
  ['a theme rule that changes', async () => {
    await db.query(
      `UPDATE theme_rules SET min_market_cap = 5e8, exchanges = '{XNYS,XNAS}', include_symbols = '{AAPL,NONE}',
         industries = (SELECT array_agg(name) FROM industry_groups WHERE name <> 'insurance')
       WHERE name = 'test_theme'`,
    )
  }],
  ['a theme that is switched off', async () => {
    await db.query(`UPDATE theme_rules SET enabled = false WHERE name IN ('test_theme', 'space')`)
  }],
  ['a theme that is switched on', async () => {
    await db.query(`UPDATE theme_rules SET enabled = true WHERE name = 'space'`)
  }],
  ['a new stock without price', async () => {
    await db.query(
      `INSERT INTO symbols (symbol, type, primary_exchange, weighted_shares_outstanding, list_date, sic_code)
       VALUES ('ZZNEW', 'CS', 'XNAS', 4000000000, ${TODAY} - 3, '7372')`,
    )
    const { today } = await readRules(db)
    const listed = new Date(Date.parse(today) - 3 * 86_400_000).toISOString().slice(0, 10)
    market.symbols.set('ZZNEW', { ...blank, shares: 4_000_000_000n, listed, sic: '7372' })
  }],
  ['its first price', () => setPrices('2026-08-27', new Map([['ZZNEW', '250.25']]))],
  ['its listing date', () => change('ZZNEW', { listed: '2001-02-03' })],
  ['a latest price that is deleted', () => deletePrice('ZZNEW', '2026-08-27')],
  ['a price that is deleted, with another behind it', () => deletePrice('F', '2026-08-26')],
  ['a latest price that belongs to an older day', async () => {
    await db.query(`UPDATE ohlcv_daily SET date = '2001-01-01' WHERE symbol = 'PLTR' AND date = '2026-08-26'`)
    const days = market.prices.get('PLTR')!
    market.prices.set('PLTR', days.set('2001-01-01', days.get('2026-08-26')!))
    days.delete('2026-08-26')
  }],
  ['a latest price that belongs to another symbol', async () => {
    await db.query(`UPDATE ohlcv_daily SET symbol = 'ZZNEW' WHERE symbol = 'INTC' AND date = '2026-08-26'`)
    const close = market.prices.get('INTC')!.get('2026-08-26')!
    market.prices.get('INTC')!.delete('2026-08-26')
    market.prices.get('ZZNEW')!.set('2026-08-26', close)
  }],
  ['a symbol that changes its name', async () => {
    await db.query(`UPDATE symbols SET symbol = 'ZZOLD' WHERE symbol = 'ZZNEW'`)
    market.symbols.set('ZZOLD', listing('ZZNEW'))
    market.symbols.delete('ZZNEW')
  }],
  ['a symbol that is deleted', async () => {
    await db.query(`DELETE FROM symbols WHERE symbol = 'ORCL'`)
    market.symbols.delete('ORCL')
  }],
  ['a sector fund that takes a stock from another sector', async () => {
    await holdings('XLU', { ...weightsOf('XLU'), IBM: 0.02 })
  }],
  ['weights that decide between two sector funds', async () => {
    await holdings('XLU', { ...weightsOf('XLU'), IBM: 9, NEE: 1 })
  }],
  ['a stock that leaves its sector fund', async () => {
    const kept = Object.entries(weightsOf('XLU')).filter(([symbol]) => symbol !== 'NEE')
    await holdings('XLU', Object.fromEntries(kept))
  }],
  ['a fund that no longer stands for its sector', async () => {
    await db.query(`DELETE FROM sector_etfs WHERE etf = 'XLRE'`)
  }],
  ['a vendor sector that is mapped elsewhere', async () => {
    await db.query(`UPDATE vendor_sectors SET sector = 'materials' WHERE vendor_sector = 'real estate'`)
  }],
  ['a band, a ranking and a limit', async () => {
    await db.query(`UPDATE market_cap_bands SET min_market_cap = 150e9 WHERE name = 'mega_cap'`)
    await db.query(`UPDATE ranking_sizes SET size = 60 WHERE name = 'top_50'`)
    await db.query(`INSERT INTO ranking_sizes (name, kind, size) VALUES ('top_3000', 'market', 3000)`)
    await db.query(`UPDATE settings SET value = 1 WHERE name = 'market_cap_change_percent'`)
    await db.query(`UPDATE settings SET value = 2000 WHERE name = 'ipo_days'`)
  }],
  ['a band and a category that go', async () => {
    await db.query(`DELETE FROM market_cap_bands WHERE name = 'micro_cap'`)
    await db.query(`DELETE FROM etf_categories WHERE name = 'etf_value'`)
  }],
  ['prices that are all taken away, and some brought back', async () => {
    await db.query('TRUNCATE ohlcv_daily')
    const latest = [...market.prices]
      .filter((_, i) => i % 100 > 0)
      .map(([symbol, days]): [string, string] => [symbol, dollars([...days].sort().at(-1)![1])])
    market.prices.clear()
    await setPrices('2026-08-31', new Map(latest))
  }],
  ['nothing', () => Promise.resolve()],
] // prettier-ignore

describe('every universe equals an independent recomputation', () => {
  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
    market = readMarket(marketDir())
    await loadWholeMarket(db, marketDir())
  })

  it('of the files', async () => {
    await expectRecomputed()
    const counts = await db.query('SELECT type FROM universe_counts WHERE members > 0')
    expect(counts.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'COMPLETE',
        'INDUSTRY',
        'MARKET_CAP',
        'MARKET_LEADERS',
        'SECTOR',
        'SECTOR_LEADERS',
        'THEME',
      ]),
    )
  })

  it.each(happenings)('after %s', async (_what, happen) => {
    await happen()
    await expectRecomputed()
  })
})
