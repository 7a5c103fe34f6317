import { afterAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../src/load/file-problem.js'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { loadInto, members, resultOf, writeFiles } from './files.js'
import { workbook } from '../support/workbook-file.js'

const db = await testDatabase(import.meta.url)
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

const ISHARES = 'Ticker,Name,Sector,Asset Class,Weight (%),Exchange\n'
const INVESCO = 'Fund Ticker,Security Identifier,Holding Ticker,Weight,Name,Date\n'
const ARK = 'date,fund,company,ticker,cusip,shares,weight (%)\n'
const NVDA = 'NVDA,NVIDIA,Tech,Equity,95,NASDAQ\n'
const containing = (pattern: RegExp): string => expect.stringMatching(pattern) as string

interface BadFile {
  file?: string
  content: string | Buffer
  problem: Partial<Problem>
}

const BAD: Record<string, BadFile> = {
  'a header of no format': {
    content: 'A fund\n\nSymbols,Company,Percent\nNVDA,NVIDIA,99\n',
    problem: {
      message: 'the header belongs to no known format', line: 3, value: 'symbols, company, percent',
      remedy: containing(/^Known are symbol,weight on line 1 and the downloads ark, [\w, ]* and \w+\. .*--columns/),
    },
  },
  'a header that lacks a cell of a format': {
    content: 'x,y,z,a,b,c,d,e\nTicker,Name,Sector,Asset Class,Share\nNVDA,NVIDIA,Tech,Equity,99\n',
    problem: {
      message: 'the header belongs to no known format', line: 2,
      remedy: containing(/ishares comes closest, but has weight \(%\), too\./),
    },
  },
  'a header on row 51': {
    content: 'line\n'.repeat(50) + ISHARES + NVDA,
    problem: { message: 'the header belongs to no known format' },
  },
  'a first line of 10 MB': {
    content: `${'X,'.repeat(5_000_000)}\n${ISHARES}${NVDA}`,
    problem: { message: 'the first line is longer than 64 KiB', line: 1 },
  },
  'a file of 20 MB': {
    content: ISHARES + NVDA + 'A,B,C,D,0,E\n'.repeat(1_700_000),
    problem: { message: 'the file is longer than 12 MiB' },
  },
  'more rows than any fund has': {
    content: ISHARES + NVDA + '\n'.repeat(120_000),
    problem: { message: 'the file has more than 100,000 rows' },
  },
  'a row of 3 MB': {
    content: `${ISHARES}${NVDA}${'AMD,'.repeat(750_000)}\n`,
    problem: { message: 'the line is longer than 1 MiB', line: 3 },
  },
  'a quote that spans 3 MB': {
    content: `${ISHARES}${NVDA}${'AMD,"\n",'.repeat(400_000)}\n`,
    problem: { message: 'a row is longer than 1 MiB', line: 3, remedy: containing(/quote/) },
  },
  'a fund in the content that is not the one in the name': {
    file: 'spy_holdings.csv',
    content: `${INVESCO}QQQ,6,NVDA,95,NVIDIA,09/24/2025\n`,
    problem: { message: 'the file is about QQQ, but its name says SPY', remedy: containing(/--etf QQQ/) },
  },
  'no fund at all': {
    file: 'download.csv',
    content: ISHARES + NVDA,
    problem: { message: 'neither the file nor its name says which fund it is about', remedy: containing(/--etf/) },
  },
  'rows of two funds': {
    content: `${ARK}11/18/2025,BAD,NVIDIA,NVDA,6,1,50%\n11/18/2025,ARKG,TESLA,TSLA,8,1,45%\n`,
    problem: { message: 'the file is about several funds', line: 3, value: 'ARKG' },
  },
  'rows of two days': {
    content: `${ARK}11/18/2025,BAD,NVIDIA,NVDA,6,1,50%\n11/19/2025,BAD,TESLA,TSLA,8,1,45%\n`,
    problem: { message: 'the file is about several days', line: 3, value: '11/19/2025' },
  },
  'a date that is none': {
    content: `Fund Holdings as of,"Tomorrow"\n${ISHARES}${NVDA}`,
    problem: { message: containing(/date/), value: 'Tomorrow' },
  },
  'a row with an unquoted comma': {
    content: `${ISHARES}${NVDA}TSLA,TESLA, INC,Auto,Equity,4,NASDAQ\n`,
    problem: { message: 'more columns than the header', line: 3, value: containing(/^TSLA/) },
  },
  'a row that is cut off': {
    content: `${ISHARES}${NVDA}TSLA,TESLA\n`,
    problem: { message: 'fewer columns than the header', line: 3, remedy: containing(/again/) },
  },
  'a quote never closed': {
    content: `${ISHARES}${NVDA}TSLA,"TESLA,Auto,Equity,4,NASDAQ\nAAPL,APPLE,Tech,Equity,1,NASDAQ\n`,
    problem: { message: 'a quote is opened and never closed', line: 3 },
  },
  'a quote never closed in the first cell': {
    content: `${ISHARES}${NVDA}"TSLA,TESLA,Auto,Equity,4,NASDAQ\nAAPL,APPLE,Tech,Equity,1,NASDAQ\n`,
    problem: { message: 'a quote is opened and never closed', line: 3 },
  },
  'an empty line amid the rows': {
    content: `${ISHARES}${NVDA}\nTSLA,TESLA,Auto,Equity,4.00,NASDAQ\n`,
    problem: { message: 'a row of the table after its end', line: 4, value: containing(/^TSLA/) },
  },
  'a quote that swallows a row': {
    content: `${ISHARES}${NVDA}TSLA,"TESLA,Auto,Equity,4,NASDAQ\nAAPL,APPLE",Tech,Equity,1,NASDAQ\n`,
    problem: { message: 'a line break in a value', line: 3 },
  },
  'a NUL byte': {
    content: `${ISHARES}${NVDA}TS\0LA,TESLA,Auto,Equity,4,NASDAQ\n`,
    problem: { message: 'a NUL byte', line: 3 },
  },
  'a weight that is text': {
    content: `${ISHARES}${NVDA}TSLA,TESLA,Auto,Equity,many,NASDAQ\n`,
    problem: { message: 'the weight is not a number from 0 to 100', line: 3, column: 'weight', value: 'many' },
  },
  'a missing weight': {
    content: `${ISHARES}${NVDA}TSLA,TESLA,Auto,Equity,,NASDAQ\n`,
    problem: { message: 'the weight is missing', line: 3 },
  },
  'an empty workbook': {
    file: 'bad_holdings.xlsx',
    content: workbook({ Sheet1: [], Sheet2: [] }),
    problem: { message: 'the workbook is empty' },
  },
  'a workbook of something else': {
    file: 'bad_holdings.xlsx',
    content: workbook({ Sheet1: [['Date', 'Price'], ['2025-11-18', 1]] }),
    problem: { message: 'the header belongs to no known format', line: 1, value: 'date, price' },
  },
  'a damaged workbook': {
    file: 'bad_holdings.xlsx',
    content: workbook({ Sheet1: [['Ticker', 'Weight']] }).subarray(0, 600),
    problem: { message: containing(/^the workbook is damaged/) },
  },
  'a CSV file that is called .xlsx': {
    file: 'bad_holdings.xlsx',
    content: ISHARES + NVDA,
    problem: { message: 'the file is not a workbook', remedy: containing(/\.csv/) },
  },
  'a workbook that is called .csv': {
    content: workbook({ Sheet1: [['Ticker', 'Weight']] }),
    problem: { message: 'the file is a spreadsheet or ZIP archive', remedy: containing(/\.xlsx/) },
  },
} // prettier-ignore

describe.each(Object.entries(BAD))('%s', (environment, { file = 'bad_holdings.csv', content, problem }) => {
  test('is refused with its reason, and the other file is loaded', async () => {
    const folder = await writeFiles({ [file]: content, 'good_holdings.csv': ISHARES + NVDA })
    folders.push(folder)
    const result = await loadInto(db, { kind: 'etfs', paths: [folder], environment })
    expect(resultOf(result, file)).toMatchObject({ status: 'rejected', problem })
    expect(Object.keys(resultOf(result, file).problem ?? {})).toContain('remedy')
    expect(await members(db, environment)).toEqual({ GOOD: ['NVDA'] })
    expect(await db.query('SELECT file FROM staged_files UNION ALL SELECT file FROM staged_members')).toEqual(
      [],
    )
  })
})

test('two files about one fund: the first is loaded, the other refused', async () => {
  const row = (fund: string): string => `${INVESCO}${fund},6,NVDA,95,NVIDIA,09/24/2025\n`
  const folder = await writeFiles({ 'a.csv': row('TST'), 'b.csv': row('TST') })
  folders.push(folder)
  const result = await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'twice' })
  expect(result.files).toMatchObject([
    { name: 'a.csv', status: 'loaded', universe: 'TST' },
    { name: 'b.csv', status: 'rejected', problem: { message: 'TST is stated by a.csv already' } },
  ])
})

test('a pattern that is no regular expression is an error that names the row', async () => {
  const folder = await writeFiles({ 'good_holdings.csv': ISHARES + NVDA })
  folders.push(folder)
  await db.query(`UPDATE issuer_formats SET fund_pattern = '(' WHERE name = 'ishares'`)
  const { code, stderr } = await runCli(['load', 'etfs', folder], { env: { DATABASE_URL: db.url } })
  expect(code).toBe(1)
  expect(stderr).toContain('fund_pattern of the issuer format ishares is no regular expression: (')
  expect(stderr).toContain('remedy: Correct the row: UPDATE universes.issuer_formats SET fund_pattern = ...')
  await db.query(`UPDATE issuer_formats SET fund_pattern = NULL WHERE name = 'ishares'`)
})
