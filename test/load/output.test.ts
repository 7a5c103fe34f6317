import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderProblem } from '../../src/console/load/render.js'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { writeFiles } from './files.js'

const db = await testDatabase(import.meta.url)
const folder = await writeFiles({
  'spy_holdings.csv': 'symbol,weight\nAAPL,60\nmsft,39\n',
  'bad_holdings.csv': `symbol,weight\n${'A,1\n'.repeat(1)}B,abc\nC,def\n`,
  'low_holdings.csv': 'symbol,weight\nAAPL,85\n',
})
afterAll(() => removeFolder(folder))

function cli(...args: string[]): ReturnType<typeof runCli> {
  return runCli(['load', ...args], { env: { DATABASE_URL: db.url } })
}

beforeAll(() => db.query(`INSERT INTO symbols (symbol, active) VALUES ('AAPL', true), ('MSFT', true)`))

test('a person reads a table, warnings, problems with their remedy, and one closing line', async () => {
  const { code, stdout, stderr } = await cli('etfs', folder)
  expect(stderr).toBe('')
  expect(code).toBe(1)
  const lines = stdout.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, '  '))
  expect(lines).toEqual([
    'file  universe  status  rows  added  removed  updated  note',
    'bad_holdings.csv  BAD  rejected  0  see below',
    'low_holdings.csv  LOW  loaded  1  1  0  0',
    'spy_holdings.csv  SPY  loaded  2  2  0  0  1 row repaired',
    '',
    'warning low_holdings.csv: the weights sum to 85.00 percent only',
    '',
    'rejected bad_holdings.csv line 3, weight "abc": the weight is not a number from 0 to 100 (and 1 more). Weights are percent of the fund: 6.5 or 6.5% for 6.5 percent.',
    '',
    `read ${folder}`,
    expect.stringMatching(
      /^3 changes from 3 files \(0 unchanged, 1 rejected\), in [\d.]+ m?s: load [0-9a-f-]{36}$/,
    ),
    '',
  ])
})

test('a dry run says so', async () => {
  const { stdout } = await cli('etfs', `${folder}/spy_holdings.csv`, '--rebuild', '--dry-run')
  expect(stdout).toContain('dry run, nothing was kept: 0 changes from 1 file (1 unchanged)')
})

test('--strict says why the others stay out', async () => {
  const { code, stdout } = await cli('etfs', folder, '--strict', '--environment', 'strict')
  expect(code).toBe(1)
  expect(stdout).toMatch(/spy_holdings.csv +SPY +held +2 .*see below/)
  expect(stdout).toContain('held spy_holdings.csv: another file was not loaded, and the load is strict')
})

test('what a guard held is shown with the way out', async () => {
  const { code, stdout } = await cli('etfs', folder, '--environment', 'held')
  expect(code).toBe(1)
  const other = await writeFiles({ 'qqq_holdings.csv': 'symbol\nNVDA\n' })
  const held = await cli('etfs', other, '--mode', 'full', '--environment', 'held')
  expect(held.stdout).toMatch(/ +SPY +held +0 +0 +2 +0 +its file is gone: --force empties it/)
  expect(held.code).toBe(1)
  const forced = await cli('etfs', other, '--mode', 'full', '--force', '--environment', 'held')
  expect(forced.stdout).toMatch(/ +SPY +retired +0 +0 +2 +0 +its file is gone, it was emptied/)
  expect(forced.code).toBe(0)
  expect(stdout).not.toContain('gone')
  removeFolder(other)
})

test('symbols and prices show their files, and the number of changes', async () => {
  const market = await writeFiles({ 'p.csv': 'symbol,date,close\nAAPL,2026-01-02,270\n' })
  const { code, stdout } = await cli('prices', `${market}/p.csv`)
  expect(stdout).toMatch(
    /^file +status +rows +note\np\.csv +loaded +1\n\nread .*\/p\.csv\n1 change from 1 file/,
  )
  expect(code).toBe(0)
  removeFolder(market)
})

test('of many files the table shows those first that need attention', async () => {
  const names = Array.from(
    { length: 120 },
    (_, index) => [`f${index}_holdings.csv`, 'symbol\nAAPL\n'] as const,
  )
  const many = await writeFiles({ ...Object.fromEntries(names), 'z_holdings.csv': 'symbol\nA B\n' })
  const { stdout } = await cli('etfs', many, '--environment', 'many')
  const lines = stdout.split('\n')
  expect(lines[1]).toMatch(/^z_holdings.csv +Z +rejected/)
  expect(lines[101]).toBe('... and 21 more files (--json lists all)')
  expect(stdout).toContain('120 changes from 121 files (0 unchanged, 1 rejected)')
  removeFolder(many)
})

test('--json is the row of load_runs, and what was read', async () => {
  const { stdout } = await cli('etfs', folder, '--json', '--environment', 'json')
  const result = JSON.parse(stdout) as { id: string }
  const [row] = await db.query('SELECT to_jsonb(l) AS load FROM load_runs l WHERE id = $1', [result.id])
  expect(result).toEqual({ ...(row?.['load'] as object), source: [folder] })
})

test('a database without the package is a failure that says so', async () => {
  const empty = await testDatabase(import.meta.url, { empty: true })
  const { code, stderr } = await runCli(['load', 'etfs', folder], { env: { DATABASE_URL: empty.url } })
  expect(code).toBe(1)
  expect(stderr).toContain('stage_files')
  expect(stderr).toContain('sqlstate: 42883')
})

test('a problem without line, column or value is readable too', () => {
  expect(renderProblem('a.csv', { message: 'the file is empty', remedy: 'Export it again.' })).toBe(
    'a.csv: the file is empty. Export it again.',
  )
  expect(renderProblem('a.csv', { message: 'a NUL byte', line: 3 })).toBe('a.csv line 3: a NUL byte.')
  expect(renderProblem('a.csv', { message: 'too much', column: 'weight', value: '101' })).toBe(
    'a.csv weight "101": too much.',
  )
})
