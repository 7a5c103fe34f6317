import { numbers } from '../random.js'
import { starterRows, type Listing } from './listing.js'

/** A constituent of a fund; weight in percent. */
export interface Constituent {
  symbol: string
  weight: number
}

/** Constituents of a fund, heaviest first, by lower-case ticker. */
export type Funds = Record<string, Constituent[]>

const STARTER = [
  'dia',
  'qqq',
  'spy',
  'vti',
  'xlb',
  'xlc',
  'xle',
  'xlf',
  'xli',
  'xlk',
  'xlp',
  'xlre',
  'xlu',
  'xlv',
  'xly',
]

// ARKK holds a former ticker (SQ), IWV a stock that trades on an exchange of its own (CBOE): neither is listed.
const GROWTH = ['TSLA', 'COIN', 'PLTR', 'DDOG', 'TWLO', 'ZM', 'SQ', 'HOOD', 'ROKU', 'CRWD', 'NET', 'NVDA']

/** The starter funds, and three more whose constituents are not all listed, or were delisted since. */
export function sampleFunds({ active, delisted, closes }: Listing): Funds {
  const funds: Funds = Object.fromEntries(STARTER.map((fund) => [fund, starterFund(fund)]))
  const next = numbers(2)
  const gone = delisted.filter(({ type }) => type === 'CS').map(({ symbol }) => symbol)
  // SPY still names some that left; the workbook of State Street has six decimals.
  const spy = [...funds['spy']!.map(({ symbol }) => symbol), ...gone.slice(0, 5)]
  const held = funds['spy']!.map(({ weight }) => weight)
  funds['spy'] = spy.map((symbol, place) => ({ symbol, weight: round(held[place] ?? 0.009, next, 6) }))
  funds['ivv'] = spy.map((symbol, place) => ({ symbol, weight: held[place] ?? 0.01 }))
  // The starter list of VTI stops at 84 percent: here nothing is missing but cash.
  funds['vti'] = funds['vti']!.map(({ symbol, weight }) => ({
    symbol,
    weight: round(weight * 1.16, next, 2),
  }))
  const stocks = active.filter(({ type }) => type === 'CS' || type === 'ADRC')
  // IWV leaves out the smallest: some stocks are in no fund at all.
  const caps = stocks
    .map(({ symbol, weighted_shares_outstanding: shares }) => ({
      symbol,
      cap: Number(shares) * (closes.get(symbol) ?? 0),
    }))
    .sort((a, b) => b.cap - a.cap)
    .slice(0, 440)
  const total = caps.reduce((sum, { cap }) => sum + cap, 0)
  const weighted = caps.map(({ symbol, cap }) => ({
    symbol,
    weight: Number(((99 * cap) / total).toFixed(2)),
  }))
  funds['iwv'] = heaviestFirst([
    ...weighted,
    ...['CBOE', ...gone].map((symbol) => ({ symbol, weight: 0.01 })),
  ])
  const growth = [...GROWTH, ...gone.slice(5, 7)]
  funds['arkk'] = growth.map((symbol, place) => ({ symbol, weight: Number((13 - 0.9 * place).toFixed(2)) }))
  return Object.fromEntries(Object.entries(funds).map(([fund, rows]) => [fund, heaviestFirst(rows)]))
}

function starterFund(fund: string): Constituent[] {
  const rows = starterRows<{ symbol: string; weight: string }>(`${fund}_holdings.csv`)
  return rows.map(({ symbol, weight }) => ({ symbol, weight: Number(weight) }))
}

function round(weight: number, next: () => number, digits: number): number {
  return Number((weight * (1 - next() / 1000)).toFixed(digits))
}

function heaviestFirst(rows: readonly Constituent[]): Constituent[] {
  return rows.toSorted((a, b) => b.weight - a.weight)
}
