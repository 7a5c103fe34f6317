import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { completed, listSmallMarket, listStocks, load, loadFund } from '../refresh/market.js'
import { enriched, loadIssuerFund, sectorsOf, takeMarks } from './enriching.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

const override = (symbol: string, sector: string): Promise<unknown> =>
  db.query(`INSERT INTO sector_overrides (symbol, sector, reason) VALUES ($1, $2, 'so I say')`, [
    symbol,
    sector,
  ])

const overridden = { sector: 'utilities', source: 'override', rule: 'so I say', industry: 'software' }

describe('an override marks its own symbol', () => {
  beforeAll(() => takeMarks(db))

  it.each([
    ['inserted', `INSERT INTO sector_overrides (symbol, sector) VALUES ('TEC8', 'utilities')`, ['fund TEC8']],
    ['changed', `UPDATE sector_overrides SET sector = 'energy' WHERE symbol = 'TEC8'`, ['fund TEC8']],
    [
      'moved to another symbol',
      `UPDATE sector_overrides SET symbol = 'TEC9' WHERE symbol = 'TEC8'`,
      ['fund TEC8', 'fund TEC9'],
    ],
    ['deleted', `DELETE FROM sector_overrides WHERE symbol = 'TEC9'`, ['fund TEC9']],
    ['missed by a DELETE', `DELETE FROM sector_overrides WHERE symbol = 'TEC9'`, []],
  ])('when it is %s', async (_what, statement, marks) => {
    await db.query(statement)
    expect(await takeMarks(db)).toEqual(marks)
  })

  it('and everything when all are truncated', async () => {
    await db.query('TRUNCATE sector_overrides')
    expect(await takeMarks(db)).toEqual(['all'])
  })
})

describe('an override', () => {
  beforeAll(async () => {
    await override('TEC5', 'utilities')
    const { changes } = await enriched(db)
    const sectors = changes.filter(({ type }) => type === 'SECTOR')
    expect(sectors.map(({ name, added, removed }) => [name, added, removed])).toEqual([
      ['information_technology', [], ['TEC5']],
      ['utilities', ['TEC5'], []],
    ])
  })

  const files = [
    ['a fund of another sector', () => loadFund(db, 'XLF', { BNK1: 50, TEC5: 50 })],
    ['an issuer file with another sector', () => loadIssuerFund(db, 'FNDA', { TEC5: 'Energy' }, '2025-11-18')],
    ['a listing with another sector', () =>
      load(db, 'symbols', [{ name: 's.csv', columns: ['symbol', 'name', 'type', 'sector', 'sic_code'], rows: 'TEC5,Five,CS,Finance,6021\n' }])],
  ] as const // prettier-ignore
  const runs = [
    ['an incremental enrichment', () => enriched(db)],
    ['a full enrichment', () => enriched(db, { mode: 'full' })],
    ['a forced enrichment', () => enriched(db, { mode: 'full', force: true })],
    ['a full refresh', () => completed(db)],
    ['a forced refresh', () => completed(db, { force: true })],
    ['a refresh of sectors', () => completed(db, { mode: 'sectors' })],
  ] as const

  describe.each(files)('survives the load of %s', (_file, loadFile) => {
    beforeAll(async () => {
      await loadFile()
      await db.query(`INSERT INTO market_changes (kind, symbol) VALUES ('symbol', 'TEC5')`)
    })

    it.each(runs)('and then %s', async (_run, runIt) => {
      const row = `SELECT xmin::text, * FROM sector_overrides WHERE symbol = 'TEC5'`
      const [before] = await db.query(row)
      await runIt()
      expect(await sectorsOf(db, 'TEC5')).toMatchObject([{ sector: 'utilities', source: 'override', rule: 'so I say' }]) // prettier-ignore
      expect(await db.query(row)).toEqual([before])
    })
  })

  it('is deleted, and the next source decides again', async () => {
    await db.query(`DELETE FROM sector_overrides WHERE symbol = 'TEC5'`)
    expect(await sectorsOf(db, 'TEC5')).toMatchObject([{ sector: 'utilities' }])
    await enriched(db)
    expect(await sectorsOf(db, 'TEC5')).toEqual([
      { sector: 'energy', source: 'issuer_file', rule: 'FNDA file: Energy', industry: 'banks' },
    ])
  })

  it('of a stock that is listed later waits for it', async () => {
    await override('LATE', 'utilities')
    await enriched(db)
    expect(await sectorsOf(db, 'LATE')).toEqual([])
    await listStocks(db, [{ symbol: 'LATE', cap: 1e9, sic: '7372' }])
    await enriched(db)
    expect(await sectorsOf(db, 'LATE')).toEqual([overridden])
  })

  it('says who set it where no reason is given, and cannot name a sector that there is not', async () => {
    await db.query(
      `INSERT INTO sector_overrides (symbol, sector, created_by) VALUES ('TEC6', 'utilities', 'ann')`,
    )
    await enriched(db)
    expect(await sectorsOf(db, 'TEC6')).toEqual([{ ...overridden, rule: 'set by ann' }])
    await expect(override('TEC7', 'technology')).rejects.toMatchObject({ code: '23503' })
  })
})
