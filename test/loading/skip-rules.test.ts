import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { fund, loadRows, weightsOf, type Row } from './staging.js'

const db = await testDatabase(import.meta.url)

beforeAll(() =>
  db.query(
    `INSERT INTO symbols (symbol) VALUES ('AAPL'), ('CVI'), ('FCFS'), ('BFAM'), ('HONAV'), ('AB.W'), ('USD'), ('NA')`,
  ),
)

let count = 0

/** Loads one row beside a good one and says why it was skipped. */
async function reasonOf(row: Row): Promise<string | undefined> {
  const empty = { name: null, sector: null, asset_class: null, exchange: null }
  const rows = [
    { ...empty, line: 2, symbol: 'AAPL', weight: '95' },
    { ...empty, line: 3, weight: '1', ...row },
  ]
  const { files } = await loadRows(db, 'etfs', [fund(`F${(count += 1)}`, rows, { format: 'ishares' })])
  const [file] = files
  expect(file).toMatchObject({ status: 'loaded' })
  const skipped = file!.skipped_lines?.[0]?.reason
  expect(file!.skipped).toEqual(skipped === undefined ? undefined : { [skipped]: 1 })
  expect(file!.rows).toBe(skipped === undefined ? 2 : 1)
  return skipped
}

test.each([
  ['collateral', { symbol: 'JPM', asset_class: 'Cash Collateral and Margins' }],
  ['collateral', { symbol: 'SGAFT', name: 'CASH COLLATERAL USD SGAFT' }],
  ['money market', { symbol: 'XTSLA', asset_class: 'Money Market' }],
  ['money market', { symbol: null, name: 'GOLDMAN FS TRSY OBLIG INST 468' }],
  ['money market', { symbol: 'AGPXX', asset_class: 'Money Market Fund, Taxable' }],
  ['cash', { symbol: 'USD', asset_class: 'Cash' }],
  ['cash', { symbol: '-', name: 'US DOLLAR' }],
  ['cash', { symbol: 'USD', sector: 'Cash and/or Derivatives' }],
  ['cash', { symbol: '---', name: 'MKTLIQ', asset_class: 'Short-term reserves' }],
  ['future', { symbol: 'ESZ5', asset_class: 'Futures' }],
  ['future', { symbol: 'RTYM25', name: 'E-MINI RUSSELL' }],
  ['derivative', { symbol: 'TRS', asset_class: 'Equity Swap' }],
  ['bond', { symbol: 'T', asset_class: 'Fixed Income' }],
  ['right', { symbol: 'INH', name: 'INHIBRX INC CVR' }],
  ['right', { symbol: 'ABCR', name: 'ABC CORP RIGHTS EXP 12/31/25' }],
  ['warrant', { symbol: 'WLLBW', name: 'CHORD ENERGY EQUITY WARRANTS SERIE' }],
  ['warrant', { symbol: 'ABC.WS' }],
  ['escrow', { symbol: 'P5N994', name: 'Petrocorp Inc Escrow' }],
  ['unlisted', { symbol: 'ADRO', exchange: 'NO MARKET (E.G. UNLISTED)' }],
  ['unlisted', { symbol: 'ABC', exchange: 'Non-Nms Quotation Service (Nnqs)' }],
  ['unlisted', { symbol: '-', name: 'SCILEX HOLDING Prvt' }],
  ['no ticker', { symbol: '-', name: 'NEXPOINT STRATEGIC' }],
  ['no ticker', { symbol: null, name: 'SOMETHING' }],
  ['no ticker', { symbol: 'NAN' }],
  ['no ticker', { symbol: 'P5N994' }],
  ['no ticker', { symbol: 'Apple Inc' }],
  ['no ticker', { symbol: 'ABCDEFGHIJKLMNOPQRSTUVW' }],
  ['foreign listing', { symbol: '7203 JT' }],
  ['foreign listing', { symbol: 'SHOP CT' }],
  ['foreign listing', { symbol: 'VOD LN Equity' }],
  ['when issued', { symbol: 'METCV' }],
  ['short position', { symbol: 'TSLA', weight: '-0.50' }],
] as const)('%s: %j', async (reason, row) => {
  expect(await reasonOf(row)).toBe(reason)
})

test.each([
  ['a company called CVR', { symbol: 'CVI', name: 'CVR ENERGY INC' }],
  ['a company with cash in its name', { symbol: 'FCFS', name: 'FIRSTCASH HOLDINGS INC' }],
  ['a company with right in its name', { symbol: 'BFAM', name: 'BRIGHT HORIZONS FAMILY SOLUTIONS' }],
  ['a depositary receipt', { symbol: 'ASML', asset_class: 'American Depository Receipt - NY' }],
  ['when-issued shares that the table symbols has', { symbol: 'HONAV' }],
  ['what looks like a warrant, but is in the table symbols', { symbol: 'AB.W' }],
  ['a ticker that reads like none, but is in the table symbols', { symbol: 'NA' }],
  ['a ticker that names a currency, held as a share', { symbol: 'USD', asset_class: 'Equity' }],
  ['a foreign name listed here', { symbol: 'SHOP UN' }],
])('%s is kept', async (_name, row) => {
  expect(await reasonOf(row)).toBeUndefined()
})

test('canonical files are not subject to the rules', async () => {
  const rows = ['ESZ5', 'METCV', 'ABC.WS'].map((symbol) => ({ symbol, weight: '30' }))
  const { files } = await loadRows(db, 'etfs', [fund('CANONICAL', rows)])
  expect(files[0]).toMatchObject({ status: 'loaded', rows: 3 })
  expect(files[0]).not.toHaveProperty('skipped')
})

test('the first rule that fits is the reason, and the rules are rows', async () => {
  const row: Row = { symbol: 'SATS', name: 'A CASH COLLATERAL WARRANT', asset_class: 'Equity' }
  expect(await reasonOf(row)).toBe('warrant')
  await db.query(
    `INSERT INTO holding_skip_rules (position, reason, column_name, pattern) VALUES (5, 'satellites', 'symbol', '^sats$')`,
  )
  expect(await reasonOf(row)).toBe('satellites')
  await db.query('DELETE FROM holding_skip_rules')
  expect(await reasonOf(row)).toBeUndefined()
})

test('a pattern that is no regular expression is refused', async () => {
  const insert = `INSERT INTO holding_skip_rules (position, reason, column_name, pattern) VALUES (6, 'x', 'name', '(')`
  await expect(db.query(insert)).rejects.toMatchObject({ code: '2201B' })
})

test('each skipped line is told, in the order of the file', async () => {
  await db.query(`INSERT INTO holding_skip_rules VALUES (1, 'cash', 'name', '^cash$')`)
  const rows: Row[] = [
    { line: 12, symbol: 'AAPL', weight: '95', name: 'APPLE INC' },
    { line: 14, symbol: null, weight: '-0.2', name: 'Cash' },
    { line: 13, symbol: 'EUR', weight: '0.3', name: 'CASH' },
  ]
  const { files } = await loadRows(db, 'etfs', [fund('TOLD', rows, { format: 'ishares' })])
  expect(files[0]!.skipped_lines).toEqual([
    { line: 13, symbol: 'EUR', name: 'CASH', reason: 'cash', weight: 0.3 },
    { line: 14, name: 'Cash', reason: 'cash', weight: -0.2 },
  ])
  expect(await weightsOf(db, 'TOLD')).toEqual({ AAPL: 95 })
})
