import { beforeAll, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { changeOf, completed, listSmallMarket, loadFund } from '../refresh/market.js'
import { enriched, loadIssuerFund, sectorsOf, takeMarks } from './enriching.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

/** Sector of UTL1 after an incremental enrichment, and whose file decided. */
async function decided(): Promise<unknown[]> {
  await enriched(db)
  return (await sectorsOf(db, 'UTL1')).map(({ sector, rule }) => `${String(sector)}: ${String(rule)}`)
}

const fnda = { UTL1: 'Energy', UTL2: 'Utilities', UTL3: 'Utilities' }

it('the only file that names a stock decides', async () => {
  await loadIssuerFund(db, 'FNDA', fnda, '17-Nov-2025')
  expect(await decided()).toEqual(['energy: FNDA file: Energy'])
})

it('of two files the younger decides', async () => {
  await loadIssuerFund(db, 'FNDB', { UTL1: 'Financials' }, '18-Nov-2025')
  expect(await decided()).toEqual(['financials: FNDB file: Financials'])
  await takeMarks(db)
  await loadIssuerFund(db, 'FNDA', fnda, '19-Nov-2025')
  expect(await takeMarks(db)).toEqual(['fund UTL1', 'fund UTL2', 'fund UTL3'])
  await loadIssuerFund(db, 'FNDA', fnda, '20-Nov-2025')
  expect(await decided()).toEqual(['energy: FNDA file: Energy'])
})

it('of two files as old, the fund that comes first by name', async () => {
  await loadIssuerFund(db, 'FNDB', { UTL1: 'Financials' }, '20-Nov-2025')
  expect(await decided()).toEqual(['energy: FNDA file: Energy'])
  await loadIssuerFund(db, 'FND', { UTL1: 'Information Technology' }, '20-Nov-2025')
  expect(await decided()).toEqual(['information_technology: FND file: Information Technology'])
})

it('a file without a date comes last', async () => {
  await loadIssuerFund(db, 'FIRST', { UTL1: 'Energy' })
  expect(await decided()).toEqual(['information_technology: FND file: Information Technology'])
})

it('a file without a date keeps the one of the file before it', async () => {
  await loadIssuerFund(db, 'FND', { UTL1: 'Financials' })
  expect(await decided()).toEqual(['financials: FND file: Financials'])
})

it('a younger file whose sector is not one of GICS says nothing', async () => {
  await loadIssuerFund(db, 'FNDA', { ...fnda, UTL1: 'Sonstiges' }, '21-Nov-2025')
  expect(await decided()).toEqual(['financials: FND file: Financials'])
})

it('a file without sectors takes back what an older one of the same fund said', async () => {
  await loadFund(db, 'FIRST', { UTL1: 100 })
  await loadFund(db, 'FNDB', { UTL1: 100 })
  await loadFund(db, 'FND', { UTL1: 100 })
  expect(await decided()).toEqual(['utilities: vendor sector utilities'])
})

it('a sector that changed in a file marks this stock alone, and the next enrichment moves it', async () => {
  await loadIssuerFund(db, 'FNDA', fnda, '22-Nov-2025')
  await completed(db)
  expect(await takeMarks(db)).toEqual([])
  await loadIssuerFund(db, 'FNDA', { ...fnda, UTL2: 'Energy' }, '22-Nov-2025')
  const run = await enriched(db)
  expect(changeOf(run, 'SECTOR', 'energy')).toMatchObject({ added: ['UTL2'], removed: [] })
  expect(changeOf(run, 'SECTOR', 'utilities')).toMatchObject({ added: [], removed: ['UTL2'] })
  expect(await sectorsOf(db, 'UTL2')).toMatchObject([
    { sector: 'energy', source: 'issuer_file', rule: 'FNDA file: Energy' },
  ])
  expect(await takeMarks(db)).toEqual(['fund UTL2'])
})

it('the same file again marks nothing', async () => {
  const load = await loadIssuerFund(db, 'FNDA', { ...fnda, UTL2: 'Energy' }, '22-Nov-2025')
  expect(load.files).toMatchObject([{ status: 'unchanged' }])
  expect(await takeMarks(db)).toEqual([])
})
