import type { TestDatabase } from '../support/index.js'
import type { Listing, Market } from './model.js'
import type { TradingDay } from './price-path.js'
import type { Universes } from './recompute.js'

/** Runs one statement and returns its rows. */
export type Query = TestDatabase['query']

/** The market as its input tables state it, with the latest price of each symbol; no derived universe is read. */
export async function readStoredMarket(query: Query): Promise<Market> {
  const symbols = await query<{
    symbol: string
    listing: Listing
    cap: string | null
    shares: string | null
  }>(
    `SELECT symbol, market_cap::text AS cap, weighted_shares_outstanding::text AS shares, jsonb_build_object(
       'type', type, 'exchange', primary_exchange, 'active', active, 'listed', coalesce(list_date::text, ''),
       'sector', coalesce(sector, ''), 'sic', coalesce(sic_code, '')) AS listing
     FROM symbols ORDER BY symbol COLLATE "C"`,
  )
  const prices = await query<{ symbol: string; date: string; close: string }>(
    `SELECT DISTINCT ON (symbol) symbol, date::text, (close * 1000000)::bigint::text AS close
     FROM ohlcv_daily ORDER BY symbol, date DESC`,
  )
  const funds = await query<{ name: string; symbol: string; weight: string }>(
    `SELECT g.name, m.symbol, (m.weight * 1000000)::bigint::text AS weight
     FROM definition_groups AS g JOIN group_memberships AS m ON m.group_id = g.id WHERE g.type = 'ETF'`,
  )
  const market: Market = { symbols: new Map(), prices: new Map(), funds: new Map() }
  for (const { symbol, listing, cap, shares } of symbols) {
    market.symbols.set(symbol, { ...listing, cap: number(cap), shares: number(shares) })
  }
  for (const { symbol, date, close } of prices) market.prices.set(symbol, new Map([[date, BigInt(close)]]))
  for (const { name, symbol, weight } of funds) {
    const held = market.funds.get(name) ?? new Map<string, bigint>()
    market.funds.set(name, held.set(symbol, BigInt(weight)))
  }
  return market
}

function number(text: string | null): bigint | null {
  return text === null ? null : BigInt(text)
}

/** Applies a day to the database, as an import would. */
export async function happenInDatabase(query: Query, day: TradingDay): Promise<void> {
  const listed = [...day.listed].map(([symbol, { cap: _, shares, ...rest }]) => {
    return { symbol, shares: shares === null ? null : String(shares), ...rest }
  })
  await query(
    `INSERT INTO symbols (symbol, type, primary_exchange, active, weighted_shares_outstanding, list_date, sector, sic_code)
     SELECT symbol, type, exchange, active, shares, nullif(listed, '')::date, nullif(sector, ''), nullif(sic, '')
     FROM jsonb_to_recordset($1) AS s (symbol text, type text, exchange text, active boolean, shares bigint,
       listed text, sector text, sic text)`,
    [JSON.stringify(listed)],
  )
  await query(
    `UPDATE symbols AS s SET weighted_shares_outstanding = n.shares
     FROM unnest($1::text[], $2::bigint[]) AS n (symbol, shares) WHERE s.symbol = n.symbol`,
    [[...day.shares.keys()], [...day.shares.values()].map(String)],
  )
  await query('UPDATE symbols SET active = false WHERE symbol = ANY ($1)', [day.delisted])
  await query(
    `INSERT INTO ohlcv_daily (symbol, date, open, high, low, close, volume)
     SELECT p.symbol, $1, p.close / 1e6, p.close / 1e6, p.close / 1e6, p.close / 1e6, 1000000
     FROM unnest($2::text[], $3::bigint[]) AS p (symbol, close)`,
    [day.date, [...day.closes.keys()], [...day.closes.values()].map(String)],
  )
}

/** Result of comparing members_as_of with the expected members. */
export interface PastComparison {
  universes: number
  memberships: number
  differences: string[]
}

/**
 * Compares members_as_of at `moment` with `wanted` for every universe, in both directions. Universes without history
 * yet count as empty, as they do in the recomputation.
 */
export async function comparePast(query: Query, moment: string, wanted: Universes): Promise<PastComparison> {
  const rows = await query<{ name: string; symbols: string }>(
    `SELECT g.type || '/' || g.name AS name,
       array_to_string(ARRAY(SELECT m.symbol FROM members_as_of(g.name, g.type, $1) AS m), ' ') AS symbols
     FROM definition_groups AS g
     WHERE EXISTS (SELECT FROM membership_history AS h WHERE h.group_id = g.id AND h.valid_from <= $1)`,
    [moment],
  )
  const found = new Map(rows.map(({ name, symbols }) => [name, symbols === '' ? [] : symbols.split(' ')]))
  const result: PastComparison = { universes: 0, memberships: 0, differences: [] }
  for (const name of new Set([...found.keys(), ...wanted.keys()])) {
    const has = new Set(found.get(name))
    const should = wanted.get(name) ?? new Map<string, unknown>()
    result.universes += 1
    result.memberships += should.size
    if ((found.get(name)?.length ?? 0) !== has.size) result.differences.push(`${name} holds a symbol twice`)
    for (const symbol of should.keys()) {
      if (!has.has(symbol)) result.differences.push(`${name} lacked ${symbol} at ${moment}`)
    }
    for (const symbol of has) {
      if (!should.has(symbol)) result.differences.push(`${name} should not have held ${symbol} at ${moment}`)
    }
  }
  return result
}
