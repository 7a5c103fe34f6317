import { afterAll, expect, test } from 'vitest'
import { findFiles, oneFilePerUniverse } from '../../src/load/finding/find-files.js'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { members, writeFiles } from './files.js'

const db = await testDatabase(import.meta.url)
const header = 'symbol,weight\n'
const folder = await writeFiles({
  'spy_holdings.csv': `${header}AAPL,99\n`,
  'brk.b_holdings.csv': `${header}KO,99\n`,
  'QQQ_holdings.csv': `${header}NVDA,99\n`,
  'README.md': 'not a list',
  '.hidden.csv': 'not a list',
  'deeper/iwm_holdings.csv': `${header}MSFT,99\n`,
  'empty/notes.txt': '',
  'other/spy_holdings.csv': `${header}MSFT,99\n`,
})
afterAll(() => removeFolder(folder))

function cli(...args: string[]): ReturnType<typeof runCli> {
  return runCli(['load', ...args], { env: { DATABASE_URL: db.url } })
}

test('a directory stands for the CSV files directly inside it, by name', () => {
  const { files, complete } = findFiles('etfs', [folder])
  expect(files.map(({ name }) => name)).toEqual([
    'QQQ_holdings.csv',
    'brk.b_holdings.csv',
    'spy_holdings.csv',
  ])
  expect(files.map(({ group }) => group?.name)).toEqual(['QQQ', 'BRK.B', 'SPY'])
  expect(files.map(({ misnamed }) => misnamed?.remedy)).toEqual([
    'Rename it to qqq_holdings.csv.',
    undefined,
    undefined,
  ])
  expect(complete).toBe(true)
})

test('only whole directories are complete', () => {
  expect(findFiles('etfs', [`${folder}/spy_holdings.csv`]).complete).toBe(false)
  expect(findFiles('etfs', [folder, `${folder}/deeper/iwm_holdings.csv`]).complete).toBe(false)
  expect(findFiles('etfs', [folder], 'spy').complete).toBe(false)
  expect(findFiles('etfs', [folder, `${folder}/deeper`]).complete).toBe(true)
})

test('a path given twice is one file; a universe is stated by one file', () => {
  const { files } = findFiles('etfs', [folder, `${folder}/spy_holdings.csv`, `${folder}/other`])
  expect(files).toHaveLength(4)
  expect(oneFilePerUniverse(files).at(-1)).toMatchObject({
    name: `${folder}/other/spy_holdings.csv`,
    problem: { message: 'SPY is stated by spy_holdings.csv already' },
  })
})

test('--etf picks one fund of a directory', async () => {
  const { code, stdout } = await cli('etfs', folder, '--etf', 'spy', '--environment', 'picked')
  expect(stdout).toContain('spy_holdings.csv')
  expect(code).toBe(0)
  expect(await members(db, 'picked')).toEqual({ SPY: ['AAPL'] })
})

test('--etf says which fund a single file is about', async () => {
  const { code } = await cli(
    'etfs',
    `${folder}/deeper/iwm_holdings.csv`,
    '--etf',
    'VOO',
    '--environment',
    'named',
  )
  expect(code).toBe(0)
  expect(await members(db, 'named')).toEqual({ VOO: ['MSFT'] })
})

test('the same file for another fund is not mistaken for unchanged', async () => {
  const file = `${folder}/deeper/iwm_holdings.csv`
  await cli('etfs', file, '--etf', 'AAA', '--environment', 'twice')
  await cli('etfs', file, '--etf', 'BBB', '--environment', 'twice')
  expect(await members(db, 'twice')).toEqual({ AAA: ['MSFT'], BBB: ['MSFT'] })
})

test('without a path, holdings/ of the working directory is loaded', async () => {
  const work = await writeFiles({
    'holdings/xlk_holdings.csv': `${header}AAPL,99\n`,
    'holdings/universes/mine.csv': 'symbol\nTSLA\n',
  })
  for (const kind of ['etfs', 'universes']) {
    const args = ['load', kind, '--environment', 'default directory']
    expect(await runCli(args, { env: { DATABASE_URL: db.url }, cwd: work })).toMatchObject({ code: 0 })
  }
  expect(await members(db, 'default directory')).toEqual({ XLK: ['AAPL'], mine: ['TSLA'] })
  removeFolder(work)
})

test('without holdings/, the starter files of the package are loaded', async () => {
  const args = ['load', 'etfs', '--json', '--environment', 'starter']
  const { code } = await runCli(args, { env: { DATABASE_URL: db.url }, cwd: `${folder}/empty` })
  expect(code).toBe(0)
  expect(Object.keys(await members(db, 'starter'))).toContain('XLRE')
})

test.each([
  [
    'a missing file',
    ['etfs', `${folder}/none_holdings.csv`],
    /no such file or directory: .*none_holdings.csv/,
  ],
  ['a missing directory', ['universes', `${folder}/none`], /no such file or directory/],
  ['a missing price file', ['prices', `${folder}/none.csv.gz`], /no such file or directory/],
  ['a directory without CSV files', ['etfs', `${folder}/empty`], /no \.csv or \.xlsx file in/],
  ['a directory of prices', ['prices', folder], /is a directory/],
  ['no file of symbols', ['symbols'], /missing required argument/],
  ['a fund that the directory lacks', ['etfs', folder, '--etf', 'IWM'], /no such file: .*iwm_holdings.csv/],
  ['a fund for several files', ['etfs', folder, folder, '--etf', 'SPY'], /several paths/],
  ['a fund that is no ticker', ['etfs', folder, '--etf', 'S P'], /"S P" is not a ticker symbol/],
  ['another mode', ['etfs', folder, '--mode', 'partial'], /argument 'partial' is invalid/],
  ['an empty environment', ['etfs', folder, '--environment', ''], /--environment is empty/],
  ['another option', ['universes', folder, '--etf', 'SPY'], /unknown option '--etf'/],
])('%s is wrong usage', async (_name, args, message) => {
  const { code, stdout, stderr } = await cli(...args)
  expect(stderr).toMatch(message)
  expect(stdout).toBe('')
  expect(code).toBe(2)
})
