import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import type { FileResult } from '../../src/load/result.js'
import { removeFolder, temporaryFolder, testDatabase } from '../support/index.js'
import { loadInto, resultOf, writeFiles } from './files.js'
import { workbook } from '../support/workbook-file.js'

const db = await testDatabase(import.meta.url)
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

const HEADER = ['Ticker', 'Name', 'Sector', 'Asset Class', 'Market Value', 'Weight (%)', 'Exchange']
const ROWS = [
  ['NVDA', 'NVIDIA CORP', 'Information Technology', 'Equity', '55,112.56', '57.82', 'NASDAQ'],
  ['BRKB', 'BERKSHIRE, INC "B"', 'Financials', 'Equity', '49,430.00', '41.02', 'New York Stock Exchange Inc.'],
  ['USD', 'USD CASH', 'Cash and/or Derivatives', 'Cash', '1.00', '0.25', '-'],
  ['ESZ5', 'S&P500 EMINI DEC 25', 'Cash and/or Derivatives', 'Futures', '0.00', '0.00', '-'],
] // prettier-ignore
const PREAMBLE = [
  ['iShares Test ETF'],
  ['Fund Holdings as of', 'Nov 18, 2025'],
  ['Inception Date', 'May 15, 2000'],
  ['\u00a0'],
]
const LEGAL = [['\u00a0'], ['The content is owned, or licensed.\nCAREFULLY CONSIDER, ALWAYS, THE RISKS']]

/** Rows as a spreadsheet writes them, every row padded to `width` cells. */
function csv(rows: readonly string[][], { separator = ',', end = '\n', width = 0 } = {}): string {
  const quoted = (cell: string): string =>
    cell.includes(separator) || /["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  const padded = (row: string[]): string[] => [
    ...row,
    ...Array<string>(Math.max(0, width - row.length)).fill(''),
  ]
  return rows.map((row) => padded(row).map(quoted).join(separator) + end).join('')
}

const all = [...PREAMBLE, HEADER, ...ROWS, ...LEGAL]
const dated = (date: string): string[][] =>
  all.map((row) => (row[0]?.startsWith('Fund') ? [row[0], date] : row))
const day = '2025-11-18'

interface Variant {
  name?: string
  content: string | Buffer
  asOf?: string | undefined
  /** Line of the first row. */
  first?: number
}

const VARIANTS: Record<string, Variant> = {
  'as downloaded': { content: `\ufeff${csv(all)}` },
  'without byte order mark and with CR LF': { content: csv(all, { end: '\r\n' }) },
  'line ends of two kinds': { content: csv(PREAMBLE, { end: '\r\n' }) + csv(all.slice(4)) },
  'without preamble': { content: csv([HEADER, ...ROWS, ...LEGAL]), asOf: undefined, first: 2 },
  'without preamble and legal text': { content: csv([HEADER, ...ROWS]).trimEnd(), asOf: undefined, first: 2 },
  'saved by a spreadsheet, padded': { content: csv(dated('11/18/2025'), { end: '\r\n', width: 26 }) },
  'saved by a spreadsheet, short date': { content: csv(dated('18-Nov-25'), { width: HEADER.length }) },
  'saved by a spreadsheet, ISO date': { content: csv(dated('2025-11-18')) },
  'separated by semicolons': { content: csv(all, { separator: ';', end: '\r\n', width: 15 }) },
  'separated by tabs': { content: csv(all, { separator: '\t' }) },
  'saved in Windows-1252': {
    content: Buffer.from(csv(all).replace('BERKSHIRE', 'BÉRKSHIRE'), 'latin1'),
  },
  'compressed': { name: 'TST_holdings.csv.gz', content: gzipSync(csv(all)) },
  'padded and differently spelled header cells': {
    content: csv([...PREAMBLE, HEADER.map((cell) => ` ${cell.toUpperCase().replace(' ', '\u00a0 ')} `), ...ROWS]),
  },
  'columns in another order, and more of them': {
    content: csv([HEADER, ...ROWS].map((row, index) => [`id ${index}`, ...row.toReversed(), 'x'])),
    asOf: undefined,
    first: 2,
  },
  'a header on row 50': {
    content: csv([...Array.from({ length: 45 }, (_, index) => [`line ${index}`]), ...all]),
    first: 51,
  },
  'a workbook': {
    name: 'TST_holdings.xlsx',
    content: workbook({ Read: [['me']], Holdings: all.map((row) => row.map((cell) => (/^\d\d\.\d\d$/.test(cell) ? Number(cell) : cell))) }),
  },
} // prettier-ignore

test.each(Object.entries(VARIANTS))('an iShares file, %s', async (environment, variant) => {
  const { name = 'TST_holdings.csv', content, first = PREAMBLE.length + 2 } = variant
  const asOf = 'asOf' in variant ? variant.asOf : day
  const folder = await write({ [name]: content })
  const result = resultOf(
    await loadInto(db, { kind: 'etfs', paths: [`${folder}/${name}`], environment }),
    name,
  )
  expect(result).toMatchObject({ status: 'loaded', universe: 'TST', format: 'ishares', rows: 2 })
  expect(result.as_of).toBe(asOf)
  expect(result.skipped).toEqual({ cash: 1, future: 1 })
  expect(result.skipped_lines?.map(({ line }) => line)).toEqual([first + 2, first + 3])
  expect(await membersOf('TST', environment)).toEqual([
    { symbol: 'BRK.B', weight: 41.02, line: first + 1, sector: 'Financials' },
    { symbol: 'NVDA', weight: 57.82, line: first, sector: 'Information Technology' },
  ])
})

test('a Vanguard file has three tables, title lines, and weights in words', async () => {
  const result = await loadFixture('Holdings_details_Total_Stock_Market_ETF.csv')
  expect(result).toMatchObject({ status: 'loaded', universe: 'VTI', format: 'vanguard', as_of: '2025-10-31' })
  expect(result.skipped).toEqual({ 'no ticker': 1, right: 1, bond: 1, cash: 2 })
  expect(result.skipped_lines?.map(({ line }) => line)).toEqual([14, 15, 20, 26, 27])
  expect(await membersOf('VTI', 'vanguard')).toEqual([
    { symbol: 'AAPL', weight: 40.11, line: 11, sector: 'Technology Hardware, Storage & Peripherals' },
    { symbol: 'BRK.B', weight: 13.2, line: 12, sector: 'Multi-Sector Holdings' },
    { symbol: 'NVDA', weight: 43.2, line: 10, sector: 'Semiconductors' },
    { symbol: 'SMLL', weight: 0, line: 13, sector: 'Oil & Gas Drilling' },
  ])
})

test('an older Vanguard file has other header cells and one table', async () => {
  const result = await loadFixture('older_vanguard.csv')
  expect(result).toMatchObject({ status: 'loaded', universe: 'VTV', as_of: '2016-09-30', rows: 2 })
  expect(result.skipped).toBeUndefined()
})

test('State Street, Invesco and ARK files saved by a spreadsheet are read', async () => {
  const spy = [
    ['Fund Name:', 'Test Trust'],
    ['Ticker Symbol:', 'TST'],
    ['Holdings:', 'As of 18-Nov-2025'],
    [],
    ['Name', 'Ticker', 'Identifier', 'SEDOL', 'Weight', 'Sector', 'Shares Held', 'Local Currency'],
    ['NVIDIA CORP', 'NVDA', '67066G104', '2379504', '95.5', '-', '293804757', 'USD'],
  ]
  const qqq = [
    ['Fund Ticker', 'Security Identifier', 'Holding Ticker', 'Weight', 'Name', 'Class of Shares', 'Sector', 'Date'],
    ['TSU', '67066G104', 'NVDA ', '95.5', 'NVIDIA Corp', 'Common Stock', 'Information Technology', '11/18/2025'],
  ]
  const ark = [
    ['date', 'fund', 'company', 'ticker', 'cusip', 'shares', 'market value($)', 'weight(%)'],
    ['11/18/2025', 'TSV', 'NVIDIA CORP', 'NVDA UW', '67066G104', '4,125,293', '727,247', '95.5'],
  ]
  const folder = await write({
    'a.csv': csv(spy, { separator: ';', width: 9 }),
    'b.csv': csv(qqq, { width: 12 }),
    'c.csv': csv(ark, { separator: '\t' }),
    'd.xlsx': workbook({ Sheet1: ark.map((row) => row.map((cell) => (cell === 'TSV' ? 'TSW' : cell === '11/18/2025' ? new Date(`${day}T00:00:00Z`) : cell))) }),
  })
  const { files } = await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'others' })
  expect(files.map((file) => [file.universe, file.format, file.as_of, file.status])).toEqual([
    ['TST', 'state_street', day, 'loaded'],
    ['TSU', 'invesco', day, 'loaded'],
    ['TSV', 'ark', day, 'loaded'],
    ['TSW', 'ark', day, 'loaded'],
  ])
  for (const fund of ['TST', 'TSU', 'TSV', 'TSW'])
    expect(await membersOf(fund, 'others')).toMatchObject([{ symbol: 'NVDA', weight: 95.5 }])
}) // prettier-ignore

test('a format is a row: an operator adds one, and of two that fit the one with more header cells is meant', async () => {
  await db.query(
    `INSERT INTO issuer_formats (name, issuer, headers, columns, fund_pattern)
     VALUES ('little', 'Little', '{code,part}', '{"symbol": ["code"], "weight": ["part"]}', '^Fund: (\\w+)'),
       ('little_more', 'Little', '{code,part,branch}', '{"symbol": ["code"], "weight": ["part"], "sector": ["branch"]}', '^Fund: (\\w+)')`,
  )
  const folder = await write({
    'one.csv': 'Fund: lit\nPart|Code\n99|NVDA\n',
    'two.csv': 'Fund: lix\nCode|Part|Branch\nNVDA|99|Chips\n',
  })
  const { files } = await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'little' })
  expect(files.map((file) => [file.universe, file.format])).toEqual([['LIT', 'little'], ['LIX', 'little_more']])
  expect(await membersOf('LIX', 'little')).toEqual([{ symbol: 'NVDA', weight: 99, line: 3, sector: 'Chips' }])
  await db.query(`DELETE FROM issuer_formats WHERE name LIKE 'little%'`)
}) // prettier-ignore

async function write(files: Record<string, string | Buffer>): Promise<string> {
  const folder = await writeFiles(files)
  folders.push(folder)
  return folder
}

async function loadFixture(name: string): Promise<FileResult> {
  const folder = await temporaryFolder()
  folders.push(folder)
  const source = join(packageRoot, 'test', 'load', 'fixtures', name)
  expect(readFileSync(source, 'utf8')).toContain('SEDOL')
  copyFileSync(source, join(folder, name))
  return resultOf(await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'vanguard' }), name)
}

async function membersOf(fund: string, environment: string): Promise<unknown[]> {
  return db.query(
    `SELECT m.symbol, m.weight::float8 AS weight, (m.metadata ->> 'line')::integer AS line, m.metadata ->> 'sector' AS sector
     FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     WHERE g.name = $1 AND g.type = 'ETF' AND g.environment = $2 ORDER BY m.symbol COLLATE "C"`,
    [fund, environment],
  )
}
