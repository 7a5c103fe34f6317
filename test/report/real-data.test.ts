import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import { readReport, type RelationshipReport } from '../../src/operations/report.js'
import type { LoadKind } from '../../src/load/kinds.js'
import { loadInto } from '../load/files.js'
import { completed } from '../refresh/market.js'
import {
  dataDir,
  fundFiles,
  marketDir,
  marketPaths,
  testDatabase,
  type TestDatabase,
} from '../support/index.js'

/** A row of symbols.csv. */
interface Listed {
  symbol: string
  type: string
  active: string
  name: string
}

/** A constituent as a holdings file has it. */
interface Held {
  symbol: string
  weight: string
}

describe('the report on a whole market', () => {
  let db: TestDatabase
  let report: RelationshipReport
  const listed = new Map<string, Listed>()
  const holdings = new Map<string, Held[]>()

  const rowsOf = <Row>(...path: string[]): Row[] =>
    parse(readFileSync(join(marketDir(), ...path)), { columns: true })
  const isStock = (symbol: string): boolean =>
    listed.get(symbol)?.active === 'true' && ['CS', 'ADRC'].includes(listed.get(symbol)!.type)
  const isInactive = (symbol: string): boolean => listed.get(symbol)?.active === 'false'

  beforeAll(async () => {
    for (const file of ['symbols_delisted.csv', 'symbols.csv'])
      for (const row of rowsOf<Listed>(file)) listed.set(row.symbol, row)
    for (const { fund, file } of fundFiles(marketDir())) {
      const rows = rowsOf<Held>('holdings', file).filter(({ symbol }) => !isInactive(symbol))
      holdings.set(fund, rows)
    }
    db = await testDatabase(import.meta.url)
    for (const [kind, paths] of Object.entries(marketPaths(marketDir())))
      await loadInto(db, { kind: kind as LoadKind, paths })
    await completed(db)
    report = await readReport(await db.client(), { environment: 'DEFAULT', detail: true })
  })

  it.skipIf(!dataDir())('counts what the real data is known to hold', () => {
    expect(report.totals).toMatchObject({ stocks: 5567, etfs: 34, prices: 7182 })
    expect(holdings.size).toBe(34)
  })

  it('counts the symbols, prices and universes of the files', async () => {
    const symbols = [...listed.values()]
    const active = symbols.filter((row) => row.active === 'true')
    const prices = rowsOf<{ date: string }>('prices_latest.csv').map(({ date }) => date)
    expect(report.totals).toMatchObject({
      stocks: active.filter(({ symbol }) => isStock(symbol)).length,
      etfs: active.filter(({ type }) => type === 'ETF').length,
      other_securities: active.filter(({ symbol, type }) => !isStock(symbol) && type !== 'ETF').length,
      inactive_symbols: symbols.length - active.length,
      retired_universes: 0,
      prices: prices.length,
      priced_from: prices.toSorted()[0],
      priced_to: prices.toSorted().at(-1),
    })
    expect(report.types.find(({ type }) => type === 'ETF')).toMatchObject({
      universes: holdings.size,
      empty: 0,
    })
    expect(report.types.find(({ type }) => type === 'UNIVERSE')).toMatchObject({ universes: 4 })
    const members = [...holdings.values()].reduce((sum, rows) => sum + rows.length, 0)
    expect(report.types.find(({ type }) => type === 'ETF')!.members).toBe(members)
    const [stored] = await db.query('SELECT count(*)::integer AS memberships FROM group_memberships')
    expect(report.totals.memberships).toBe(stored!['memberships'])
    expect(report.types.reduce((sum, type) => sum + type.members, 0)).toBe(stored!['memberships'])
  })

  it('has in every fund the ten heaviest constituents of its file', () => {
    expect(report.funds!.map(({ fund }) => fund)).toEqual([...holdings.keys()].sort())
    for (const { fund, holdings: top, members, weight_sum, top_weight } of report.funds!) {
      const rows = holdings.get(fund)!.map(({ symbol, weight }) => ({ symbol, weight: Number(weight) }))
      const heaviest = rows
        .toSorted((a, b) => b.weight - a.weight || (a.symbol < b.symbol ? -1 : 1))
        .slice(0, 10)
      expect(top.map(({ symbol, weight }) => ({ symbol, weight }))).toEqual(heaviest)
      expect(top.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(members).toBe(rows.length)
      const sum = (of: { weight: number }[]): number => of.reduce((total, { weight }) => total + weight, 0)
      expect(weight_sum).toBeCloseTo(sum(rows), 4)
      expect(top_weight).toBeCloseTo(sum(heaviest), 4)
    }
    const spy = report.funds!.find(({ fund }) => fund === 'SPY')!
    expect(spy.holdings[0]).toMatchObject({ symbol: 'NVDA', name: listed.get('NVDA')!.name })
  })

  it('distributes the stocks over the sectors as their memberships do', async () => {
    const members = await db.query<{ sector: string; symbol: string; source: string; cap: string | null }>(
      `SELECT g.name AS sector, m.symbol, m.metadata ->> 'source' AS source, s.market_cap AS cap
       FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id AND g.type = 'SECTOR'
       LEFT JOIN symbols s ON s.symbol = m.symbol`,
    )
    const stocks = members.filter(({ symbol }) => isStock(symbol))
    const capOf = (rows: typeof stocks): number => rows.reduce((sum, { cap }) => sum + Number(cap), 0)
    const all = capOf(stocks)
    expect(report.sectors.map(({ sector }) => sector).at(-1)).toBe('unknown')
    expect(report.sectors).toHaveLength(12)
    for (const row of report.sectors) {
      const own = stocks.filter(({ sector }) => sector === row.sector)
      expect(row).toMatchObject({ stocks: own.length, market_cap: capOf(own) })
      expect(row.percent).toBeCloseTo((100 * own.length) / report.totals.stocks, 2)
      expect(row.market_cap_percent).toBeCloseTo((100 * capOf(own)) / all, 2)
      const sources: Record<string, number> = {}
      for (const { source } of own) sources[source] = (sources[source] ?? 0) + 1
      expect(row.sources).toEqual(sources)
    }
    expect(report.sectors.reduce((sum, row) => sum + row.stocks, 0)).toBe(report.totals.stocks)
    expect(report.sector_sources.reduce((sum, row) => sum + row.stocks, 0)).toBe(report.totals.stocks)
    for (const { source, stocks: count } of report.sector_sources)
      expect(count).toBe(stocks.filter((row) => row.source === source).length)
  })

  it('computes the coverage from the files and names missing symbols', async () => {
    const constituents = new Set([...holdings.values()].flat().map(({ symbol }) => symbol))
    const strange = [...constituents].filter((symbol) => !listed.has(symbol))
    const coverage = Object.fromEntries(report.coverage.map((row) => [row.measure, row]))
    expect(coverage['constituents']).toMatchObject({
      covered: constituents.size - strange.length,
      total: constituents.size,
    })
    expect(coverage['constituents']!.missing[0]).toBe('CBOE')
    expect([...coverage['constituents']!.missing].sort()).toEqual(strange.sort().slice(0, 10))

    const unknown = report.sectors.find(({ sector }) => sector === 'unknown')!.stocks
    expect(coverage['sector']).toMatchObject({
      covered: report.totals.stocks - unknown,
      total: report.totals.stocks,
    })
    const [capped] = await db.query(
      "SELECT count(*)::integer AS stocks FROM symbols WHERE active AND type IN ('CS', 'ADRC') AND market_cap > 0",
    )
    expect(coverage['market_cap']).toMatchObject({ covered: capped!['stocks'], total: report.totals.stocks })
    expect(coverage['market_cap']!.percent).toBeLessThan(100)
  })

  it('lists runs and loads, newest first, and the findings of the checks', () => {
    expect(report.loads.map(({ kind, status, files }) => [kind, status, files])).toEqual([
      ['universes', 'loaded', 4],
      ['etfs', 'loaded', holdings.size],
      ['prices', 'loaded', 1],
      ['symbols', 'loaded', 2],
    ])
    expect(report.runs).toHaveLength(1)
    expect(report.runs[0]).toMatchObject({ kind: 'refresh', mode: 'full', status: 'completed', held: 0 })
    expect(report.runs[0]!.duration_ms).toBeGreaterThan(0)
    const unlisted = report.integrity.find(({ check_name }) => check_name === 'unlisted_members')!
    expect(unlisted.status).toBe('WARN')
    expect(report.integrity.filter(({ status }) => status === 'FAIL')).toEqual([])
  })
})
