import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { completed, listStocks, loadFund, stocks } from '../refresh/market.js'
import { enriched, loadIssuerFund, sectorsOf, takeMarks } from './enriching.js'

let db: TestDatabase

/** Statements of all sources about P1; P2 is unknown to the first source, P3 to the first two, ..., P6 to all. */
const SAYS = [
  ['P1', 'utilities', 'override', 'they sell power', 'banks'],
  ['P2', 'health_care', 'issuer_file', 'FNDA file: Health Care', 'banks'],
  ['P3', 'information_technology', 'sector_fund', 'constituent of XLK', 'banks'],
  ['P4', 'financials', 'sic', 'SIC 6021 in 6000-6029', 'banks'],
  ['P5', 'energy', 'vendor', 'vendor sector energy', null],
  ['P6', 'unknown', 'none', 'no source', null],
] as const

const reason = (row: (typeof SAYS)[number], industry: string | null = row[4]): object[] => {
  const [, sector, source, rule] = row
  return [{ sector, source, rule, industry }]
}

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  // Two more in every sector: a guard would hold a sector that loses its last member.
  const others = ['Utilities', 'Health Care', 'Technology', 'Finance', 'Energy', 'no such sector']
  await listStocks(db, [
    ...others.flatMap((sector, i) => stocks(`F${'ABCDEF'[i]}`, 2, 1e9, { sector })),
    ...['P1', 'P2', 'P3', 'P4'].map((symbol) => ({ symbol, cap: 1e9, sic: '6021', sector: 'Energy' })),
    { symbol: 'P5', cap: 1e9, sector: 'Energy' },
    { symbol: 'P6' },
    ...stocks('BNK', 2, 1e9, { sic: '6021' }),
  ])
  await loadFund(db, 'XLK', { P1: 40, P2: 30, P3: 30 })
  await loadIssuerFund(db, 'FNDA', { P1: 'Health Care', P2: 'Health Care' }, '2025-11-18')
  await db.query(
    `INSERT INTO sector_overrides (symbol, sector, reason) VALUES ('P1', 'utilities', 'they sell power')`,
  )
  await completed(db)
})

describe('the most trusted source that says anything decides', () => {
  it.each(SAYS.map((row) => [row[0], row[2], row] as const))('for %s: %s', async (symbol, _source, row) => {
    expect(await sectorsOf(db, symbol)).toEqual(reason(row))
  })

  it('and sector_candidates shows what the others say', async () => {
    const said = await db.query(
      `SELECT symbol, source, sector, rule FROM sector_candidates WHERE symbol IN ('P1', 'P3', 'P6') ORDER BY symbol, position`,
    )
    const rows = (symbol: string, from: number): object[] =>
      SAYS.slice(from, 5).map(([, sector, source, rule]) => ({ symbol, source, sector, rule }))
    expect(said).toEqual([...rows('P1', 0), ...rows('P3', 2)])
  })
})

describe('a disabled source is silent', () => {
  afterEach(() => db.query('UPDATE sector_sources SET enabled = true'))

  it.each([1, 2, 3, 4, 5])('with the first %i of them disabled the next one decides', async (disabled) => {
    await db.query('UPDATE sector_sources SET enabled = position > $1', [disabled])
    await enriched(db, { force: true })
    // The industry follows the SIC code, whichever source decides the sector.
    expect(await sectorsOf(db, 'P1')).toEqual(reason(SAYS[disabled]!, 'banks'))
  })

  it('and heard again when it is enabled', async () => {
    await enriched(db, { force: true })
    expect(await sectorsOf(db, 'P1')).toEqual(reason(SAYS[0]))
  })
})

describe('the order of trust', () => {
  it('is swapped by the statement that the comment of the column shows', async () => {
    const [comment] = await db.query<{ text: string }>(
      `SELECT col_description(attrelid, attnum) AS text FROM pg_attribute
       WHERE attrelid = 'sector_sources'::regclass AND attname = 'position'`,
    )
    const statement = /UPDATE .*\)/.exec(comment!.text)![0]
    await completed(db)
    expect(await takeMarks(db)).toEqual([])
    await db.query(statement)
    const swapped = await db.query('SELECT source FROM sector_sources ORDER BY position')
    expect(swapped.map(({ source }) => source)).toEqual(['override', 'sic', 'sector_fund', 'issuer_file', 'vendor']) // prettier-ignore

    const run = await enriched(db)
    expect(run.changes.filter(({ held }) => held)).toEqual([])
    expect(await sectorsOf(db, 'P1')).toEqual(reason(SAYS[0]))
    expect(await sectorsOf(db, 'P2')).toEqual(reason(SAYS[3]))
    expect(await sectorsOf(db, 'P3')).toEqual(reason(SAYS[3]))

    await db.query(statement.replace('THEN 2 ELSE 4', 'THEN 4 ELSE 2'))
    await enriched(db)
    expect(await sectorsOf(db, 'P2')).toEqual(reason(SAYS[1]))
    expect(await sectorsOf(db, 'P3')).toEqual(reason(SAYS[2]))
  })

  it('survives a deleted source, and its membership names the right one', async () => {
    const client = await db.client()
    await client.query(`BEGIN; DELETE FROM sector_sources WHERE source IN ('override', 'sector_fund')`)
    const { rows } = await client.query(
      `SELECT sector, source, rule, industry FROM stock_sectors WHERE symbol IN ('P1', 'P3', 'P5') ORDER BY symbol`,
    )
    await client.query('ROLLBACK')
    expect(rows).toEqual([...reason(SAYS[1]), ...reason(SAYS[3]), ...reason(SAYS[4])])
  })
})

it('every active stock is in exactly one sector', async () => {
  const wrong = await db.query(
    `SELECT s.symbol, count(m.name) FROM symbols s LEFT JOIN current_members m ON m.symbol = s.symbol AND m.type = 'SECTOR'
     WHERE s.active AND s.type IN ('CS', 'ADRC') GROUP BY s.symbol HAVING count(m.name) <> 1`,
  )
  expect(wrong).toEqual([])
})

it('sector_coverage counts who decided', async () => {
  expect(await db.query('SELECT source, stocks::integer, percent::float8 FROM sector_coverage')).toEqual([
    { source: 'override', stocks: 1, percent: 5 },
    { source: 'issuer_file', stocks: 1, percent: 5 },
    { source: 'sector_fund', stocks: 1, percent: 5 },
    { source: 'sic', stocks: 3, percent: 15 },
    { source: 'vendor', stocks: 11, percent: 55 },
    { source: 'none', stocks: 3, percent: 15 },
  ])
})
