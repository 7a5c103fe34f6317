import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import Papa from 'papaparse'
import { numbers } from '../random.js'
import { sampleFunds, type Constituent, type Funds } from './funds.js'
import { issuerFiles } from './issuers.js'
import { COLUMNS, sampleListing, starterRows, type Listing } from './listing.js'

/** The session of prices_latest.csv, as in the real data. */
const SESSION = '2026-08-21'

/**
 * Writes a market of some 800 symbols and 18 funds into a folder, with the files that the real data has. It is the same
 * in every run: the starter data that the package ships, completed with invented companies.
 */
export function writeSampleMarket(folder: string): void {
  const listing = sampleListing()
  const funds = sampleFunds(listing)
  const files: Record<string, string | Buffer> = {
    'symbols.csv': csv([...COLUMNS], listing.active),
    'symbols_delisted.csv': csv(
      [...COLUMNS, 'last_seen'],
      listing.delisted.map((row) => ({ ...row, last_seen: '2026-01-02' })),
    ),
    'prices_latest.csv': prices(listing),
    'ohlcv_daily.csv.gz': gzipSync(pastPrices(listing)),
    'holdings_manifest.csv': csv(['etf', 'rows'], manifest(funds)),
    'universes/dow30.csv': symbols(starterRows('universes', 'dow30.csv')),
    'universes/nasdaq100.csv': symbols(funds['qqq']!),
    'universes/russell3000.csv': symbols(funds['iwv']!),
    'universes/sp500.csv': symbols(funds['spy']!),
  }
  for (const [fund, rows] of Object.entries(funds)) files[`holdings/${fund}_holdings.csv`] = holdings(rows)
  for (const [path, content] of Object.entries(issuerFiles(funds, listing))) files[`issuer/${path}`] = content
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

function csv(columns: string[], rows: readonly object[]): string {
  return `${Papa.unparse([...rows], { columns, newline: '\n' })}\n`
}

function holdings(rows: readonly Constituent[]): string {
  return csv(
    ['symbol', 'weight'],
    rows.map(({ symbol, weight }) => ({ symbol, weight: weight.toFixed(6).replace(/0{1,4}$/, '') })),
  )
}

function manifest(funds: Funds): object[] {
  return Object.entries(funds)
    .map(([fund, rows]) => ({ etf: fund.toUpperCase(), rows: rows.length }))
    .sort((a, b) => (a.etf < b.etf ? -1 : 1))
}

function symbols(rows: readonly { symbol: string }[]): string {
  return csv(
    ['symbol'],
    rows.map(({ symbol }) => ({ symbol })).sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
  )
}

const PRICE_COLUMNS = ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume']

function prices({ closes }: Listing): string {
  return csv(
    PRICE_COLUMNS,
    [...closes]
      .map(([symbol, close]) => price(symbol, SESSION, close))
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
  )
}

/** Twenty sessions of the first hundred symbols, each close within two percent of the one before. */
function pastPrices({ closes }: Listing): string {
  const next = numbers(3)
  const rows = [...closes].slice(0, 100).flatMap(([symbol, last]) => {
    let close = last
    return sessions(20).map((date) => price(symbol, date, (close *= 0.98 + 0.04 * next())))
  })
  return csv(PRICE_COLUMNS, rows)
}

function price(symbol: string, date: string, value: number): { symbol: string } {
  const close = value.toFixed(2)
  return { symbol, date, open: close, high: close, low: close, close, volume: 1000 } as { symbol: string }
}

/** The weekdays before the session, oldest first. */
function sessions(count: number): string[] {
  const days: string[] = []
  for (let day = Date.parse(SESSION); days.length < count;) {
    day -= 86_400_000
    if (![0, 6].includes(new Date(day).getUTCDay())) days.unshift(new Date(day).toISOString().slice(0, 10))
  }
  return days
}
