import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { packageRoot } from '../../../src/package.js'
import { numbers } from '../random.js'

/** A row of symbols.csv, by column. */
export type Listed = Record<(typeof COLUMNS)[number], string>

/** Columns of symbols.csv. */
export const COLUMNS = [
  'symbol',
  'name',
  'type',
  'primary_exchange',
  'active',
  'market_cap',
  'weighted_shares_outstanding',
  'list_date',
  'sector',
  'industry',
  'country',
  'sic_code',
  'sic_description',
] as const

/** The listing of the sample market: symbols, and the close of each that trades. */
export interface Listing {
  active: Listed[]
  delisted: Listed[]
  closes: Map<string, number>
}

/** Rows of a CSV file of the starter data. */
export function starterRows<Row>(...path: string[]): Row[] {
  return parse<Row>(readFileSync(join(packageRoot, 'holdings', ...path)), { columns: true })
}

// Stocks that tests and themes name and the starter data lacks: symbol, name, type, SIC code, shares, close.
const NAMED: readonly (readonly [string, string, string, string, number, number])[] = [
  ['DDOG', 'Datadog, Inc.', 'CS', '7372', 345e6, 130],
  ['FUBO', 'fuboTV Inc.', 'CS', '4841', 340e6, 3],
  ['GOOGM', 'Alphabet Inc. Depositary Shares', 'PFD', '7370', 12e9, 50],
  ['GPRO', 'GoPro, Inc.', 'CS', '3861', 156e6, 1.5],
  ['TWLO', 'Twilio Inc.', 'CS', '7372', 153e6, 120],
  ['ZM', 'Zoom Communications, Inc.', 'CS', '7370', 300e6, 85],
]

const FUNDS = [
  ['ARKK', 'ARK Innovation ETF'],
  ['IVV', 'iShares Core S&P 500 ETF'],
  ['IWV', 'iShares Russell 3000 ETF'],
] as const

const TYPES = ['CS', 'CS', 'CS', 'CS', 'CS', 'CS', 'ADRC', 'WARRANT', 'UNIT', 'FUND']

/** The starter data with market caps, the stocks that tests name, 360 small invented companies, and 40 that were delisted. */
export function sampleListing(): Listing {
  const starter = starterRows<Listed>('market', 'symbols.csv')
  const closes = new Map(
    starterRows<{ symbol: string; close: string }>('market', 'prices.csv').map((row) => [
      row.symbol,
      Number(row.close),
    ]),
  )
  const named = NAMED.map(([symbol, name, type, sic, shares, close]) => {
    closes.set(symbol, close)
    return listed({ symbol, name, type, sic_code: sic, weighted_shares_outstanding: String(shares) })
  })
  const funds = FUNDS.map(([symbol, name]) => listed({ symbol, name, type: 'ETF', primary_exchange: 'ARCX' }))
  const stocks = starter.filter(({ type }) => type !== 'ETF')
  const invented = inventedStocks(stocks, closes)
  const delisted = invented.splice(0, 40).map((row) => ({ ...row, active: 'false' }))
  for (const { symbol } of delisted) closes.delete(symbol)
  const active = [...starter, ...named, ...funds, ...invented].map((row) => withMarketCap(row, closes))
  return { active: active.sort((a, b) => (a.symbol < b.symbol ? -1 : 1)), delisted, closes }
}

/** Companies that do not exist, with the sectors and SIC codes of those that do. Every thirteenth has no market cap; a few have neither sector nor SIC code. */
function inventedStocks(like: readonly Listed[], closes: Map<string, number>): Listed[] {
  const next = numbers(1)
  return Array.from({ length: 400 }, (_, n) => {
    const symbol = `ZQ${letter(n / 26)}${letter(n)}`
    const model = like[Math.floor(next() * like.length)]!
    closes.set(symbol, Number((1 + 80 * next()).toFixed(2)))
    return listed({
      symbol,
      name: `Sample Company ${n + 1}, Inc.`,
      type: TYPES[n % TYPES.length]!,
      primary_exchange: ['XNAS', 'XNYS', 'XASE'][n % 3]!,
      weighted_shares_outstanding: n % 13 === 0 ? '' : String(Math.round(1e6 * 400 ** next())),
      list_date: `${1990 + (n % 33)}-01-01`,
      sector: n % 101 === 1 ? '' : model.sector,
      sic_code: n % 101 === 1 ? '' : model.sic_code,
    })
  })
}

function letter(n: number): string {
  return String.fromCharCode(65 + (Math.floor(n) % 26))
}

function listed(facts: Partial<Listed>): Listed {
  const empty = Object.fromEntries(COLUMNS.map((column) => [column, ''])) as Listed
  return { ...empty, primary_exchange: 'XNAS', active: 'true', country: 'United States', ...facts }
}

function withMarketCap(row: Listed, closes: ReadonlyMap<string, number>): Listed {
  const cap = Number(row.weighted_shares_outstanding) * (closes.get(row.symbol) ?? 0)
  return { ...row, market_cap: cap > 0 ? cap.toFixed(0) : '' }
}
