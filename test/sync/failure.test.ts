import { existsSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sync, type SyncResult } from '../../src/index.js'
import { members, writeFiles } from '../load/files.js'
import { removeFolder, runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'

const LETTERS = 'ABCDEFGHIJKLMNOPQRST'.split('')
const lines = (head: string, line: (letter: string, index: number) => string): string =>
  [head, ...LETTERS.map(line), ''].join('\n')

/** Twenty stocks, a fund of all of them, a list, a theme and one override. */
const GOOD = {
  'market/symbols.csv': lines(
    'symbol,name,type,market_cap,sic_code',
    (letter, index) => `${letter},${letter} Inc.,CS,${(index + 1) * 1e9},${index < 10 ? 1311 : 7372}`,
  ),
  'spy_holdings.csv': lines('symbol,weight', (letter) => `${letter},5`),
  'universes/pair.csv': 'A\nB\n',
  'themes/mine.csv': 'C\nD\n',
  'sectors.csv': 'symbol,sector\nA,Utilities\n',
}

const ALL = [
  'load symbols',
  'load etfs',
  'load universes',
  'load themes',
  'load sectors',
  'enrich sectors',
  'refresh',
  'validate',
  'report',
]

let db: TestDatabase
let folder: string

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  // Themes of stocks that do not exist here would all be empty.
  await db.query('UPDATE theme_rules SET enabled = false')
  folder = await writeFiles(GOOD)
})

afterEach(async () => {
  await db.drop()
  removeFolder(folder)
})

const cli = (...args: string[]): Promise<CliResult> =>
  runCli(['sync', folder, ...args], { env: { DATABASE_URL: db.url } })

const run = (): Promise<SyncResult> => sync({ url: db.url, schema: 'public', directory: folder })

const count = async (what: string): Promise<number> =>
  Number((await db.query(`SELECT count(*) AS n FROM ${what}`))[0]!['n'])

const stepsOf = ({ steps }: SyncResult): unknown[] => steps.map(({ step, status }) => [step, status])

describe('a sync without failures', () => {
  it('runs every step, loads every kind of file, and reports each step', async () => {
    const seen: string[] = []
    const begun: string[] = []
    const result = await sync({
      url: db.url,
      schema: 'public',
      directory: folder,
      triggeredBy: 'night',
      onProgress: (step, note) => void (note ?? begun.push(step)),
      onStep: ({ step }) => void seen.push(step),
    })
    expect([seen, begun]).toEqual([ALL, ALL])
    expect(result).toMatchObject({
      status: 'completed',
      not_run: [],
      directory: folder,
      environment: 'DEFAULT',
    })
    expect(await members(db, 'DEFAULT')).toMatchObject({
      SPY: LETTERS,
      pair: ['A', 'B'],
      mine: ['C', 'D'],
      utilities: ['A'],
    })
    expect(await db.query('SELECT DISTINCT triggered_by AS by FROM recorded_runs')).toEqual([{ by: 'night' }])
  })

  it('uses an open connection and leaves it open', async () => {
    const client = await db.client()
    expect(await sync({ client, directory: folder })).toMatchObject({ status: 'completed' })
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  it('keeps environments apart', async () => {
    expect(await cli('--environment', 'TEST')).toMatchObject({ code: 0 })
    expect(await members(db, 'DEFAULT')).toEqual({})
    expect(await members(db, 'TEST')).toMatchObject({ pair: ['A', 'B'] })
  })
})

describe('without a path', () => {
  const here = (cwd: string, ...args: string[]): Promise<CliResult> =>
    runCli(['sync', ...args], { env: { DATABASE_URL: db.url }, cwd })

  it('holdings/ of the working directory is read, and named', async () => {
    await writeFiles(
      { 'holdings/qqq_holdings.csv': lines('symbol,weight', (letter) => `${letter},5`) },
      folder,
    )
    const root = realpathSync(folder)
    const shown = await here(folder, '--environment', 'HERE')
    expect(shown.stdout).toMatch(
      new RegExp(`^reading ${root}/holdings\n✓ load etfs +1 file \\(1 loaded\\), 20`),
    )
    expect(Object.keys(await members(db, 'HERE'))).toContain('QQQ')
    const result = JSON.parse((await here(folder, '--json', '--environment', 'HERE')).stdout) as SyncResult
    expect(result.directory).toBe(`${root}/holdings`)
    expect(result.steps[0]?.result).toMatchObject({ load: { source: [`${root}/holdings/qqq_holdings.csv`] } })
  })

  it.each([[[]], [['--json']], [['--force', '--environment', 'TEST']]])(
    'and without holdings/ it is wrong usage, and the starter data stay out: %j',
    async (args) => {
      const { code, stdout, stderr } = await here(join(folder, 'themes'), ...args)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(`there is no folder ${realpathSync(folder)}/themes/holdings\n`)
      expect(stderr).toMatch(/^remedy: Name the folder that has the files/m)
      expect([await count('load_runs'), await count('symbols')]).toEqual([0, 0])
    },
  )
})

describe('a bad file', () => {
  beforeEach(() => writeFiles({ 'qqq_holdings.csv': 'symbol,weight\nA,much\n' }, folder))

  it('ends the sync at its load: other files are loaded, later steps are not run', async () => {
    const { code, stdout, stderr } = await cli()
    expect(code).toBe(1)
    expect(stdout).toMatch(/^✗ load etfs +2 files \(1 loaded, 1 rejected\), 20 changes,/m)
    expect(stdout).toMatch(/^rejected qqq_holdings\.csv line 2, weight "much": /m)
    expect(stderr).toContain('error: sync ended at load etfs: 2 files (1 loaded, 1 rejected), 20 changes\n')
    expect(stderr).toContain(`detail: Not run: ${ALL.slice(2).join(', ')}.`)
    expect(await members(db, 'DEFAULT')).toEqual({ SPY: LETTERS })
    expect([await count('sync_runs'), await count('sector_overrides')]).toEqual([0, 0])
  })

  it('no longer ends the sync once it is removed or corrected', async () => {
    expect((await run()).status).toBe('failed')
    rmSync(join(folder, 'qqq_holdings.csv'))
    const result = await run()
    expect(result.status).toBe('completed')
    expect(result.steps[1]!.result).toMatchObject({ kind: 'load', load: { total_changes: 0 } })
    expect(await members(db, 'DEFAULT')).toMatchObject({ pair: ['A', 'B'], utilities: ['A'] })
  })
})

it('a file held by a guard ends the sync unless forced', async () => {
  await run()
  await writeFiles({ 'spy_holdings.csv': 'symbol,weight\nA,99\n' }, folder)
  const { code, stdout, stderr } = await cli()
  expect(code).toBe(1)
  expect(stdout).toMatch(/^held spy_holdings\.csv: it would remove 19 of 20 members/m)
  expect(stderr).toContain('error: sync ended at load etfs: 1 file (1 held')
  expect(await members(db, 'DEFAULT')).toMatchObject({ SPY: LETTERS })
  expect(await cli('--force')).toMatchObject({ code: 0 })
  expect(await members(db, 'DEFAULT')).toMatchObject({ SPY: ['A'] })
})

it('a universe held by a guard ends the sync at enrich or refresh', async () => {
  await run()
  // Ten companies that all change their line of business at once.
  await writeFiles({ 'market/symbols.csv': GOOD['market/symbols.csv'].replaceAll('1311', '7372') }, folder)
  const result = await run()
  expect(result.steps.at(-1)).toMatchObject({ step: 'enrich sectors', status: 'failed' })
  expect(result.not_run).toEqual(['refresh', 'validate', 'report'])
  expect((await members(db, 'DEFAULT'))['energy']).toHaveLength(9)
})

it('a failed refresh ends the sync with its error and changes nothing', async () => {
  await db.query(
    `ALTER TABLE group_memberships ADD CONSTRAINT no_rank CHECK (NOT metadata ? 'rank') NOT VALID`,
  )
  const { code, stderr } = await cli()
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error: sync ended at enrich sectors: .* violates check constraint "no_rank"$/m)
  expect(stderr).toContain('sqlstate: 23514')
  expect(await members(db, 'DEFAULT')).toEqual({ SPY: LETTERS, pair: ['A', 'B'], mine: ['C', 'D'] })
  expect(await db.query('SELECT status FROM sync_runs')).toEqual([{ status: 'failed' }])
})

it('a failed check ends the sync: the refresh stays, no report is written', async () => {
  await run()
  await db.query(`UPDATE cache_entries SET content = '{}' WHERE universe = 'pair'`)
  await writeFiles({ 'universes/other.csv': 'A\nC\n' }, folder)
  const report = join(folder, 'report.md')
  const { code, stdout, stderr } = await cli('--report', report)
  expect(code).toBe(1)
  expect(stdout).toMatch(/^✓ refresh /m)
  expect(stdout).toMatch(/^✗ validate +\d+ PASS, \d WARN, 1 FAIL \(.*stale_cache\),/m)
  expect(stdout).toMatch(/^FAIL stale_cache, expected: /m)
  expect(stderr).toContain('error: sync ended at validate: ')
  expect(stderr).toContain('detail: Not run: report.')
  expect(existsSync(report)).toBe(false)
  expect(await members(db, 'DEFAULT')).toMatchObject({ other: ['A', 'C'] })
})

it('another running load or refresh ends the sync at once and is named', async () => {
  const client = await db.client()
  await client.query(`SET application_name = 'night shift'; BEGIN; SELECT lock_universes('the test')`)
  const { code, stdout, stderr } = await cli()
  expect(code).toBe(1)
  expect(stdout).toMatch(/^✗ load symbols /m)
  expect(stderr).toMatch(/^detail: Running: process \d+, night shift.* Not run: load etfs, /m)
  expect(stderr).toContain('sqlstate: UV001')
  expect(await count('symbols')).toBe(0)
})

it('--json prints one document, also on failure', async () => {
  const good = await cli('--json')
  expect([good.code, good.stderr]).toEqual([0, ''])
  const result = JSON.parse(good.stdout) as SyncResult
  expect(stepsOf(result)).toEqual(ALL.map((step) => [step, 'done']))
  await db.query('ALTER TABLE symbols RENAME TO stolen')
  await writeFiles({ 'market/symbols.csv': 'symbol\nA\n' }, folder)
  const bad = await cli('--json')
  expect(bad.code).toBe(1)
  expect(bad.stderr).toContain('error: sync ended at load symbols: ')
  expect(JSON.parse(bad.stdout)).toMatchObject({
    status: 'failed',
    steps: [{ step: 'load symbols', status: 'failed', error: { sqlstate: '42P01' } }],
    not_run: ALL.slice(1),
  })
})

describe('wrong usage', () => {
  it.each([
    [['/no/such/folder'], 'no such folder: /no/such/folder'],
    [['FOLDER/market/symbols.csv'], 'no such folder: '],
    [
      ['FOLDER', '--report', '/no/such/folder/a.md'],
      '--report /no/such/folder/a.md: there is no directory for it',
    ],
    [['FOLDER', '--report', 'FOLDER'], 'is a directory'],
    [['FOLDER', '--environment', ' '], '--environment is empty'],
    [['FOLDER', '--sometimes'], 'unknown option'],
  ])('%j: exit code 2, no step is run', async (args, message) => {
    const given = args.map((arg) => arg.replace('FOLDER', folder))
    const { code, stdout, stderr } = await runCli(['sync', ...given], { env: { DATABASE_URL: db.url } })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(await count('load_runs')).toBe(0)
  })

  it('an unreachable server is a failure', async () => {
    const { code, stderr } = await runCli(['sync', folder], {
      env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('cannot connect to PostgreSQL')
  })
})
