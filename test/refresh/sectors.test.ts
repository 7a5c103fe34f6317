import { beforeAll, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { completed, listStocks, loadFund, members } from './market.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listStocks(db, [
    { symbol: 'ALL3', sic: '6021', sector: 'Utilities' },
    { symbol: 'BOTH', sic: '6021', sector: 'Utilities' },
    { symbol: 'TWIN' },
    { symbol: 'SIC1', sic: '6021', sector: 'Utilities' },
    { symbol: 'SIC2', sic: '100', sector: 'Utilities' },
    { symbol: 'VND1', sic: '9995', sector: 'Utilities' },
    { symbol: 'VND2', sector: '  utilities ' },
    { symbol: 'VND3', sic: 'n/a', sector: 'Utilities' },
    { symbol: 'NIL1', sector: 'No such sector' },
    { symbol: 'NIL2', sic: '0' },
    { symbol: 'NIL3' },
    { symbol: 'PREF', type: 'PFD', sic: '6021' },
    { symbol: 'GONE', active: false, sic: '6021' },
  ])
  await loadFund(db, 'XLK', { ALL3: 50, BOTH: 30, TWIN: 20 })
  await loadFund(db, 'XLV', { BOTH: 60, TWIN: 20, OTHER: 20 })
  await completed(db)
})

it.each([
  ['ALL3', 'information_technology', 'sector_fund', 'constituent of XLK', 'banks'],
  ['BOTH', 'health_care', 'sector_fund', 'constituent of XLV', 'banks'],
  ['TWIN', 'information_technology', 'sector_fund', 'constituent of XLK', null],
  ['SIC1', 'financials', 'sic', 'SIC 6021 in 6000-6029', 'banks'],
  ['SIC2', 'consumer_staples', 'sic', 'SIC 100 in 100-199', 'food_and_agriculture'],
  ['VND1', 'utilities', 'vendor', 'vendor sector utilities', 'unclassified'],
  ['VND2', 'utilities', 'vendor', 'vendor sector utilities', null],
  ['VND3', 'utilities', 'vendor', 'vendor sector utilities', null],
  ['NIL1', 'unknown', 'none', 'no source', null],
  ['NIL2', 'unknown', 'none', 'no source', null],
  ['NIL3', 'unknown', 'none', 'no source', null],
])('%s is %s, by %s', async (symbol, sector, source, rule, industry) => {
  expect(await db.query('SELECT * FROM sector_of($1)', [symbol])).toEqual([
    { sector, source, rule, industry },
  ])
  const stored = await db.query(
    `SELECT name, metadata FROM current_members WHERE type = 'SECTOR' AND symbol = $1`,
    [symbol],
  )
  const reason = industry === null ? { source, rule } : { source, rule, industry }
  expect(stored).toEqual([{ name: sector, metadata: reason }])
  expect(await members(db, 'INDUSTRY', industry ?? 'banks')).toEqual(
    industry === null ? expect.not.arrayContaining([symbol]) : expect.arrayContaining([symbol]),
  )
})

it.each(['PREF', 'GONE', 'NONE'])('%s is no active stock and has none', async (symbol) => {
  expect(await db.query('SELECT * FROM sector_of($1)', [symbol])).toEqual([])
  expect(
    await db.query(`SELECT 1 FROM current_members WHERE type = 'SECTOR' AND symbol = $1`, [symbol]),
  ).toEqual([])
})

it('every active stock has exactly one', async () => {
  const [row] = await db.query(
    `SELECT count(*)::int AS members, count(DISTINCT symbol)::int AS stocks FROM current_members WHERE type = 'SECTOR'`,
  )
  expect(row).toEqual({ members: 11, stocks: 11 })
})
