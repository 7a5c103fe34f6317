import type { Listing, Market, Rules, Theme } from './model.js'

/** Universes as TYPE/name, each with its symbols and, in rankings, their rank. */
export type Universes = Map<string, Map<string, number | null>>

/** Expected state after a refresh. */
export interface Expected {
  universes: Universes
  /** Stocks without shares or price. */
  uncapped: string[]
}

interface Stock extends Listing {
  symbol: string
  decided: string
  industry: string | undefined
}

/** Computes the members of every universe. Updates the market caps of `market`. What a fund's file states stays stated while a stock is inactive. */
export function recompute(market: Market, rules: Rules): Expected {
  const uncapped = moveCaps(market, rules)
  const stocks = [...market.symbols]
    .filter(([, listing]) => listing.active && isStock(listing))
    .map(([symbol, listing]) => classify(symbol, listing, market, rules))
  const universes: Universes = new Map()
  const put = (group: string, symbol: string, rank: number | null = null): void => {
    const found = universes.get(group) ?? new Map<string, number | null>()
    universes.set(group, found.set(symbol, rank))
  }
  for (const [fund, holdings] of market.funds)
    for (const symbol of holdings.keys())
      if (market.symbols.get(symbol)?.active !== false) put(`ETF/${fund}`, symbol)
  for (const stock of stocks) {
    put('COMPLETE/all_stocks', stock.symbol)
    put(`SECTOR/${stock.decided}`, stock.symbol)
    if (stock.industry) put(`INDUSTRY/${stock.industry}`, stock.symbol)
    const band = rules.bands.find(({ floor }) => stock.cap !== null && stock.cap >= floor)
    if (band) put(`MARKET_CAP/${band.name}`, stock.symbol)
    const age = ageInDays(stock.listed, rules.today)
    if (age !== null && age >= 0 && age < rules.ipoDays) put('IPO/recent_ipos', stock.symbol)
    for (const theme of rules.themes) {
      if (isInTheme(stock, theme, age)) put(`THEME/${theme.name}`, stock.symbol)
    }
  }
  putFunds(market, rules, put)
  putRankings(stocks, rules, put)
  return { universes, uncapped }
}

function isStock({ type }: Listing): boolean {
  return type === 'CS' || type === 'ADRC'
}

/** Sets market caps to latest close times shares where the difference exceeds the limit. */
function moveCaps({ symbols, prices }: Market, rules: Rules): string[] {
  const uncapped: string[] = []
  for (const [symbol, listing] of symbols) {
    if (!listing.active || !isStock(listing)) continue
    const days = [...(prices.get(symbol) ?? [])].filter(([, close]) => close > 0n).sort()
    const close = days.at(-1)?.[1]
    if (close === undefined || listing.shares === null) {
      uncapped.push(symbol)
      continue
    }
    const cap = (close * listing.shares + 500_000n) / 1_000_000n
    const move = listing.cap === null ? null : cap > listing.cap ? cap - listing.cap : listing.cap - cap
    if (move === null || move * 100n > listing.cap! * BigInt(rules.capPercent)) listing.cap = cap
  }
  return uncapped.sort()
}

function classify(symbol: string, listing: Listing, market: Market, rules: Rules): Stock {
  let fund: { etf: string; sector: string; weight: bigint } | undefined
  for (const [etf, sector] of [...rules.sectorFunds].sort()) {
    const weight = market.funds.get(etf)?.get(symbol)
    if (weight !== undefined && (fund === undefined || weight > fund.weight)) fund = { etf, sector, weight }
  }
  const code = /^\d{1,4}$/.test(listing.sic) ? Number(listing.sic) : NaN
  const range = rules.sic.find(({ from, to }) => from <= code && code <= to)
  const bySic = range?.sector === 'unknown' ? undefined : range?.sector
  const byVendor = rules.vendorSectors.get(listing.sector.trim().toLowerCase())
  const decided = fund?.sector ?? bySic ?? byVendor ?? 'unknown'
  return { ...listing, symbol, decided, industry: range?.industry }
}

function isInTheme(stock: Stock, theme: Theme, age: number | null): boolean {
  if (theme.exclude_symbols.includes(stock.symbol)) return false
  if (theme.include_symbols.includes(stock.symbol)) return true
  const conditions: (boolean | undefined)[] = [
    holds(theme.min_market_cap, (floor) => stock.cap !== null && stock.cap >= BigInt(floor)),
    holds(theme.max_market_cap, (roof) => stock.cap !== null && stock.cap < BigInt(roof)),
    holds(theme.sectors, (names) => names.includes(stock.decided)),
    holds(theme.industries, (names) => stock.industry !== undefined && names.includes(stock.industry)),
    holds(theme.sic_codes, (ranges) => isInRanges(stock.sic, ranges)),
    holds(theme.exchanges, (names) => names.includes(stock.exchange)),
    holds(theme.min_listing_days, (days) => age !== null && age >= days),
    holds(theme.max_listing_days, (days) => age !== null && age >= 0 && age <= days),
  ]
  const stated = conditions.filter((condition) => condition !== undefined)
  return stated.length > 0 && stated.every(Boolean)
}

function holds<T>(condition: T | null, test: (value: T) => boolean): boolean | undefined {
  return condition === null ? undefined : test(condition)
}

/** Ranges as PostgreSQL prints them: {[2836,2837),[8731,8732)}. */
function isInRanges(sic: string, ranges: string): boolean {
  if (!/^\d{1,4}$/.test(sic)) return false
  return [...ranges.matchAll(/\[(\d+),(\d+)\)/g)].some(
    ([, from, end]) => Number(from) <= Number(sic) && Number(sic) < Number(end),
  )
}

function ageInDays(listed: string, today: string): number | null {
  return listed === '' ? null : (Date.parse(today) - Date.parse(listed)) / 86_400_000
}

function putFunds(market: Market, rules: Rules, put: (group: string, symbol: string) => void): void {
  for (const [symbol, { type, active }] of market.symbols) {
    if (!active || type !== 'ETF') continue
    put('COMPLETE/all_etfs', symbol)
    for (const { category, etf } of rules.categories)
      if (etf === symbol) put(`ETF_CATEGORY/${category}`, symbol)
  }
}

function putRankings(
  stocks: Stock[],
  rules: Rules,
  put: (group: string, symbol: string, rank: number) => void,
): void {
  const order = (a: Stock, b: Stock): number =>
    a.cap! === b.cap!
      ? Buffer.compare(Buffer.from(a.symbol), Buffer.from(b.symbol))
      : a.cap! > b.cap!
        ? -1
        : 1
  const ranked = stocks.filter(({ cap }) => cap !== null && cap > 0n).sort(order)
  for (const { name, kind, size } of rules.sizes) {
    if (kind === 'market')
      ranked.slice(0, size).forEach(({ symbol }, i) => put(`MARKET_LEADERS/${name}`, symbol, i + 1))
    else {
      for (const sector of rules.sectors.filter((one) => one !== 'unknown')) {
        const own = ranked.filter(({ decided }) => decided === sector).slice(0, size)
        own.forEach(({ symbol }, i) => put(`SECTOR_LEADERS/${name}_${sector}`, symbol, i + 1))
      }
    }
  }
}
