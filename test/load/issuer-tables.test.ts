import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { LoadResult } from '../../src/load/result.js'
import { dataDir, removeFolder, testDatabase } from '../support/index.js'
import { loadInto, members, writeFiles, type Files } from './files.js'
import type { LoadOptions } from '../../src/load/load.js'

const db = await testDatabase(import.meta.url)
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

const lines = (...rows: string[]): string => rows.join('\n') + '\n'
const PREAMBLE = ['Sample ETF', 'Fund Holdings as of,"Jan 20, 2026"', '\u00a0']
const HEADER = 'Ticker,Name,Sector,Asset Class,Weight (%),Exchange'
const NVDA = '"NVDA","NVIDIA CORP","Tech","Equity","95.5","NASDAQ"'

describe('a file that holds its table twice', () => {
  test.skipIf(dataDir() === undefined)('the download of HEWU: the first table is read', async () => {
    const folder = await write({})
    copyFileSync(join(dataDir()!, 'formats', 'HEWU_holdings.csv'), join(folder, 'HEWU_holdings.csv'))
    const { files } = await load(folder, 'hewu', { force: true })
    expect(files[0]).toMatchObject({ status: 'loaded', format: 'ishares', as_of: '2023-01-20', rows: 1 })
    expect(files[0]!.warnings).toContain('the file holds its table twice: line 27 and below are left out, rows up to line 16 are read')
    expect(files[0]!.skipped_lines).toHaveLength(5)
  })

  test('without rows above the header', async () => {
    const { files } = await loadOne('TST_holdings.csv', lines(HEADER, NVDA, '', HEADER, NVDA), 'bare')
    expect(files[0]).toMatchObject({ status: 'loaded', rows: 1 })
    expect(files[0]!.warnings[0]).toMatch(/^the file holds its table twice: line 4 and below/)
  })

  test('under another title it is refused', async () => {
    const other = ['Other ETF', ...PREAMBLE.slice(1)]
    const { files } = await loadOne('TST_holdings.csv', lines(...PREAMBLE, HEADER, NVDA, '\u00a0', ...other, HEADER, NVDA), 'other')
    expect(files[0]).toMatchObject({
      status: 'rejected',
      problem: { message: 'a second table, under another title than the first', line: 10 },
    })
  })
}) // prettier-ignore

test('a line break within a name is a blank', async () => {
  const { files } = await loadOne('TST_holdings.csv', lines(HEADER, NVDA, '"BRKB","BERKSHIRE\nHATHAWAY, INC","Fin","Equity","4.25","NYSE"', '"F","FORD MOTOR","Auto","Equity","0.1","NYSE"'), 'break')
  expect(files[0]).toMatchObject({ status: 'loaded', rows: 3 })
  const [row] = await db.query(`SELECT metadata ->> 'line' AS line FROM group_memberships WHERE symbol = 'F'`)
  expect(row).toEqual({ line: '5' })
}) // prettier-ignore

test.each([
  ['a decimal comma beside points', '0,065'],
  ['thousands', '1,065'],
])('%s: the weight is refused', async (environment, weight) => {
  const rows = [NVDA, `"AAPL","APPLE INC","Tech","Equity","${weight}","NASDAQ"`]
  const { files } = await loadOne('TST_holdings.csv', lines(HEADER, ...rows), environment)
  expect(files[0]).toMatchObject({
    status: 'rejected',
    problem: { message: 'the weight is not a number from 0 to 100', line: 3, value: weight },
  })
})

test.each([
  ['marks', 'symbol,weight\nAAPL*,60\nMSFT†,39.5\n'],
  ['separator', 'sep=;\r\nsymbol;weight\r\nAAPL;60\r\nMSFT;39.5\r\n'],
  ['tab', '\ufeffsep=\t\nTicker\tWeight\nAAPL\t60\nMSFT\t39.5\n'],
  ['many', 'symbol,weight,a,b,c,d,e,f,g,h,i,j,k\nAAPL,60,1,2,3,4,5,6,7,8,9,10,11\nMSFT,39.5,,,,,,,,,,,\n'],
])('a canonical file with %s is read', async (environment, content) => {
  const { files } = await loadOne('spy_holdings.csv', content, environment)
  expect(files[0]).toMatchObject({ status: 'loaded', rows: 2 })
  expect(files[0]).not.toHaveProperty('format')
  expect(await members(db, environment)).toEqual({ SPY: ['AAPL', 'MSFT'] })
})

test('a list with a column symbol, other columns and no weights stays canonical', async () => {
  const { files } = await loadOne('spy_holdings.csv', 'symbol,name\nAAPL,Apple\n', 'list')
  expect(files[0]).toMatchObject({ status: 'loaded', rows: 1 })
  expect(files[0]).not.toHaveProperty('format')
})

describe('a file of several funds', () => {
  const BANK = 'Date,Account,StockTicker,CUSIP,SecurityName,Shares,Price,MarketValue,Weightings,NetAssets,SharesOutstanding,CreationUnits,MoneyMarketFlag'
  const bank = (fund: string, ticker: string, weight: string, date = '08/17/2026'): string =>
    `${date},${fund},${ticker},,${ticker} Inc,1,1,1,${weight},1,1,1,`
  const PRO = ['PORTFOLIO HOLDINGS INFORMATION,,,,', 'AS OF 9/18/2026,,,,', ',,,,',
    'Fund Ticker, Fund Name, Security Ticker, Security Sedol, Security Description, Coupon, Maturity Date, Shares/Contracts, Exposure Value (Notional + G/L), Market Value']

  test('each becomes a universe, and a second load changes nothing', async () => {
    const folder = await write({ 'all_funds.csv': lines(BANK, bank('ONE', 'NVDA', '60.5%'), bank('ONE', 'AAPL', '39%'), bank('TWO', 'MSFT', '98.25%')) })
    const { files } = await load(folder, 'bank')
    expect(files).toMatchObject([
      { name: 'all_funds.csv#ONE', universe: 'ONE', status: 'loaded', as_of: '2026-08-17', rows: 2 },
      { name: 'all_funds.csv#TWO', universe: 'TWO', status: 'loaded', rows: 1 },
    ])
    expect(await members(db, 'bank')).toEqual({ ONE: ['AAPL', 'NVDA'], TWO: ['MSFT'] })
    expect((await load(folder, 'bank')).files.map(({ status }) => status)).toEqual(['unchanged', 'unchanged'])

    await writeFiles({ 'all_funds.csv': lines(BANK, bank('ONE', 'NVDA', '99.5%', '08/18/2026'), bank('SIX', 'MSFT', '98.25%', '08/18/2026')) }, folder)
    const later = await load(folder, 'bank', { force: true })
    expect(later.files[0]!.warnings).toContain('all_funds.csv has no row about TWO any more: the members stay')
    expect(await members(db, 'bank')).toEqual({ ONE: ['NVDA'], SIX: ['MSFT'], TWO: ['MSFT'] })
  })

  test('a bad row refuses its fund only', async () => {
    const { files } = await loadOne('all.csv', lines(BANK, bank('ONE', 'NVDA', '99%'), bank('TWO', 'MSFT', 'x%'), bank('SIX', 'MSFT', '99%'), bank('SIX', 'AAPL', '1%', '08/18/2026')), 'bad')
    expect(files).toMatchObject([
      { universe: 'ONE', status: 'loaded' },
      { universe: 'TWO', status: 'rejected', problem: { line: 3, column: 'weight', value: 'x' } },
      { universe: 'SIX', status: 'rejected', problem: { line: 5, message: 'the file is about several days' } },
    ])
  })

  test('--etf picks one; a name that tells another fund is refused', async () => {
    const content = lines(BANK, bank('ONE', 'NVDA', '99%'), bank('TWO', 'MSFT', '99%'))
    const picked = await loadOne('all.csv', content, 'pick', { etf: 'two' })
    expect(picked.files).toMatchObject([{ name: 'all.csv#TWO', universe: 'TWO', status: 'loaded' }])
    const { files } = await loadOne('six_holdings.csv', content, 'pick')
    expect(files).toMatchObject([{ status: 'rejected', problem: { message: 'the file is about 2 funds (ONE, TWO), but its name says SIX' } }])
  })

  test('ProShares: weights are shares of the market value, cash counted', async () => {
    const { files } = await loadOne('psdlyhld.csv', lines(...PRO,
      '"ONE","ProShares One","NVDA","2379504","NVIDIA CORP",,,1079626,,1500000,',
      '"ONE","ProShares One","AAPL","2046251","APPLE INC",,,1079626,,480000.5,',
      '"ONE","ProShares One","","","NET OTHER ASSETS (LIABILITIES)",,,27861053,,19999.5,',
      '"ONE","ProShares One","","","US 10YR NOTE (CBT) BOND 21/DEC/2026 TYZ6 COMDTY",,,-1557,-164774390.6,,',
      '"TWO","ProShares Two","MSFT","2588173","MICROSOFT CORP",,,1714,,"175,276.6",',
    ), 'pro')
    expect(files).toMatchObject([
      { name: 'psdlyhld.csv#ONE', format: 'proshares', status: 'loaded', as_of: '2026-09-18', skipped: { cash: 1, 'no ticker': 1 } },
      { name: 'psdlyhld.csv#TWO', status: 'loaded', rows: 1 },
    ])
    expect(await db.query(`SELECT m.symbol, m.weight::float8 AS weight FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
      WHERE g.environment = 'pro' AND g.name = 'ONE' ORDER BY symbol`)).toEqual([{ symbol: 'AAPL', weight: 24.000025 }, { symbol: 'NVDA', weight: 75 }])
  })

  test('ProShares: a market value that is none refuses the fund', async () => {
    const { files } = await loadOne('ByFund.csv', lines(...PRO, '"ONE","ProShares One","NVDA","2379504","NVIDIA CORP",,,1,,1500000,', '"ONE","ProShares One","","","CASH",,,1,,many,'), 'none')
    expect(files).toMatchObject([{ name: 'ByFund.csv', status: 'rejected', problem: { message: 'not an amount of money', line: 6, value: 'many' } }])
  })
}) // prettier-ignore

async function write(files: Files): Promise<string> {
  const folder = await writeFiles(files)
  folders.push(folder)
  return folder
}

function load(path: string, environment: string, options: Partial<LoadOptions> = {}): Promise<LoadResult> {
  return loadInto(db, { kind: 'etfs', paths: [path], environment, ...options })
}

async function loadOne(
  name: string,
  content: string,
  environment: string,
  options: Partial<LoadOptions> = {},
): Promise<LoadResult> {
  const folder = await write({ [name]: content })
  return load(join(folder, name), environment, options)
}
