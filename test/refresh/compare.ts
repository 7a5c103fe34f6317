import { expect } from 'vitest'
import type { TestDatabase } from '../support/index.js'
import type { Market, Rules } from './model.js'
import type { Expected, Universes } from './recompute.js'

/** Compares everything a refresh maintains with what it should be, symbol by symbol. */
export async function expectSame(
  db: TestDatabase,
  market: Market,
  rules: Rules,
  expected: Expected,
): Promise<void> {
  expect(differences(await storedUniverses(db), expected.universes)).toEqual([])
  expect(await openHistory(db)).toEqual([])
  expect(await column(db, 'SELECT symbol FROM uncapped_stocks')).toEqual(expected.uncapped)
  await expectCaps(db, market)
  await expectViews(db, market, rules, expected.universes)
  await expectCache(db, market, expected.universes)
}

async function storedUniverses(db: TestDatabase): Promise<Universes> {
  const rows = await db.query<{ name: string; symbol: string; rank: number | null }>(
    `SELECT g.type || '/' || g.name AS name, m.symbol, (m.metadata ->> 'rank')::integer AS rank
     FROM definition_groups g JOIN group_memberships m ON m.group_id = g.id WHERE g.environment = 'DEFAULT'`,
  )
  const universes: Universes = new Map()
  for (const { name, symbol, rank } of rows) {
    universes.set(name, (universes.get(name) ?? new Map<string, number | null>()).set(symbol, rank))
  }
  return universes
}

/** Both ways, so that neither a missing nor a surplus member nor a wrong rank escapes. */
function differences(found: Universes, wanted: Universes): string[] {
  const lines: string[] = []
  for (const name of new Set([...found.keys(), ...wanted.keys()])) {
    const has = found.get(name) ?? new Map<string, number | null>()
    const should = wanted.get(name) ?? new Map<string, number | null>()
    for (const symbol of new Set([...has.keys(), ...should.keys()])) {
      if (!has.has(symbol)) lines.push(`${name} lacks ${symbol}`)
      else if (!should.has(symbol)) lines.push(`${name} should not hold ${symbol}`)
      else if (has.get(symbol) !== should.get(symbol)) {
        lines.push(`${name} ranks ${symbol} ${has.get(symbol)}, not ${should.get(symbol)}`)
      }
    }
  }
  return lines
}

/** Memberships without exactly their one open history row of the same weight, and open rows without a membership. */
async function openHistory(db: TestDatabase): Promise<unknown[]> {
  return db.query(
    `SELECT m.group_id, m.symbol, h.group_id AS history_group, h.symbol AS history_symbol
     FROM group_memberships m
     FULL JOIN (SELECT * FROM membership_history WHERE valid_to IS NULL) h
       ON h.group_id = m.group_id AND h.symbol = m.symbol AND h.weight IS NOT DISTINCT FROM m.weight
     WHERE m.id IS NULL OR h.symbol IS NULL LIMIT 20`,
  )
}

async function expectCaps(db: TestDatabase, market: Market): Promise<void> {
  const caps = await db.query<{ symbol: string; cap: string | null }>(
    'SELECT symbol, market_cap::text AS cap FROM symbols',
  )
  const wrong = caps.filter(
    ({ symbol, cap }) => cap !== (market.symbols.get(symbol)?.cap?.toString() ?? null),
  )
  expect(wrong).toEqual([])
  expect(caps).toHaveLength(market.symbols.size)
}

async function expectViews(
  db: TestDatabase,
  market: Market,
  rules: Rules,
  universes: Universes,
): Promise<void> {
  const capOf = (symbol: string): string => String(market.symbols.get(symbol)?.cap)
  const bands = rules.bands.flatMap(({ name }) =>
    [...(universes.get(`MARKET_CAP/${name}`)?.keys() ?? [])].map(
      (symbol) => `${name} ${symbol} ${capOf(symbol)}`,
    ),
  )
  expect(await column(db, `SELECT concat_ws(' ', band, symbol, market_cap) FROM market_cap_buckets`)).toEqual(
    bands.sort(),
  )
  const largest = rules.sizes.filter(({ kind }) => kind === 'market').sort((a, b) => b.size - a.size)[0]!.name
  const leaders = [...(universes.get(`MARKET_LEADERS/${largest}`) ?? [])]
  expect(await column(db, `SELECT concat_ws(' ', rank, symbol, market_cap) FROM market_leaders`)).toEqual(
    leaders.map(([symbol, rank]) => `${rank} ${symbol} ${capOf(symbol)}`).sort(),
  )
  const sectors = rules.sectors.flatMap((sector) =>
    [...(universes.get(`SECTOR_LEADERS/top_10_${sector}`) ?? [])].map(
      ([symbol, rank]) => `${sector} ${rank} ${symbol} ${capOf(symbol)}`,
    ),
  )
  expect(
    await column(db, `SELECT concat_ws(' ', sector, rank, symbol, market_cap) FROM sector_leaders`),
  ).toEqual(sectors.sort())
}

interface Entry {
  name: string
  key: string
  content: { symbols: string[]; count: number }
  value: string[]
}

/** Order in cache_entries: by rank, else by weight, else in byte order. */
async function expectCache(db: TestDatabase, market: Market, universes: Universes): Promise<void> {
  const entries = await db.query<Entry & Record<string, unknown>>(
    `SELECT universe_category || '/' || universe AS name, key, content, value
     FROM cache_entries WHERE environment = 'DEFAULT' AND universe_category IS NOT NULL`,
  )
  const found = new Map(entries.map((entry) => [entry.name, entry]))
  for (const [name, wanted] of universes) {
    const weights = market.funds.get(name.replace('ETF/', ''))
    const order = ([a, rankA]: [string, number | null], [b, rankB]: [string, number | null]): number =>
      (rankA ?? 0) - (rankB ?? 0) ||
      Number((weights?.get(b) ?? 0n) - (weights?.get(a) ?? 0n)) ||
      Buffer.compare(Buffer.from(a), Buffer.from(b))
    const symbols = [...wanted].sort(order).map(([symbol]) => symbol)
    const entry = found.get(name)
    expect(entry?.value, `cache_entries of ${name}`).toEqual(symbols)
    expect(entry?.content).toMatchObject({ symbols, count: symbols.length })
    expect(`${name.slice(0, name.indexOf('/'))}/${entry?.key}`).toBe(name)
    found.delete(name)
  }
  expect([...found.values()].filter(({ value }) => value.length > 0).map(({ name }) => name)).toEqual([])
}

/** The only column of a query, sorted the way JavaScript sorts. */
async function column(db: TestDatabase, sql: string): Promise<string[]> {
  return (await db.query<Record<string, string>>(sql)).map((row) => Object.values(row)[0]!).sort()
}
