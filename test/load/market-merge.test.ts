import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { LoadResult } from '../../src/load/result.js'
import { removeFolder, testDatabase } from '../support/index.js'
import { loadInto, writeFiles } from './files.js'

const db = await testDatabase(import.meta.url)
const folder = await writeFiles({})
afterAll(() => removeFolder(folder))

async function run(kind: 'symbols' | 'prices', content: string): Promise<LoadResult> {
  await writeFiles({ [`${kind}.csv`]: content }, folder)
  return loadInto(db, { kind, paths: [`${folder}/${kind}.csv`] })
}

describe('prices', () => {
  const header = 'symbol,date,open,high,low,close,volume\n'
  const rows = (): Promise<unknown[]> =>
    db.query(
      'SELECT symbol, date::text, open, high, low, close, volume, xmin::text FROM ohlcv_daily ORDER BY 1, 2',
    )

  beforeEach(async () => {
    await db.query('TRUNCATE ohlcv_daily, market_changes, loaded_files')
    await run(
      'prices',
      `${header}A,2026-01-02,1,2,0.5,1.5,100\nb,2026-01-02,,,,0.0058,\nA,2026-01-05,,,,2e-1,5.0\n`,
    )
  })

  test('new rows are inserted, empty values are NULL', async () => {
    expect(await rows()).toMatchObject([
      { symbol: 'A', date: '2026-01-02', open: '1.000000', high: '2.000000', low: '0.500000', close: '1.500000', volume: '100' },
      { symbol: 'A', date: '2026-01-05', open: null, close: '0.200000', volume: '5' },
      { symbol: 'B', date: '2026-01-02', open: null, high: null, low: null, close: '0.005800', volume: null },
    ]) // prettier-ignore
  })

  test('a correction replaces the row, the others are not written, others are kept', async () => {
    const before = await rows()
    const result = await run(
      'prices',
      `${header}A,2026-01-02,1,2,0.5,1.75,100\nB,2026-01-02,,,,0.00580,\nC,2026-01-02,,,,9,\n`,
    )
    expect(result).toMatchObject({ changes: { inserted: 1, updated: 1 }, total_changes: 2 })
    const after = await rows()
    expect(after[0]).toMatchObject({ symbol: 'A', close: '1.750000' })
    expect(after.slice(1, 3)).toEqual(before.slice(1, 3))
    expect(after[3]).toMatchObject({ symbol: 'C', close: '9.000000' })
  })

  test('a refresh learns which symbols have new prices', async () => {
    await db.query('TRUNCATE market_changes')
    await run('prices', `${header}A,2026-01-02,1,2,0.5,1.75,100\nB,2026-01-02,,,,0.0058,\n`)
    expect(await db.query('SELECT DISTINCT kind, symbol FROM market_changes')).toEqual([
      { kind: 'price', symbol: 'A' },
    ])
  })

  test('the same rows in a new file write nothing', async () => {
    const before = await rows()
    const result = await run(
      'prices',
      'close,date,symbol,volume,open,high,low\n1.50,2026-01-02,A,100,1,2,0.5\n',
    )
    expect(result).toMatchObject({ changes: { inserted: 0, updated: 0 }, total_changes: 0 })
    expect(result.files).toMatchObject([{ status: 'unchanged', rows: 1 }])
    expect(await rows()).toEqual(before)
  })

  test('a dry run writes nothing', async () => {
    const before = await rows()
    await writeFiles({ 'prices.csv': `${header}A,2026-01-02,,,,7,\n` }, folder)
    const result = await loadInto(db, { kind: 'prices', paths: [`${folder}/prices.csv`], dryRun: true })
    expect(result).toMatchObject({ dry_run: true, changes: { inserted: 0, updated: 1 } })
    expect(await rows()).toEqual(before)
  })
})

describe('symbols', () => {
  const header =
    'symbol,name,type,primary_exchange,active,market_cap,weighted_shares_outstanding,list_date,sector,industry,sic_code,sic_description,country\n'
  const agilent =
    'A,Agilent,CS,XNYS,true,44906679096,282431944,1999-01-01,Industrials,Biotech,3826,Instruments,United States\n'
  const row = async (symbol = 'A'): Promise<unknown> =>
    (await db.query('SELECT *, list_date::text, xmin::text FROM symbols WHERE symbol = $1', [symbol]))[0]

  beforeEach(async () => {
    await db.query('TRUNCATE symbols, ohlcv_daily, market_changes, loaded_files')
    await run('symbols', header + agilent)
  })

  test('a new symbol is inserted', async () => {
    expect(await row()).toMatchObject({
      symbol: 'A',
      name: 'Agilent',
      type: 'CS',
      primary_exchange: 'XNYS',
      active: true,
      market_cap: '44906679096',
      weighted_shares_outstanding: '282431944',
      list_date: '1999-01-01',
      sector: 'Industrials',
      industry: 'Biotech',
      sic_code: '3826',
      sic_description: 'Instruments',
      country: 'United States',
    })
  })

  test('the same row in another file writes nothing', async () => {
    const before = await row()
    const result = await run(
      'symbols',
      header.trimEnd() + ',last_seen\n' + agilent.trimEnd() + ',2026-08-20\n',
    )
    expect(result.total_changes).toBe(0)
    expect(await row()).toEqual(before)
  })

  test('a column that the file lacks stays; an empty value clears', async () => {
    const result = await run('symbols', 'symbol,name,sector\nA,Agilent Technologies,\n')
    expect(result.changes).toEqual({ inserted: 0, updated: 1 })
    expect(await row()).toMatchObject({
      name: 'Agilent Technologies',
      sector: null,
      industry: 'Biotech',
      active: true,
    })
  })

  test('an empty value clears whether it is quoted or not', async () => {
    await run('symbols', 'symbol,name,sector,market_cap\n"A","Agilent","",""\n')
    expect(await row()).toMatchObject({ sector: null, market_cap: '44906679096' })
  })

  test('market_cap of the vendor counts while it cannot be computed from a price', async () => {
    await run('symbols', 'symbol,market_cap\nA,50000000000\n')
    expect(await row()).toMatchObject({ market_cap: '50000000000' })
    await run('prices', 'symbol,date,close\nA,2026-01-02,200\n')
    await run('symbols', 'symbol,market_cap\nA,1\n')
    expect(await row()).toMatchObject({ market_cap: '50000000000' })
  })

  test('a delisted symbol is marked for the next refresh', async () => {
    await db.query('TRUNCATE market_changes')
    await run('symbols', 'symbol,active\na,FALSE\n')
    expect(await row()).toMatchObject({ active: false, name: 'Agilent' })
    expect(await db.query('SELECT DISTINCT kind, symbol FROM market_changes')).toEqual([
      { kind: 'symbol', symbol: 'A' },
    ])
  })

  test('symbols that the file does not name stay', async () => {
    await run('symbols', `${header}B,Barnes,CS,XNYS,true,,,,,,,,\n`)
    expect(await row()).toMatchObject({ name: 'Agilent' })
    expect(await row('B')).toMatchObject({ name: 'Barnes', market_cap: null, list_date: null })
  })
})
