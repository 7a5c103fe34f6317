import { afterAll, expect, test } from 'vitest'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { loadInto, members, writeFiles } from './files.js'

const db = await testDatabase(import.meta.url)
const ishares = 'Ticker,Name,Sector,Asset Class,Weight (%)\nNVDA,NVIDIA,Tech,Equity,95\n'
const vanguard = (fund: string): string =>
  `Fund (${fund})\nSEDOL,Holdings,Ticker,% of funds*\n1,NVIDIA,NVDA,95%\n`
const folder = await writeFiles({
  'IVV_holdings.csv': ishares,
  'Holdings_details_Growth_ETF.csv': vanguard('VUG'),
  'Holdings_details_Value_ETF.csv': vanguard('VTV'),
  'spy_holdings.csv': 'symbol,weight\nAAPL,95\n',
  '~$IVV_holdings.xlsx': 'what Excel leaves beside an open workbook',
})
afterAll(() => removeFolder(folder))

function cli(...args: string[]): ReturnType<typeof runCli> {
  return runCli(['load', 'etfs', ...args], { env: { DATABASE_URL: db.url } })
}

test('a directory holds canonical files and downloads side by side', async () => {
  const { files } = await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'all' })
  expect(files.map(({ name, universe, format }) => [name, universe, format])).toEqual([
    ['Holdings_details_Growth_ETF.csv', 'VUG', 'vanguard'],
    ['Holdings_details_Value_ETF.csv', 'VTV', 'vanguard'],
    ['IVV_holdings.csv', 'IVV', 'ishares'],
    ['spy_holdings.csv', 'SPY', undefined],
  ])
})

test.each([
  ['IVV', { IVV: ['NVDA'] }],
  ['vtv', { VTV: ['NVDA'] }],
  ['SPY', { SPY: ['AAPL'] }],
])('--etf %s picks one fund of a directory by name, else by content', async (fund, expected) => {
  const { code } = await cli(folder, '--etf', fund, '--environment', `picked ${fund}`)
  expect(code).toBe(0)
  expect(await members(db, `picked ${fund}`)).toEqual(expected)
})

test('--etf that no file is about is wrong usage, and nothing is loaded', async () => {
  const { code, stderr } = await cli(folder, '--etf', 'VB', '--environment', 'picked none')
  expect(stderr).toContain('no such file: ')
  expect(code).toBe(2)
  expect(await members(db, 'picked none')).toEqual({})
})

test('--etf says which fund a file is about where its name is wrong or says nothing', async () => {
  const environment = 'named'
  expect(await cli(`${folder}/IVV_holdings.csv`, '--etf', 'IWB', '--environment', environment)).toMatchObject(
    { code: 0 },
  )
  expect(await members(db, environment)).toEqual({ IWB: ['NVDA'] })
  const { code, stdout } = await cli(
    `${folder}/Holdings_details_Value_ETF.csv`,
    '--etf',
    'VOO',
    '--environment',
    environment,
  )
  expect(code).toBe(1)
  expect(stdout).toContain('the file is about VTV, not about VOO. Load it with --etf VTV')
})

test('the same download for another fund is not mistaken for unchanged', async () => {
  const file = `${folder}/IVV_holdings.csv`
  for (const etf of ['AAA', 'BBB'])
    await loadInto(db, { kind: 'etfs', paths: [file], environment: 'twice', etf })
  expect(await members(db, 'twice')).toEqual({ AAA: ['NVDA'], BBB: ['NVDA'] })
})
