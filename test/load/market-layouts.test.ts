import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { FileResult } from '../../src/load/result.js'
import { removeFolder, testDatabase } from '../support/index.js'
import { loadInto, writeFiles, type Files } from './files.js'

const db = await testDatabase(import.meta.url)
const folder = await writeFiles({})
afterAll(() => removeFolder(folder))

const lines = (...rows: string[]): string => rows.join('\n') + '\n'
const WANTED = [
  { symbol: 'KO', date: '2026-08-19', close: 61.5, volume: '1000' },
  { symbol: 'KO', date: '2026-08-20', close: 62.25, volume: '2000' },
]

const PRICES: Record<string, Files> = {
  'canonical': { 'p.csv': lines('symbol,date,close,volume', 'KO,2026-08-19,61.5,1000', 'KO,2026-08-20,62.25,2000') },
  'Yahoo, symbol in the name': { 'KO.csv': lines('Date,Open,High,Low,Close,Adj Close,Volume', '2026-08-19,1,2,1,61.5,60,1000', '2026-08-20,1,2,1,62.25,61,2000') },
  'pandas, timestamps and floats': { 'ko_prices.csv': lines('Date,Open,High,Low,Close,Volume,Dividends,Stock Splits', '2026-08-19 00:00:00-04:00,1.0,2.0,1.0,61.5,1000.0,0.0,0.0', '2026-08-20 00:00:00-04:00,1.0,2.0,1.0,62.25,2000.0,0.0,0.0') },
  'yfinance with three header lines': { 'download.csv': lines('Price,Adj Close,Close,High,Low,Open,Volume', 'Ticker,KO,KO,KO,KO,KO,KO', 'Date,,,,,,', '2026-08-19,60,61.5,2,1,1,1000', '2026-08-20,60,62.25,2,1,1,2000') },
  'the same with CR LF': { 'download.csv': ['Price,Close,High,Low,Open,Volume', 'Ticker,KO,KO,KO,KO,KO', 'Date,,,,,', '2026-08-19,61.5,2,1,1,1000', '2026-08-20,62.25,2,1,1,2000', ''].join('\r\n') },
  'Stooq, all symbols': { 'd_us.txt': lines('<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>', 'KO.US,D,20260819,000000,1,2,1,61.5,1000,0', 'KO.US,D,20260820,000000,1,2,1,62.25,2000,0', '7203.JP,D,20260820,000000,1,2,1,9,2000,0') },
  'Stooq, symbol in the name': { 'ko_us_d.csv': lines('Date,Open,High,Low,Close,Volume', '2026-08-19,1,2,1,61.5,1000', '2026-08-20,1,2,1,62.25,2000') },
  'Tiingo': { 't.csv': lines('ticker,date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor', 'ko,2026-08-19T00:00:00.000Z,61.5,2,1,1,1000,1,1,1,1,1.0,0.0,1.0', 'ko,2026-08-20T00:00:00.000Z,62.25,2,1,1,2000,1,1,1,1,1.0,0.0,1.0') },
  'Alpha Vantage': { 'daily_KO.csv': lines('timestamp,open,high,low,close,volume', '2026-08-20,1,2,1,62.25,2000', '2026-08-19,1,2,1,61.5,1000') },
  'days without trading': { 'KO.csv': lines('Date,Open,High,Low,Close,Adj Close,Volume', '2026-08-18,null,null,null,null,null,null', '2026-08-19,1,2,1,61.5,60,1000', '2026-08-20,1,2,1,62.25,61,2000') },
  'the separator of Excel': { 'p.csv': '\ufeff' + lines('sep=;', 'symbol;date;close;volume', 'KO;2026-08-19;61.5;1000', 'KO;2026-08-20;62.25;2000') },
} // prettier-ignore

describe('prices', () => {
  test.each(Object.entries(PRICES))('%s', async (_name, files) => {
    await db.query('TRUNCATE ohlcv_daily')
    const [file] = await loadFiles('prices', files)
    expect(file).toMatchObject({ status: 'loaded' })
    expect(await prices()).toEqual(WANTED)
  })

  test('rows left out are said', async () => {
    const [stooq] = await loadFiles('prices', PRICES['Stooq, all symbols']!)
    expect(stooq!.warnings).toEqual(['1 rows of other markets left out: 7203.JP'])
    const [yahoo] = await loadFiles('prices', PRICES['days without trading']!)
    expect(yahoo!.warnings).toEqual(['1 rows without a price left out, the first on line 2'])
  })

  test.each([
    ['data.csv', lines('Date,Close', '2026-08-19,1'), { message: 'neither the file nor its name says which symbol the prices are of', line: 1 }],
    ['x.csv', lines('Price,Close,Close', 'Ticker,KO,PEP', 'Date,,', '2026-08-19,1,2'), { message: 'the prices of 2 symbols stand side by side', line: 2, value: 'KO, PEP' }],
    ['KO.csv', lines('Date,Close', '2026-08-19,1', '2026-08-20 02:30:00+00:00,1'), { message: 'not a date', line: 3, value: '2026-08-20 02:30:00+00:00' }],
    ['KO.csv', lines('Date,Close', '2026-08-19 09:30:00-04:00,1', '2026-08-19 10:30:00-04:00,1'), { message: 'this symbol and date already appear on line 2 of KO.csv', line: 3 }],
    ['KO.csv', lines('Price,Close', 'Ticker,KO', 'Date,', '2026-08-19,x'), { message: 'not a price', line: 4, value: 'x' }],
    ['m.txt', lines('<TICKER>,<PER>,<DATE>,<TIME>,<CLOSE>', 'KO.US,5,20260819,153000,1'), { message: 'not a daily price', line: 2, value: '5' }],
  ])('%s, %j, is refused', async (name, content, problem) => {
    const [file] = await loadFiles('prices', { [name]: content })
    expect(file).toMatchObject({ status: 'rejected', problem })
  })
}) // prettier-ignore

describe('symbols', () => {
  beforeEach(() => db.query('TRUNCATE symbols CASCADE'))

  test('the Nasdaq screener', async () => {
    await loadFiles('symbols', { 's.csv': lines('symbol,type,primary_exchange', 'BRK.B,CS,XNYS') })
    const [file] = await loadFiles('symbols', { 'nasdaq_screener_1790000000000.csv': lines(
      'Symbol,Name,Last Sale,Net Change,% Change,Market Cap,Country,IPO Year,Volume,Sector,Industry',
      'BRK/B,Berkshire Hathaway Inc.,$503.24,4.96,3.35%,1093933303969.00,United States,,17446091,Finance,Insurance',
      'BAC^K,Bank of America Depositary Shares,$23.24,4.96,3.35%,0.00,United States,,17446091,,',
      'RAC/WS,Rac Warrants,$1.24,4.96,3.35%,2.65677E+12,United States,2020,17446091,Finance,Blank Checks',
      'ECC ,Eagle Point Credit,$1.24,4.96,3.35%,,United States,2020,17446091,Finance,Blank Checks',
    ) })
    expect(file).toMatchObject({ status: 'loaded', rows: 4 })
    expect(await symbols()).toEqual([
      { symbol: 'BAC^K', type: null, primary_exchange: null, market_cap: null },
      { symbol: 'BRK.B', type: 'CS', primary_exchange: 'XNYS', market_cap: '1093933303969' },
      { symbol: 'ECC', type: null, primary_exchange: null, market_cap: null },
      { symbol: 'RAC.WS', type: null, primary_exchange: null, market_cap: '2656770000000' },
    ])
  })

  test('the directory of Nasdaq Trader', async () => {
    await loadFiles('symbols', { 's.csv': lines('symbol,type,primary_exchange', 'A,CS,XNAS') })
    const rows = [
      'Nasdaq Traded|Symbol|Security Name|Listing Exchange|Market Category|ETF|Round Lot Size|Test Issue|Financial Status|CQS Symbol|NASDAQ Symbol|NextShares',
      'Y|A|Agilent Technologies, Inc. Common Stock|N| |N|100|N||A|A|N',
      'Y|AAAU|Goldman Sachs "Physical Gold ETF Shares|Z| |Y|100|N||AAAU|AAAU|N',
      'Y|BAC$K|Bank of America Preferred|N| |N|100|N||BACpK|BAC-K|N',
      'Y|RAC.W|Rac Inc. Warrants|N| |N|100|N||RAC.WS|RAC+|N',
      'Y|ZVZZT|NASDAQ TEST STOCK|Q|G|N|100|Y|N||ZVZZT|N',
    ]
    const whole = [...rows, 'File Creation Time: 0512202609:17|||||', ''].join('\r\n')
    const [file] = await loadFiles('symbols', { 'nasdaqtraded.txt': whole })
    expect(file).toMatchObject({ status: 'loaded', rows: 4 })
    expect(file!.warnings).toContain('1 test symbols left out: ZVZZT')
    expect(await symbols()).toEqual([
      { symbol: 'A', type: 'CS', primary_exchange: 'XNYS', market_cap: null },
      { symbol: 'AAAU', type: 'ETF', primary_exchange: 'BATS', market_cap: null },
      { symbol: 'BAC^K', type: null, primary_exchange: 'XNYS', market_cap: null },
      { symbol: 'RAC.WS', type: null, primary_exchange: 'XNYS', market_cap: null },
    ])
    const [cut] = await loadFiles('symbols', { 'nasdaqtraded.txt': rows.slice(0, 3).join('\r\n') })
    expect(cut).toMatchObject({ status: 'rejected', problem: { message: 'the last line, File Creation Time, is missing' } })
  })

  test('floats of pandas, and more columns than anybody reads', async () => {
    const [file] = await loadFiles('symbols', { 's.csv': lines(
      'a,symbol,b,type,c,market_cap,d,sic_code,e,f,g,h,i,j,k',
      '1,KO,2,CS,3,3000000000000.00,4,3571.0,5,6,7,8,9,10,11',
      '1,PEP,2,CS,3,,4,,5,6,7,8,9,10,11',
    ) })
    expect(file).toMatchObject({ status: 'loaded', rows: 2 })
    expect(await symbols()).toEqual([
      { symbol: 'KO', type: 'CS', primary_exchange: null, market_cap: '3000000000000' },
      { symbol: 'PEP', type: 'CS', primary_exchange: null, market_cap: null },
    ])
    expect(await db.query(`SELECT sic_code FROM symbols WHERE symbol = 'KO'`)).toEqual([{ sic_code: '3571' }])
    expect(await db.query('SELECT file FROM staged_wide')).toEqual([])
  })

  test('a fraction of a dollar is refused', async () => {
    const [file] = await loadFiles('symbols', { 's.csv': lines('symbol,market_cap', 'KO,30.55') })
    expect(file).toMatchObject({ status: 'rejected', problem: { column: 'market_cap', value: '30.55', line: 2 } })
  })
}) // prettier-ignore

async function loadFiles(kind: 'symbols' | 'prices', files: Files): Promise<FileResult[]> {
  await writeFiles(files, folder)
  const paths = Object.keys(files).map((name) => `${folder}/${name}`)
  return (await loadInto(db, { kind, paths, mode: 'full' })).files
}

function prices(): Promise<unknown[]> {
  return db.query(
    `SELECT symbol, to_char(date, 'YYYY-MM-DD') AS date, close::float8 AS close, volume::text AS volume FROM ohlcv_daily ORDER BY symbol, date`,
  )
}

function symbols(): Promise<unknown[]> {
  return db.query(
    `SELECT symbol, type, primary_exchange, market_cap::text AS market_cap FROM symbols ORDER BY symbol COLLATE "C"`,
  )
}
