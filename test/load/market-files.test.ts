import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../src/load/file-problem.js'
import { removeFolder, testDatabase } from '../support/index.js'
import { loadInto, resultOf, writeFiles } from './files.js'

const db = await testDatabase(import.meta.url)
const folder = await writeFiles({})
afterAll(() => removeFolder(folder))

const prices = 'symbol,date,open,high,low,close,volume\n'
const symbols = 'symbol,name,type,active,market_cap,weighted_shares_outstanding,list_date,sic_code\n'

const BAD_PRICES: [string, string, Partial<Problem>][] = [
  ['no close column', 'symbol,date\nA,2026-01-02\n', { message: 'the header has no column close', line: 1 }],
  ['a header only', prices, { message: 'no row after the header' }],
  ['a symbol', `${prices}A B,2026-01-02,,,,1,\n`, { message: 'not a ticker symbol', line: 2, column: 'symbol', value: 'A B' }],
  ['a date in another order', `${prices}A,01/02/2026,,,,1,\n`, { message: 'not a date', line: 2, column: 'date', value: '01/02/2026' }],
  ['a date that does not exist', `${prices}A,2026-02-30,,,,1,\n`, { message: 'not a date', value: '2026-02-30' }],
  ['a day 0', `${prices}A,2026-02-00,,,,1,\n`, { message: 'not a date', value: '2026-02-00' }],
  ['a 31 April', `${prices}A,2026-04-31,,,,1,\n`, { message: 'not a date', value: '2026-04-31' }],
  ['no leap year', `${prices}A,2026-02-29,,,,1,\n`, { message: 'not a date', value: '2026-02-29' }],
  ['a price that is text', `${prices}A,2026-01-02,,,,1,\nB,2026-01-02,,n/a,,1,\n`, { message: 'not a price', line: 3, column: 'high', value: 'n/a' }],
  ['a negative price', `${prices}A,2026-01-02,-1,,,1,\n`, { message: 'not a price', line: 2, column: 'open', value: '-1' }],
  ['a close of zero', `${prices}A,2026-01-02,,,,0.00,\n`, { message: 'not a price', column: 'close', value: '0.00', remedy: 'Write a decimal number above 0.' }],
  ['no close', `${prices}A,2026-01-02,1,1,1,,\n`, { message: 'not a price', line: 2, column: 'close' }],
  ['a close that is NaN', `${prices}A,2026-01-02,,,,NaN,\n`, { message: 'not a price', value: 'NaN' }],
  ['a price too large to store', `${prices}A,2026-01-02,,,,1234567890123,\n`, { message: 'not a price', column: 'close' }],
  ['a volume with a fraction', `${prices}A,2026-01-02,,,,1,1.5\n`, { message: 'not a number of shares', column: 'volume', value: '1.5' }],
  ['a row twice', `${prices}A,2026-01-02,,,,1,\nB,2026-01-02,,,,1,\na,2026-01-02,,,,2,\n`, { message: 'this symbol and date already appear on line 2 of bad.csv', line: 4, value: 'A 2026-01-02' }],
] // prettier-ignore

const BAD_SYMBOLS: [string, string, Partial<Problem>][] = [
  ['no symbol column', 'ticker,name\nA,Agilent\n', { message: 'the header has no column symbol', line: 1 }],
  ['a header only', symbols, { message: 'no row after the header' }],
  ['an empty symbol', `${symbols},Agilent,CS,true,,,,\n`, { message: 'not a ticker symbol', line: 2, column: 'symbol' }],
  ['a type', `${symbols}A,Agilent,common stock,true,,,,\n`, { message: 'not a security type', line: 2, column: 'type', value: 'COMMON STOCK' }],
  ['neither true nor false', `${symbols}A,Agilent,CS,maybe,,,,\n`, { message: 'neither true nor false', column: 'active', value: 'maybe' }],
  ['a market cap in words', `${symbols}A,Agilent,CS,true,45B,,,\n`, { message: 'not an amount in whole US dollars', column: 'market_cap', value: '45B' }],
  ['negative shares', `${symbols}A,Agilent,CS,true,,-1,,\n`, { message: 'not a number of shares', column: 'weighted_shares_outstanding' }],
  ['a date', `${symbols}A,Agilent,CS,true,,,1999-1-1,\n`, { message: 'not a date', column: 'list_date', value: '1999-1-1' }],
  ['a SIC code', `${symbols}A,Agilent,CS,true,,,,38 26\n`, { message: 'not a SIC code', column: 'sic_code', value: '38 26' }],
  ['a name over two lines', `${symbols}A,"Agilent\nInc",CS,true,,,,\nB,Barnes,CS,maybe,,,,\n`, { message: 'a line break in the value', line: 2, column: 'name', more: 1 }],
  ['a symbol twice', `${symbols}A,Agilent,CS,true,,,,\nB,Barnes,CS,true,,,,\nA,Agilent,CS,true,,,,\n`, { message: 'the symbol already appears on line 2 of bad.csv', line: 4, value: 'A' }],
] // prettier-ignore

describe.each([
  ['prices', BAD_PRICES, `${prices}GOOD,2026-01-02,1,2,0.5,1.5,100\n`, 'ohlcv_daily'],
  ['symbols', BAD_SYMBOLS, `${symbols}GOOD,Good,CS,true,,,,\n`, 'symbols'],
] as const)('a file of %s with', (kind, cases, good, table) => {
  test.each(cases)('%s is refused, the other one is loaded', async (_name, content, problem) => {
    await db.query(`TRUNCATE ${table}`)
    await writeFiles({ 'bad.csv': content, 'good.csv': good }, folder)
    const paths = [`${folder}/bad.csv`, `${folder}/good.csv`]
    const strict = await loadInto(db, { kind, paths, mode: 'full', strict: true })
    expect(strict.files.map(({ status }) => status)).toEqual(['rejected', 'held'])
    expect(await db.query(`SELECT symbol FROM ${table}`)).toEqual([])

    const result = await loadInto(db, { kind, paths, mode: 'full' })
    expect(resultOf(result, 'bad.csv')).toMatchObject({ status: 'rejected', problem })
    expect(resultOf(result, 'good.csv')).toMatchObject({ status: 'loaded', rows: 1 })
    expect(result.changes).toEqual({ inserted: 1, updated: 0 })
    expect(await db.query(`SELECT symbol FROM ${table}`)).toEqual([{ symbol: 'GOOD' }])
  })
})

test('a row in two files rejects the later file, with the line of both', async () => {
  await db.query('TRUNCATE ohlcv_daily')
  const filler = Array.from(
    { length: 20 },
    (_, day) => `F,2026-01-${String(day + 1).padStart(2, '0')},,,,1,\n`,
  )
  await writeFiles(
    {
      'one.csv': `${prices}${filler.join('')}A,2026-01-02,,,,1,\n`,
      'two.csv': `${prices}B,2026-01-02,,,,1,\nA,2026-01-02,,,,2,\n`,
    },
    folder,
  )
  const result = await loadInto(db, { kind: 'prices', paths: [`${folder}/one.csv`, `${folder}/two.csv`] })
  expect(resultOf(result, 'one.csv').status).toBe('loaded')
  expect(resultOf(result, 'two.csv')).toMatchObject({
    status: 'rejected',
    problem: { message: 'this symbol and date already appear on line 22 of one.csv', line: 3 },
  })
})

test('files of one name in two directories are told apart', async () => {
  await writeFiles(
    { 'a/p.csv': `${prices}A,2026-03-02,,,,1,\n`, 'b/p.csv': `${prices}B,2026-03-02,,,,1,\n` },
    folder,
  )
  const paths = [`${folder}/a/p.csv`, `${folder}/b/p.csv`]
  const first = await loadInto(db, { kind: 'prices', paths })
  expect(first.files.map(({ name, status }) => [name, status])).toEqual([
    ['p.csv', 'loaded'],
    [`${folder}/b/p.csv`, 'loaded'],
  ])
  const second = await loadInto(db, { kind: 'prices', paths })
  expect(second.files.map(({ status }) => status)).toEqual(['unchanged', 'unchanged'])
})

test('a gzip of prices that ends early is refused, the other file is loaded', async () => {
  await db.query('TRUNCATE ohlcv_daily')
  const rows = Array.from({ length: 200_000 }, (_, n) => `S${n},2026-01-02,,,,${(n * 7919) % 1000}.5,\n`)
  const whole = gzipSync(prices + rows.join(''))
  await writeFiles(
    { 'cut.csv.gz': whole.subarray(0, whole.length / 2), 'good.csv': `${prices}GOOD,2026-01-02,,,,1,\n` },
    folder,
  )
  const result = await loadInto(db, {
    kind: 'prices',
    paths: [`${folder}/cut.csv.gz`, `${folder}/good.csv`],
    mode: 'full',
  })
  expect(resultOf(result, 'cut.csv.gz').problem?.message).toBe('the gzip data ends early')
  expect(await db.query('SELECT symbol FROM ohlcv_daily')).toEqual([{ symbol: 'GOOD' }])
})
