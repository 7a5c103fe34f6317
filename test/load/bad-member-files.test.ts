import { symlinkSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../src/load/file-problem.js'
import type { LoadKind } from '../../src/load/kinds.js'
import type { LoadResult } from '../../src/load/result.js'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { loadInto, members, resultOf, writeFiles, type Files } from './files.js'

const db = await testDatabase(import.meta.url)
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

let count = 0

interface BadFile {
  kind?: LoadKind
  /** The bad file. */
  file: string
  content: string | Buffer
  problem: Partial<Problem>
  /** Named alone, since a directory lists *.csv only. */
  alone?: boolean
}

const header = 'symbol,weight\n'
const remedy = (pattern: RegExp): string => expect.stringMatching(pattern) as string
const tooManyLines = Array.from({ length: 1300 }, (_, index) => `S${index},0.01`)
tooManyLines[1201] = 'S1201,abc'

const BAD: Record<string, BadFile> = {
  'a fund in upper case': {
    file: 'BAD_holdings.csv',
    content: `${header}AAPL,5\n`,
    problem: { message: 'not the name of a holdings file', remedy: 'Rename it to bad_holdings.csv.' },
  },
  'a fund without _holdings': {
    file: 'bad.csv',
    content: `${header}AAPL,5\n`,
    problem: { message: 'not the name of a holdings file', remedy: 'Rename it to bad_holdings.csv.' },
  },
  'a universe in upper case': {
    kind: 'universes',
    file: 'Bad List.csv',
    content: 'symbol\nAAPL\n',
    problem: { message: 'not the name of a universe file', remedy: 'Rename it to bad_list.csv.' },
  },
  'another extension': {
    file: 'bad_holdings.txt',
    content: header,
    problem: { message: 'the name does not end in .csv, .csv.gz or .xlsx' },
    alone: true,
  },
  'an empty file': {
    file: 'bad_holdings.csv',
    content: '',
    problem: { message: 'the file is empty', remedy: remedy(/again/) },
  },
  'blank lines only': {
    file: 'bad_holdings.csv',
    content: ' \r\n\n',
    problem: { message: 'the file is empty' },
  },
  'no symbol column': {
    file: 'bad_holdings.csv',
    content: 'isin,weight\nUS0378331005,5\n',
    problem: { message: 'the header belongs to no known format', line: 1, value: 'isin, weight' },
  },
  'a list under another heading': {
    kind: 'universes',
    file: 'bad.csv',
    content: 'isin,name\nUS0378331005,Apple\n',
    problem: { message: 'the header has no column symbol', line: 1, value: 'isin,name' },
  },
  'a ticker that a spreadsheet took for a date': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\n2-Dec,1\n`,
    problem: {
      message: 'a spreadsheet program has turned the symbol into a date or number',
      line: 3,
      value: '2-DEC',
    },
  },
  'a ticker that it took for a day': {
    kind: 'universes',
    file: 'bad.csv',
    content: 'symbol\n5/1/2025\n',
    problem: {
      message: 'a spreadsheet program has turned the symbol into a date or number',
      line: 2,
      value: '5/1/2025',
    },
  },
  'a ticker that it took for a number': {
    kind: 'universes',
    file: 'bad.csv',
    content: 'symbol\nAAPL\n2.00E+03\n',
    problem: {
      message: 'a spreadsheet program has turned the symbol into a date or number',
      line: 3,
      value: '2.00E+03',
    },
  },
  'an empty first line': {
    file: 'bad_holdings.csv',
    content: `\n${header}AAPL,5\n`,
    problem: { message: 'the header belongs to no known format', line: 2, value: 'symbol, weight' },
  },
  'semicolons instead of commas': {
    file: 'bad_holdings.csv',
    content: 'symbol;weight\nAAPL;5\n',
    problem: { line: 1, value: 'symbol;weight', remedy: 'Separate the columns with commas.' },
  },
  'a column twice': {
    file: 'bad_holdings.csv',
    content: 'symbol,weight,Weight\nAAPL,5,5\n',
    problem: { message: 'the header names the column weight twice', line: 1, column: 'weight' },
  },
  'more columns than any list has': {
    file: 'bad_holdings.csv',
    content: `symbol,weight${',x'.repeat(200)}\nAAPL,5${',1'.repeat(200)}\n`.replace(/,x/g, () => `,c${(count += 1)}`),
    problem: { message: 'the header names 202 columns, at most 200 may be', line: 1 },
  },
  'a line break in one of many unknown columns': {
    file: 'bad_holdings.csv',
    content: 'symbol,weight,a,b,c,d,e,f,g,h,i,j\nAAPL,5,1,2,3,4,5,6,7,8,9,"x\ny"\n',
    problem: { message: 'a line break in a value', line: 2 },
  },
  'fewer values than many columns': {
    file: 'bad_holdings.csv',
    content: 'symbol,weight,a,b,c,d,e,f,g,h,i,j\nAAPL,5,1,2,3,4,5,6,7,8,9,1\nMSFT,6\n',
    problem: { message: 'fewer columns than the header', line: 3 },
  },
  'an unclosed quote in the header': {
    file: 'bad_holdings.csv',
    content: 'symbol,"weight\nAAPL,5\n',
    problem: { message: 'a quote in the header is never closed', line: 1 },
  },
  'UTF-16, little endian': {
    file: 'bad_holdings.csv',
    content: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${header}AAPL,5\n`, 'utf16le')]),
    problem: { message: 'the file is UTF-16', line: 1, remedy: remedy(/UTF-8/) },
  },
  'UTF-16, big endian': {
    file: 'bad_holdings.csv',
    content: Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(`${header}AAPL,5\n`, 'utf16le').swap16()]),
    problem: { message: 'the file is UTF-16' },
  },
  'UTF-16 without a mark': {
    file: 'bad_holdings.csv',
    content: Buffer.from(`${header}AAPL,5\n`, 'utf16le'),
    problem: { message: 'the file is UTF-16' },
  },
  'Latin-1': {
    file: 'bad_holdings.csv',
    content: Buffer.from('symbol,name\nAAPL,Apple\nNSRGY,Nestlé SA\n', 'latin1'),
    problem: { message: 'not UTF-8', line: 3, value: remedy(/^0xe9/), remedy: 'Save the file as UTF-8.' },
  },
  'a quote never closed': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\n"MSFT,4\nNVDA,3\n`,
    problem: {
      message: 'a quote is opened and never closed',
      line: 3,
      remedy: 'Close or remove it.',
    },
  },
  'a quoted line break in a symbol': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\n"MSFT\nNVDA",3\nX Y,1\n`,
    problem: { message: 'not a ticker symbol', line: 3, column: 'symbol', value: 'MSFT\nNVDA' },
  },
  'a quoted line break in a column that nothing reads': {
    file: 'bad_holdings.csv',
    content: `symbol,weight,name\nAAPL,5,"Apple\nInc"\nX Y,1,Z\n`,
    problem: { message: 'a line break in a value', line: 2, value: 'Apple\nInc', more: 1 },
  },
  'a NUL byte': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nMS\0FT,4\n`,
    problem: { message: 'a NUL byte', line: 3, remedy: remedy(/damaged/) },
  },
  'a line of 10 MB': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\n${'X'.repeat(10_000_000)},4\n`,
    problem: { message: 'the line is longer than 1 MiB', line: 3 },
  },
  'a first line of 10 MB': {
    file: 'bad_holdings.csv',
    content: 'X'.repeat(10_000_000),
    problem: { message: 'the first line is longer than 64 KiB', line: 1 },
  },
  'more columns than the header': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nBRK,B,4\n`,
    problem: {
      message: 'more columns than the header', line: 3, value: 'BRK,B,4',
      remedy: 'Every line needs 2 values; put a value that contains a comma in double quotes.',
    },
  },
  'fewer columns than the header': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nMSFT\n`,
    problem: { message: 'fewer columns than the header', line: 3, value: 'MSFT' },
  },
  'an empty line amid the rows': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\n\nMSFT,4\n`,
    problem: { message: 'an empty line amid the rows', line: 3, remedy: 'Delete the line.' },
  },
  'an empty line amid a list': {
    kind: 'universes',
    file: 'bad.csv',
    content: 'symbol\nAAPL\n\nMSFT\n',
    problem: { message: 'the symbol is empty', line: 3, column: 'symbol' },
  },
  'mixed line ends': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nMSFT,4\r\nNVDA,3\n`,
    problem: { message: 'the line ends differently from the first one', line: 3, remedy: remedy(/LF/) },
  },
  'an end-of-data marker that would hide rows': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\n\\.\nMSFT,4\n`,
    problem: { message: 'a line that says \\. only', line: 3, value: '\\.' },
  },
  'an end-of-data marker at the end': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\n\\.`,
    problem: { message: 'a line that says \\. only', line: 3 },
  },
  'an empty symbol': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\n,4\n`,
    problem: { message: 'the symbol is empty', line: 3, column: 'symbol' },
  },
  'something else in the symbol column': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nApple Inc,4\n`,
    problem: { message: 'not a ticker symbol', line: 3, column: 'symbol', value: 'APPLE INC' },
  },
  'a symbol longer than the column': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nABCDEFGHIJKLMNOPQRSTU,4\n`,
    problem: {
      message: 'not a ticker symbol', line: 3, column: 'symbol', value: 'ABCDEFGHIJKLMNOPQRSTU',
      remedy: remedy(/at most 20/),
    },
  },
  'a symbol twice': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nMSFT,4\naapl ,3\n`,
    problem: {
      message: 'the symbol already appears on line 2', line: 4, column: 'symbol', value: 'AAPL',
      remedy: 'Keep one line per symbol.',
    },
  },
  'a weight that is text': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nMSFT,abc\nNVDA,def\n`,
    problem: {
      message: 'the weight is not a number from 0 to 100', line: 3, column: 'weight', value: 'abc', more: 1,
      remedy: 'Weights are percent of the fund: 6.5 or 6.5% for 6.5 percent.',
    },
  },
  'a weight that is NaN': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nMSFT,NaN\n`,
    problem: { message: 'the weight is not a number from 0 to 100', line: 3, value: 'NaN' },
  },
  'a negative weight': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nMSFT,-0.5\n`,
    problem: { message: 'the weight is not a number from 0 to 100', line: 3, value: '-0.5' },
  },
  'a weight over 100': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nMSFT,100.1\n`,
    problem: { message: 'the weight is not a number from 0 to 100', line: 3, value: '100.1' },
  },
  'a weight far over 100': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,1e99\n`,
    problem: { message: 'the weight is not a number from 0 to 100', line: 2, value: '1e99' },
  },
  'a missing weight': {
    file: 'bad_holdings.csv',
    content: `${header}AAPL,5\nMSFT,\n`,
    problem: { message: 'the weight is missing', line: 3, column: 'weight' },
  },
  'a gzip that ends early': {
    file: 'bad_holdings.csv.gz',
    content: gzipSync(header + tooManyLines.join('\n')).subarray(0, 2000),
    problem: { message: 'the gzip data ends early', remedy: remedy(/again/) },
    alone: true,
  },
  'a gzip that is none': {
    file: 'bad_holdings.csv.gz',
    content: `${header}AAPL,5\n`,
    problem: { message: remedy(/gzip data is damaged/) },
    alone: true,
  },
  'a gzip without the extension': {
    file: 'bad_holdings.csv',
    content: gzipSync(`${header}AAPL,5\n`),
    problem: { message: 'the file is compressed', remedy: remedy(/\.csv\.gz/) },
  },
  'a workbook saved as .csv': {
    file: 'bad_holdings.csv',
    content: Buffer.from('PK\u0003\u0004 and so on', 'latin1'),
    problem: { message: 'the file is a spreadsheet or ZIP archive', remedy: remedy(/ends in \.xlsx/) },
  },
  'an error page saved as .csv': {
    file: 'bad_holdings.csv',
    content: '\n <!DOCTYPE html>\n<html><body>403 Forbidden</body></html>\n',
    problem: { message: 'the file is a web page, not CSV', line: 1 },
  },
  'a bad line 1,203': {
    file: 'bad_holdings.csv',
    content: header + tooManyLines.join('\n'),
    problem: { message: 'the weight is not a number from 0 to 100', line: 1203, column: 'weight', value: 'abc' },
  },
} // prettier-ignore

const GOOD: Record<string, Files> = {
  etfs: { 'good_holdings.csv': `${header}AAPL,60\nMSFT,39\n` },
  universes: { 'good.csv': 'symbol\nAAPL\nMSFT\n' },
}

describe.each(Object.entries(BAD))('%s', (name, { kind = 'etfs', file, content, problem, alone }) => {
  const good = kind === 'etfs' ? 'GOOD' : 'good'

  async function paths(): Promise<string[]> {
    const folder = await writeFiles({ [file]: content, ...GOOD[kind] })
    folders.push(folder)
    return alone ? [`${folder}/${file}`, `${folder}/${Object.keys(GOOD[kind]!)[0]}`] : [folder]
  }

  test('is refused with its reason, and the other file is loaded', async () => {
    const given = ['load', kind, ...(await paths()), '--json', '--environment', name]
    const { code, stdout, stderr } = await runCli(given, { env: { DATABASE_URL: db.url } })
    expect(stderr).toBe('')
    const result = JSON.parse(stdout) as LoadResult
    expect(resultOf(result, file)).toMatchObject({ status: 'rejected', problem })
    expect(Object.keys(resultOf(result, file).problem ?? {})).toContain('remedy')
    expect(await members(db, name)).toEqual({ [good]: ['AAPL', 'MSFT'] })
    expect(code).toBe(1)
    expect(await db.query('SELECT file FROM staged_files UNION ALL SELECT file FROM staged_members')).toEqual(
      [],
    )
  })

  test('keeps everything out with --strict', async () => {
    const environment = `${name}, strict`
    const result = await loadInto(db, { kind, paths: await paths(), strict: true, environment })
    expect(result.total_changes).toBe(0)
    expect(result.files.map(({ status }) => status).sort()).toEqual(['held', 'rejected'])
    expect(await members(db, environment)).toEqual({})
    const loaded = await db.query('SELECT name FROM loaded_files WHERE environment = $1', [environment])
    expect(loaded).toEqual([])
  })
})

test('a file that nobody may read, or that is gone by the time it is read, is refused', async () => {
  const folder = await writeFiles({ ...GOOD['etfs'] })
  folders.push(folder)
  symlinkSync(`${folder}/nowhere`, `${folder}/bad_holdings.csv`)
  const result = await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'unreadable' })
  expect(resultOf(result, 'bad_holdings.csv')).toMatchObject({
    status: 'rejected',
    problem: { message: 'the file cannot be read (ENOENT)' },
  })
  expect(await members(db, 'unreadable')).toEqual({ GOOD: ['AAPL', 'MSFT'] })
})

test('a file that changes after its checksum was taken is refused', async () => {
  const names = ['a_holdings.csv', 'z_holdings.csv']
  const folder = await writeFiles(Object.fromEntries(names.map((name) => [name, `${header}AAPL,90\n`])))
  folders.push(folder)
  const result = await loadInto(db, {
    kind: 'etfs',
    paths: [folder],
    environment: 'changing',
    onProgress: () => writeFileSync(`${folder}/z_holdings.csv`, `${header}MSFT,91.5\n`),
  })
  expect(resultOf(result, 'z_holdings.csv').problem?.message).toBe('the file changed while it was read')
  expect(await members(db, 'changing')).toEqual({ A: ['AAPL'] })
})
