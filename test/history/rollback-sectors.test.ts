import { beforeEach, expect, it } from 'vitest'
import { loadIssuerFund, sectorsOf } from '../classification/enriching.js'
import { completed, eventsOf, listStocks, stocks } from '../refresh/market.js'
import { testDatabase, type TestDatabase, TODAY } from '../support/index.js'
import { faults, memberships, rollBack } from './support.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listStocks(db, stocks('TEC', 30, 300e9, { sic: '7372' }))
})

/** A file of the fund IVV that puts TEC1 into one sector and the others where they belong. */
const ivv = (sector: string, asOf: string): ReturnType<typeof loadIssuerFund> =>
  loadIssuerFund(
    db,
    'IVV',
    { TEC1: sector, TEC2: 'Information Technology', TEC3: 'Information Technology' },
    asOf,
  )

async function sector(): Promise<unknown> {
  return (await sectorsOf(db, 'TEC1')).map(({ sector, rule }) => `${String(sector)}: ${String(rule)}`)
}

it('a file with the right constituents and wrong sectors is taken back as well', async () => {
  await ivv('Information Technology', '17-Nov-2025')
  const good = await completed(db)
  const before = await memberships(db)
  const bad = await ivv('Utilities', '18-Nov-2025')
  expect(bad.changes).toMatchObject([{ name: 'IVV', added: [], removed: [], updated: 1 }])
  await completed(db, { force: true })
  expect(await sector()).toEqual(['utilities: IVV file: Utilities'])

  await rollBack(db, good.id)
  expect(await memberships(db)).toEqual(before)
  expect(await completed(db)).toMatchObject({ total_changes: 0 })
  expect(await sector()).toEqual(['information_technology: IVV file: Information Technology'])
  expect(await faults(db)).toEqual([])
  const closed = await db.query(
    `SELECT symbol, close_reason FROM membership_history h JOIN definition_groups g ON g.id = h.group_id
     WHERE g.name = 'IVV' AND closed_by IS NOT NULL ORDER BY valid_to`,
  )
  expect(closed).toEqual([
    { symbol: 'TEC1', close_reason: 'reclassified' },
    { symbol: 'TEC1', close_reason: 'reclassified' },
  ])
  const [group] = await db.query(
    `SELECT metadata -> 'rolled_back' IS NOT NULL AS held FROM definition_groups WHERE name = 'IVV'`,
  )
  expect(group).toEqual({ held: true })
})

it('the date of the file before it ranks the fund among the others again', async () => {
  await loadIssuerFund(db, 'IWV', { TEC1: 'Financials' }, '10-Nov-2025')
  await ivv('Information Technology', '17-Nov-2025')
  const good = await completed(db)
  await loadIssuerFund(db, 'IVV', { TEC4: 'Utilities', TEC5: 'Utilities' }, '18-Nov-2025')
  await completed(db, { force: true })
  expect(await sector()).toEqual(['financials: IWV file: Financials'])
  await rollBack(db, good.id)
  expect(await completed(db, { force: true })).toMatchObject({ total_changes: 0 })
  expect(await sector()).toEqual(['information_technology: IVV file: Information Technology'])
  const [group] = await db.query<{ metadata: Record<string, unknown> }>(
    `SELECT metadata FROM definition_groups WHERE name = 'IVV'`,
  )
  expect(group!.metadata).toMatchObject({ as_of: '2025-11-17', format: 'ishares', source: 'file' })
})

it('an older file than the one of that day is still refused after it', async () => {
  const good = await ivv('Information Technology', '17-Nov-2025')
  await ivv('Utilities', '18-Nov-2025')
  await rollBack(db, good.id)
  await expect(ivv('Energy', '16-Nov-2025')).rejects.toThrow(
    'it is as of 2025-11-16, older than the one loaded, 2025-11-17',
  )
})

it('stocks that come back to recent_ipos are not announced as new', async () => {
  await db.query(`UPDATE symbols SET list_date = ${TODAY} - 1 WHERE symbol = 'TEC9'`)
  const first = await completed(db)
  expect((await eventsOf(db, first.id)).map(({ event }) => event)).toContain('ipo_assigned')
  await db.query(`UPDATE symbols SET list_date = ${TODAY} - 900 WHERE symbol = 'TEC9'`)
  await completed(db, { force: true })
  const run = await rollBack(db, first.id)
  expect(run.changes).toContainEqual(expect.objectContaining({ type: 'IPO', added: ['TEC9'] }))
  expect((await eventsOf(db, run.id)).map(({ event }) => event)).not.toContain('ipo_assigned')
})
