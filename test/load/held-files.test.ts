import { afterAll, expect, test } from 'vitest'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { loadInto, members, resultOf, writeFiles, type Files } from './files.js'

const db = await testDatabase(import.meta.url)
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

const ishares = (date: string, weight = '95', symbol = 'NVDA'): string =>
  `Fund Holdings as of,"${date}"\nTicker,Name,Sector,Asset Class,Weight (%)\n${symbol},A COMPANY,Tech,Equity,${weight}\n`

async function write(files: Files): Promise<string> {
  const folder = await writeFiles(files)
  folders.push(folder)
  return folder
}

test.each([
  ['a header only', 'symbol,weight\n', 'it has no constituent'],
  ['a header and blank lines', 'symbol,weight\n\n\n', 'it has no constituent'],
  ['an issuer file without rows', 'Ticker,Name,Sector,Asset Class,Weight (%)\n', 'it has no constituent'],
  ['weights over 101', 'symbol,weight\nAAPL,60\nMSFT,41.1\n', /^its weights sum to 101.1000 percent, more than 101/],
  ['weights under 80', 'symbol,weight\nAAPL,60\nMSFT,1\n', /^its weights sum to 61.0000 percent, less than 80/],
  ['an issuer file of fractions', ishares('Nov 18, 2025', '0.95'), /fractions/],
])('%s is held and says why; --force loads it', async (environment, content, why) => {
  const folder = await write({ 'tst_holdings.csv': content })
  const held = await loadInto(db, { kind: 'etfs', paths: [folder], environment })
  const reasons = resultOf(held, 'tst_holdings.csv').held_by
  expect(held).toMatchObject({ total_changes: 0, files: [{ status: 'held', universe: 'TST' }] })
  expect(reasons).toEqual([typeof why === 'string' ? why : expect.stringMatching(why)])
  expect(await members(db, environment)).toEqual({})
  const forced = await loadInto(db, { kind: 'etfs', paths: [folder], environment, force: true })
  expect(forced.files[0]?.status).not.toBe('held')
  expect(forced.files[0]?.warnings.join()).toContain(`forced, although ${reasons?.[0]}`)
  expect(Object.keys(await members(db, environment))).toEqual(['TST'])
}) // prettier-ignore

test('unchanged, held, loaded and rejected are four results, each held file with a line that says why', async () => {
  const before = { 'aaa_holdings.csv': ishares('Nov 18, 2025'), 'bbb_holdings.csv': ishares('Nov 18, 2025') }
  const folder = await write(before)
  await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'four' })
  await writeFiles(
    {
      'bbb_holdings.csv': ishares('Nov 17, 2025', '96'),
      'ccc_holdings.csv': ishares('Nov 18, 2025'),
      'ddd_holdings.csv': ishares('Yesterday'),
    },
    folder,
  )
  const args = ['load', 'etfs', folder, '--environment', 'four']
  const { code, stdout } = await runCli(args, { env: { DATABASE_URL: db.url } })
  expect(code).toBe(1)
  const lines = stdout.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, '  '))
  expect(lines.slice(0, 5)).toEqual([
    'file  universe  format  as of  status  rows  added  removed  updated  note',
    'aaa_holdings.csv  AAA  ishares  2025-11-18  unchanged  1',
    'bbb_holdings.csv  BBB  ishares  2025-11-17  held  1  see below',
    'ccc_holdings.csv  CCC  ishares  2025-11-18  loaded  1  1  0  0',
    expect.stringMatching(/^ddd_holdings.csv {2}DDD {2}ishares {2}rejected {2}0 {2}see below$/),
  ])
  expect(stdout).toContain('held bbb_holdings.csv: it is as of 2025-11-17, older than the one loaded, 2025-11-18\n')
  expect(stdout).toContain('What a guard holds stays as it was: check these files; --force loads them.')
  expect(stdout).toMatch(/rejected ddd_holdings.csv "Yesterday": .*\n/)
  expect(lines.at(-2)).toMatch(/^1 change from 4 files \(1 unchanged, 1 held, 1 rejected\)/)
}) // prettier-ignore

test('a fund that would lose too many members is held with the numbers', async () => {
  const list = (count: number): string =>
    ['symbol', ...Array.from({ length: count }, (_, index) => `S${index}`)].join('\n')
  const folder = await write({ 'tst_holdings.csv': list(20) })
  await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'shrunken' })
  await writeFiles({ 'tst_holdings.csv': list(5) }, folder)
  const held = await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'shrunken' })
  expect(resultOf(held, 'tst_holdings.csv').held_by).toEqual([
    'it would remove 15 of 20 members, more than membership_guards allow',
  ])
})
