import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { fundFiles } from '../support/data.js'
import { TODAY, type TestDatabase } from '../support/index.js'

/** Attributes of a symbol that the recomputation uses. Money in whole dollars. */
export interface Listing {
  type: string
  exchange: string
  active: boolean
  cap: bigint | null
  shares: bigint | null
  listed: string
  sector: string
  sic: string
}

/** The market as the files state it, kept in step with the database by the test. */
export interface Market {
  symbols: Map<string, Listing>
  /** Closes in millionths of a dollar, by symbol and date. */
  prices: Map<string, Map<string, bigint>>
  /** Weights in millionths of a percent, by fund and symbol. */
  funds: Map<string, Map<string, bigint>>
}

type Row = Record<string, string>

/** Reads the files of a market folder without any code of the product. */
export function readMarket(directory: string): Market {
  const read = (...path: string[]): Row[] =>
    parse<Row>(readFileSync(join(directory, ...path)), { columns: true })
  const symbols = new Map<string, Listing>()
  for (const row of [...read('symbols.csv'), ...read('symbols_delisted.csv')]) {
    symbols.set(row['symbol']!, {
      type: row['type']!,
      exchange: row['primary_exchange']!,
      active: row['active'] === 'true',
      cap: row['market_cap'] ? BigInt(row['market_cap']) : null,
      shares: row['weighted_shares_outstanding'] ? BigInt(row['weighted_shares_outstanding']) : null,
      listed: row['list_date']!,
      sector: row['sector']!,
      sic: row['sic_code']!,
    })
  }
  const prices = new Map<string, Map<string, bigint>>()
  for (const row of read('prices_latest.csv')) {
    prices.set(row['symbol']!, new Map([[row['date']!, millionths(row['close']!)]]))
  }
  const funds = new Map<string, Map<string, bigint>>()
  for (const { fund, file } of fundFiles(directory)) {
    const held = read('holdings', file).map((row): [string, bigint] => [
      row['symbol']!,
      millionths(row['weight']!),
    ])
    funds.set(fund, new Map(held))
  }
  return { symbols, prices, funds }
}

/** A decimal number as a whole number of millionths, half away from zero as numeric rounds. */
export function millionths(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  const digits = (fraction + '0000000').slice(0, 7)
  return (BigInt(whole + digits) + 5n) / 10n
}

/** The rule rows, as an operator would read them. */
export interface Rules {
  today: string
  ipoDays: number
  capPercent: number
  bands: { name: string; floor: bigint }[]
  sizes: { name: string; kind: string; size: number }[]
  sectors: string[]
  sectorFunds: Map<string, string>
  vendorSectors: Map<string, string>
  sic: { from: number; to: number; sector: string; industry: string }[]
  categories: { category: string; etf: string }[]
  themes: Theme[]
}

/** One row of theme_rules. */
export interface Theme {
  name: string
  include_symbols: string[]
  exclude_symbols: string[]
  min_market_cap: string | null
  max_market_cap: string | null
  sectors: string[] | null
  industries: string[] | null
  sic_codes: string | null
  exchanges: string[] | null
  min_listing_days: number | null
  max_listing_days: number | null
}

/** Reads the rule tables, nothing else. */
export async function readRules(db: Pick<TestDatabase, 'query'>): Promise<Rules> {
  const setting = async (name: string): Promise<number> => {
    const [row] = await db.query<{ value: string }>('SELECT value FROM settings WHERE name = $1', [name])
    return Number(row!.value)
  }
  const bands = await db.query<{ name: string; floor: string }>(
    'SELECT name, min_market_cap::text AS floor FROM market_cap_bands',
  )
  const [clock] = await db.query<{ today: string }>(`SELECT ${TODAY}::text AS today`)
  const pairs = async (sql: string): Promise<Map<string, string>> =>
    new Map((await db.query<{ a: string; b: string }>(sql)).map(({ a, b }) => [a, b]))
  return {
    today: clock!.today,
    ipoDays: await setting('ipo_days'),
    capPercent: await setting('market_cap_change_percent'),
    bands: bands
      .map(({ name, floor }) => ({ name, floor: BigInt(floor) }))
      .sort((a, b) => (a.floor > b.floor ? -1 : 1)),
    sizes: await db.query('SELECT name, kind, size FROM ranking_sizes'),
    sectors: (await db.query<{ name: string }>('SELECT name FROM sectors')).map(({ name }) => name),
    sectorFunds: await pairs('SELECT etf AS a, sector AS b FROM sector_etfs'),
    vendorSectors: await pairs('SELECT vendor_sector AS a, sector AS b FROM vendor_sectors'),
    sic: await db.query('SELECT sic_from AS from, sic_to AS to, sector, industry FROM sic_sectors'),
    categories: await db.query('SELECT category, etf FROM etf_category_funds'),
    themes: await db.query(
      `SELECT name, include_symbols, exclude_symbols, min_market_cap::text, max_market_cap::text, sectors, industries,
         sic_codes::text, exchanges, min_listing_days, max_listing_days
       FROM theme_rules WHERE enabled`,
    ),
  }
}
