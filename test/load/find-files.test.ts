import { realpathSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { findFiles } from '../../src/load/finding/find-files.js'
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

test('a path given twice is one file', () => {
  const { files } = findFiles('etfs', [folder, `${folder}/spy_holdings.csv`, `${folder}/other`])
  expect(files).toHaveLength(4)
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

test.each([
  ['etfs', [], 'no path was given, and there is no folder FOLDER/empty/holdings'],
  ['themes', [], 'no path was given, and there is no folder FOLDER/empty/holdings'],
  ['etfs', ['--etf', 'XLRE'], 'no path was given, and there is no folder FOLDER/empty/holdings'],
])(
  'without holdings/, loading %s %j is wrong usage: never the starter files',
  async (kind, args, message) => {
    const { code, stdout, stderr } = await runCli(['load', kind, '--environment', 'starter', ...args], {
      env: { DATABASE_URL: db.url },
      cwd: `${folder}/empty`,
    })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message.replace('FOLDER', realpathSync(folder)))
    expect(stderr).toMatch(/^remedy: Name the folder that has the files, or /m)
    expect(await members(db, 'starter')).toEqual({})
  },
)

test('a kind that holdings/ lacks is wrong usage that names what was looked for', async () => {
  const work = await writeFiles({ 'holdings/xlk_holdings.csv': `${header}AAPL,99\n`, 'other/holdings': '' })
  for (const [kind, cwd, message] of [
    ['universes', work, 'there is no WORK/holdings/universes'],
    ['sectors', work, 'there is no WORK/holdings/sectors.csv or WORK/holdings/sectors'],
    ['etfs', `${work}/other`, 'there is no folder WORK/other/holdings'],
  ] as const) {
    const { code, stderr } = await runCli(['load', kind], { env: { DATABASE_URL: db.url }, cwd })
    expect(code).toBe(2)
    expect(stderr).toContain(`no path was given, and ${message.replaceAll('WORK', realpathSync(work))}\n`)
  }
  removeFolder(work)
})

test.each(['symbols', 'prices'] as const)(
  'files of %s have to be named, by callers of load() too',
  (kind) => {
    expect(() => findFiles(kind, [])).toThrow(`no files of ${kind} were named`)
  },
)

test('the result says what was read: the default folder, or what was named, as absolute paths', async () => {
  const work = await writeFiles({ 'holdings/xlf_holdings.csv': `${header}JPM,99\n`, 'v.csv': 'V\n' })
  const root = realpathSync(work)
  const run = (...args: string[]): ReturnType<typeof runCli> =>
    runCli(['load', ...args, '--environment', 'source'], { env: { DATABASE_URL: db.url }, cwd: work })
  expect((await run('etfs')).stdout).toMatch(new RegExp(`^read ${root}/holdings\n1 change from 1 file`, 'm'))
  expect(JSON.parse((await run('etfs', '--json')).stdout)).toMatchObject({ source: [`${root}/holdings`] })
  const named = await run('universes', './v.csv', '--json')
  expect(JSON.parse(named.stdout)).toMatchObject({ source: [`${root}/v.csv`] })
  const four = await run('universes', 'v.csv', root, `${root}/v.csv`, 'v.csv')
  expect(four.stdout).toContain(`read ${root}/v.csv, ${root}\n`)
  removeFolder(work)
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
