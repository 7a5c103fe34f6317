import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  dataDir,
  issuerPaths,
  marketDir,
  marketPaths,
  runCli,
  startService,
  testDatabase,
  type TestDatabase,
} from '../support/index.js'
import { members } from '../load/files.js'
import { form, upload, watchTemporaryFiles, type UploadAnswer } from './uploads.js'

const data = marketDir()
const real = dataDir() !== undefined
const left = await watchTemporaryFiles()

/** A row of load_runs as `universes load --json` prints it. */
interface CommandRow {
  changes: { added: string[]; removed: string[] }[]
  [column: string]: unknown
}

describe('files of a whole market', async () => {
  const db = await testDatabase(import.meta.url)
  const twin = await testDatabase(import.meta.url)
  const service = await startService(db, { keys: { operate: 'o'.repeat(40), read: 'r'.repeat(40) } })
  const key = { headers: { 'x-api-key': 'o'.repeat(40) } }
  const send = (body: FormData): ReturnType<typeof upload> => upload(service, body, key)
  const issuers = issuerPaths(data)
  const issuerFiles = Object.values(issuers)
  const holdings = (name: string): string => join(data, 'holdings', `${name}_holdings.csv`)
  const stated = (name: string): string[] => readFileSync(holdings(name), 'utf8').trim().split('\n').slice(1)

  beforeAll(async () => {
    for (const into of [db, twin]) await command(into, 'symbols', ...marketPaths(data).symbols)
  })

  async function command(into: TestDatabase, kind: string, ...args: string[]): Promise<CommandRow> {
    const { stdout, stderr } = await runCli(['load', kind, '--json', ...args], {
      env: { DATABASE_URL: into.url },
    })
    expect(stderr).toBe('')
    return JSON.parse(stdout) as CommandRow
  }

  /** Converts the output of the command to a response of the service: numbers, and up to 100 symbols. */
  function asAnswer(row: CommandRow): unknown {
    return comparable({
      ...row,
      changes: row.changes.map((change) => ({
        ...change,
        added: change.added.length,
        removed: change.removed.length,
        added_symbols: change.added.slice(0, 100),
        removed_symbols: change.removed.slice(0, 100),
      })),
    })
  }

  /** Removes everything that differs from load to load. */
  function comparable(answer: object): unknown {
    const own = { id: 0, source: 0, started_at: 0, finished_at: 0, triggered_by: 0 }
    return JSON.parse(JSON.stringify({ ...answer, ...own }), (name, value: unknown) =>
      name === 'group_id' ? undefined : value,
    )
  }

  test('a dry run answers like the dry run of the command, and keeps nothing', async () => {
    const dry = await send(form(issuerFiles, { dry_run: 'true' }))
    expect(dry.status).toBe(200)
    expect(comparable(dry.answer)).toEqual(asAnswer(await command(twin, 'etfs', '--dry-run', ...issuerFiles)))
    expect(dry.answer.dry_run).toBe(true)
    expect(dry.answer.files.map(({ universe, status }) => [universe, status])).toEqual(
      ['ARKK', 'QQQ', 'IVV', 'IWV', 'SPY'].map((fund) => [fund, 'loaded']),
    )
    expect(await members(db, 'DEFAULT')).toEqual({})
    const [row] = await db.query('SELECT dry_run, triggered_by FROM load_runs WHERE id = $1', [dry.answer.id])
    expect(row).toEqual({ dry_run: true, triggered_by: 'key operate' })
  })

  test('the load answers and does what the command does with the same files', async () => {
    const { status, answer } = await send(form(issuerFiles))
    const row = await command(twin, 'etfs', ...issuerFiles)
    expect(status).toBe(200)
    expect(comparable(answer)).toEqual(asAnswer(row))
    expect(answer.files.map(({ universe, rows }) => [universe, rows])).toEqual(
      Object.keys(issuers).map((fund) => [fund, stated(fund.toLowerCase()).length]),
    )
    if (real) expect(answer.files.map(({ rows }) => rows)).toEqual([35, 101, 503, 2641, 503])
    const stored = await members(db, 'DEFAULT')
    expect(answer.changes.map(({ name, count }) => [name, count])).toEqual(
      Object.entries(stored).map(([name, symbols]) => [name, symbols.length]),
    )
    expect(stored).toEqual(await members(twin, 'DEFAULT'))
    const weights = 'SELECT symbol, weight FROM group_memberships ORDER BY symbol, weight'
    expect(await db.query(weights)).toEqual(await twin.query(weights))
    const change = answer.changes.find(({ name }) => name === 'IWV')!
    // The others have been delisted since.
    expect([change.added, change.added_symbols.length, change.removed_symbols]).toEqual([
      stored['IWV']!.length,
      100,
      [],
    ])
    if (real) expect(change.added).toBe(2411)
    expect(left()).toEqual([])
  })

  test('again, nothing has changed', async () => {
    const { status, answer } = await send(form(issuerFiles))
    expect([status, answer.total_changes, answer.changes]).toEqual([200, 0, []])
    expect(answer.files.every((file) => file.status === 'unchanged')).toBe(true)
  })

  test('full and forced: what was not uploaded is not missed', async () => {
    const before = await members(db, 'DEFAULT')
    const { answer } = await send(form([issuers.ARKK], { mode: 'full', force: 'true' }))
    expect([answer.mode, answer.force, answer.changes]).toEqual(['full', true, []])
    expect(await members(db, 'DEFAULT')).toEqual(before)
  })

  test('a preview says which symbols a file would add and remove', async () => {
    const lines = readFileSync(holdings('qqq'), 'utf8').trimEnd().split('\n')
    const gone = lines.splice(5, 2).map((line) => line.split(',')[0])
    const body = form({ 'qqq_holdings.csv': [...lines, 'IBM,0.10', ''].join('\n') }, { dry_run: 'true' })
    const { answer } = await send(body)
    const [change] = answer.changes
    expect(change).toMatchObject({ name: 'QQQ', added: 1, added_symbols: ['IBM'], removed: 2, held: false })
    expect([...change!.removed_symbols].sort()).toEqual([...gone].sort())
    expect((await members(db, 'DEFAULT'))['QQQ']).not.toContain('IBM')
  })

  /** Line of the broken file that has no weight. */
  const wrong = real ? 1203 : 203
  const broken = (): string => {
    const lines = readFileSync(holdings('iwv'), 'utf8').split('\n')
    lines[wrong - 1] = lines[wrong - 1]!.replace(/,.*/, ',abc')
    return lines.join('\n')
  }

  test('one line is wrong: the file is refused with its number, the value and the remedy', async () => {
    const before = await members(db, 'DEFAULT')
    const { status, answer } = await send(form({ 'iwv_holdings.csv': broken() }))
    expect([status, answer.type]).toEqual([422, 'urn:pg-universes:files-rejected'])
    expect(answer.files[0]).toMatchObject({
      name: 'iwv_holdings.csv',
      status: 'rejected',
      universe: 'IWV',
      problem: { line: wrong, column: 'weight', value: 'abc', remedy: expect.stringMatching(/./) as string },
    })
    expect(answer.detail).toMatch(new RegExp(`^iwv_holdings\\.csv line ${wrong}, weight "abc": `))
    expect(await members(db, 'DEFAULT')).toEqual(before)
    const recorded = await service.get(`/api/loads/${answer.load_id}`, key)
    expect(((await recorded.json()) as UploadAnswer).files).toEqual(answer.files)
  })

  test('one of several is wrong: the others go in, unless the load is strict', async () => {
    const files = { 'iwv_holdings.csv': broken(), 'dia_holdings.csv': readFileSync(holdings('dia')) }
    const strict = await send(form(files, { strict: 'true' }))
    expect(strict.status).toBe(200)
    expect(strict.answer.files.map(({ status }) => status)).toEqual(['rejected', 'held'])
    expect((await members(db, 'DEFAULT'))['DIA']).toBeUndefined()

    const { status, answer } = await send(form(files))
    expect([status, answer.files.map((file) => file.status)]).toEqual([200, ['rejected', 'loaded']])
    expect((await members(db, 'DEFAULT'))['DIA']).toHaveLength(real ? 29 : 30)
  })

  test('a guard holds a file that would empty a universe, and force overrides it', async () => {
    const files = { 'dia_holdings.csv': 'symbol,weight\nAAPL,100\n' }
    const held = await send(form(files))
    expect([held.status, held.answer.files[0]?.status]).toEqual([200, 'held'])
    expect(held.answer.changes[0]).toMatchObject({ name: 'DIA', held: true, removed: real ? 28 : 29 })
    const forced = await send(form(files, { force: 'true' }))
    expect(forced.answer.changes[0]).toMatchObject({
      name: 'DIA',
      held: false,
      removed: real ? 28 : 29,
      count: 1,
    })
  })

  test('etf says which fund a file is about', async () => {
    const files = { 'download (3).csv': readFileSync(holdings('xlk')) }
    const nameless = await send(form(files))
    expect([nameless.status, nameless.answer.files[0]?.problem?.message]).toEqual([
      422,
      'not the name of a holdings file',
    ])
    const { answer } = await send(form(files, { etf: 'xlk' }))
    expect(answer.files[0]).toMatchObject({ universe: 'XLK', status: 'loaded', name: 'download (3).csv' })
    const wrong = await send(form({ 'arkk.csv': readFileSync(issuers.ARKK) }, { etf: 'SPY' }))
    expect([wrong.status, wrong.answer.files[0]?.problem?.message]).toEqual([
      422,
      'the file is about ARKK, not about SPY',
    ])
  })

  test.each([
    ['symbols', { 'more.csv': 'symbol,name,type,active\nZZZZA,A,CS,true\n' }, { inserted: 1, updated: 0 }],
    ['prices', { 'prices.csv.gz': gzipSync('symbol,date,close\nAAPL,2026-08-20,1\nMSFT,2026-08-20,2\n') }, { inserted: 2, updated: 0 }],
    ['sectors', { 'sectors.csv': 'symbol,sector\nAAPL,Energy\n' }, { inserted: 1, updated: 0, deleted: 0 }],
    ['universes', { 'mine.csv': 'AAPL\nMSFT\n' }, undefined],
    ['themes', { 'toys.csv': 'symbol\nMAT\nHAS\n' }, undefined],
  ])('kind %s', async (kind, files, rows) => {
    const { status, answer } = await send(form(files, { kind }))
    expect([status, answer.kind, answer.files[0]?.status]).toEqual([200, kind, 'loaded'])
    if (rows) expect(answer.changes).toEqual(rows)
    else expect(answer.changes[0]).toMatchObject({ added: 2, count: 2 })
  }) // prettier-ignore

  test('a key with scope read may look, not load', async () => {
    const headers = { 'x-api-key': 'r'.repeat(40) }
    expect((await upload(service, form(issuerFiles), { headers })).status).toBe(403)
    expect((await upload(service, form(issuerFiles))).status).toBe(401)
    expect((await service.get('/api/loads', { headers })).status).toBe(200)
    expect(left()).toEqual([])
  })
})
