import type { Listing, Market } from './model.js'
import { normals } from '../support/random.js'

/** Changes between two refreshes; money and weights in the units of Market. */
export interface TradingDay {
  date: string
  /** Closes in millionths of a dollar; stocks that are not traded have none. */
  closes: Map<string, bigint>
  /** Share counts that a filing or a split has changed. */
  shares: Map<string, bigint>
  listed: Map<string, Listing>
  delisted: string[]
}

/** Daily volatility of the market, and of a stock relative to it; 1.5 percent in total. */
const MARKET_MOVE = 0.008
const OWN_MOVE = 0.0127
/** Reported share counts a day, and the part of the stocks without a price. */
const FILINGS = 10
const NOT_TRADED = 0.003

/**
 * Simulates the next day of a market: every stock moves with the market, scaled by its beta, and on its own; one is
 * listed, one delisted, ten report another number of shares, one splits, and a few are not traded. Depends only on
 * `random` and the market, which it does not modify.
 */
export function tradingDay(market: Market, date: string, today: string, random: () => number): TradingDay {
  const normal = normals(random)
  const marketMove = MARKET_MOVE * normal()
  const stocks = [...market.symbols].filter(([symbol, { active }]) => active && market.prices.has(symbol))
  const closes = new Map<string, bigint>()
  for (const [symbol] of stocks) {
    const move = Math.exp(sensitivity(symbol) * marketMove + OWN_MOVE * normal())
    if (random() >= NOT_TRADED) closes.set(symbol, moved(latestClose(market, symbol), move))
  }
  const pick = (): [string, Listing] => stocks[Math.floor(random() * stocks.length)]!
  const shares = new Map<string, bigint>()
  for (let filing = 0; filing < FILINGS; filing++) {
    const [symbol, listing] = pick()
    if (listing.shares !== null) shares.set(symbol, scaled(listing.shares, 1 + 0.04 * normal()))
  }
  const [split, { shares: before }] = pick()
  if (before !== null) {
    shares.set(split, before * 2n)
    closes.set(split, moved(latestClose(market, split), 0.5))
  }
  const delisted = pick()[0]
  closes.delete(delisted)
  const listed = newListing(market, pick()[1], today, random)
  closes.set(listed[0], BigInt(Math.round(5e6 + 95e6 * random())))
  return { date, closes, shares, listed: new Map([listed]), delisted: [delisted] }
}

/** Applies a day to the model. Keeps only the latest price per symbol: older ones are not used. */
export function happenInModel(market: Market, day: TradingDay): void {
  for (const [symbol, listing] of day.listed) market.symbols.set(symbol, { ...listing })
  for (const [symbol, shares] of day.shares) market.symbols.get(symbol)!.shares = shares
  for (const symbol of day.delisted) market.symbols.get(symbol)!.active = false
  for (const [symbol, close] of day.closes) market.prices.set(symbol, new Map([[day.date, close]]))
}

/** A newcomer of the exchange, industry and size of an existing stock. */
function newListing(market: Market, like: Listing, today: string, random: () => number): [string, Listing] {
  const listed = new Date(Date.parse(today) - Math.floor(60 * random()) * 86_400_000)
  return [
    `NEW${market.symbols.size}`,
    { ...like, type: 'CS', active: true, cap: null, listed: listed.toISOString().slice(0, 10) },
  ]
}

/** Between 0.4 and 1.6, the same on every day. */
function sensitivity(symbol: string): number {
  let hash = 7
  for (const letter of symbol) hash = (hash * 31 + letter.charCodeAt(0)) % 1_000_003
  return 0.4 + (1.2 * (hash % 1000)) / 1000
}

function latestClose(market: Market, symbol: string): bigint {
  const days = [...market.prices.get(symbol)!].sort()
  return days.at(-1)![1]
}

/** A close of four decimals, at least a cent. */
function moved(close: bigint, factor: number): bigint {
  const next = BigInt(Math.round((Number(close) * factor) / 100)) * 100n
  return next < 10_000n ? 10_000n : next
}

function scaled(shares: bigint, factor: number): bigint {
  return BigInt(Math.max(1, Math.round(Number(shares) * factor)))
}
