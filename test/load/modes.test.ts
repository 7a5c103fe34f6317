import { rmSync } from 'node:fs'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { LoadOptions } from '../../src/load/load.js'
import type { LoadResult } from '../../src/load/result.js'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { loadInto, members, resultOf, writeFiles } from './files.js'

const db = await testDatabase(import.meta.url)
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

let environment = ''
let folder = ''
let count = 0

const spy = 'symbol,weight\nAAPL,60\nMSFT,39\n'
const qqq = 'symbol,weight\nNVDA,50\nAAPL,49\n'

beforeEach(async () => {
  environment = `environment ${(count += 1)}`
  folder = await writeFiles({ 'spy_holdings.csv': spy, 'qqq_holdings.csv': qqq })
  folders.push(folder)
})

function run(options: Partial<LoadOptions> = {}): Promise<LoadResult> {
  return loadInto(db, { kind: 'etfs', paths: [folder], environment, ...options })
}

function statuses(result: LoadResult): Record<string, string> {
  return Object.fromEntries(result.files.map(({ name, status }) => [name, status]))
}

/** Every row that a load may write, with the transaction that wrote it. */
async function versions(): Promise<unknown[]> {
  return db.query(
    `SELECT 'group' AS kind, name AS id, xmin::text FROM definition_groups WHERE environment = $1
     UNION ALL SELECT 'member', m.id::text, m.xmin::text FROM group_memberships m
       JOIN definition_groups g ON g.id = m.group_id WHERE g.environment = $1
     UNION ALL SELECT 'history', h.symbol || h.valid_from, h.xmin::text FROM membership_history h
       JOIN definition_groups g ON g.id = h.group_id WHERE g.environment = $1
     UNION ALL SELECT 'cache', universe, xmin::text FROM cache_entries WHERE environment = $1
     UNION ALL SELECT 'file', name, xmin::text FROM loaded_files WHERE environment = $1
     UNION ALL SELECT 'event', seq::text, xmin::text FROM universe_events
     UNION ALL SELECT 'mark', kind, xmin::text FROM market_changes
     ORDER BY 1, 2`,
    [environment],
  )
}

test('incremental skips a file whose checksum has not changed and reads the one that did', async () => {
  await run()
  await writeFiles({ 'spy_holdings.csv': 'symbol,weight\nAAPL,60\nTSLA,39\n' }, folder)
  const second = await run()
  expect(statuses(second)).toEqual({ 'qqq_holdings.csv': 'unchanged', 'spy_holdings.csv': 'loaded' })
  expect(second.changes).toMatchObject([{ name: 'SPY', added: 1, removed: 1, updated: 0, count: 2 }])
  expect(await members(db, environment)).toEqual({ QQQ: ['AAPL', 'NVDA'], SPY: ['AAPL', 'TSLA'] })
})

test('incremental does not read what it skips; full does', async () => {
  await run()
  await db.query(
    `DELETE FROM group_memberships m USING definition_groups g
     WHERE g.id = m.group_id AND g.environment = $1 AND m.symbol = 'MSFT'`,
    [environment],
  )
  expect((await run()).total_changes).toBe(0)
  expect(resultOf(await run(), 'spy_holdings.csv')).toMatchObject({ status: 'unchanged', rows: 2 })
  const full = await run({ mode: 'full' })
  expect(full.changes).toMatchObject([{ name: 'SPY', added: 1 }])
})

test.each(['full', 'incremental'] as const)(
  'a second %s load writes nothing but its own row',
  async (mode) => {
    await run()
    const before = await versions()
    const second = await run({ mode })
    expect(second).toMatchObject({ total_changes: 0, changes: [] })
    expect(statuses(second)).toEqual({ 'qqq_holdings.csv': 'unchanged', 'spy_holdings.csv': 'unchanged' })
    expect(await versions()).toEqual(before)
    expect(await db.query('SELECT mode FROM load_runs WHERE id = $1', [second.id])).toEqual([{ mode }])
  },
)

test('full holds a universe whose file is gone; --force empties it; the file brings it back', async () => {
  await run()
  rmSync(`${folder}/qqq_holdings.csv`)
  const incremental = await run()
  expect(incremental.changes).toEqual([])

  const held = await run({ mode: 'full' })
  expect(held.changes).toMatchObject([{ name: 'QQQ', held: true, removed: 2 }])
  expect((await members(db, environment))['QQQ']).toEqual(['AAPL', 'NVDA'])

  const forced = await run({ mode: 'full', force: true })
  expect(forced.changes).toMatchObject([{ name: 'QQQ', held: false, count: 0 }])
  expect(await members(db, environment)).toEqual({ QQQ: [], SPY: ['AAPL', 'MSFT'] })
  expect(await cached()).toEqual({ SPY: ['AAPL', 'MSFT'] })
  expect((await run({ mode: 'full' })).total_changes).toBe(0)

  await writeFiles({ 'qqq_holdings.csv': qqq }, folder)
  expect(statuses(await run())).toMatchObject({ 'qqq_holdings.csv': 'loaded' })
  expect(await members(db, environment)).toEqual({ QQQ: ['AAPL', 'NVDA'], SPY: ['AAPL', 'MSFT'] })
  expect(await cached()).toEqual({ QQQ: ['NVDA', 'AAPL'], SPY: ['AAPL', 'MSFT'] })
})

test('a file that is rejected or misnamed is not gone', async () => {
  await run()
  rmSync(`${folder}/qqq_holdings.csv`)
  await writeFiles({ 'spy_holdings.csv': 'symbol,weight\nAAPL,abc\n', 'QQQ_holdings.csv': qqq }, folder)
  const result = await run({ mode: 'full', force: true })
  expect(result.changes).toEqual([])
  expect(statuses(result)).toEqual({ 'QQQ_holdings.csv': 'rejected', 'spy_holdings.csv': 'rejected' })
  expect(await members(db, environment)).toEqual({ QQQ: ['AAPL', 'NVDA'], SPY: ['AAPL', 'MSFT'] })
})

test('full leaves universes alone when single files are named', async () => {
  await run()
  const result = await run({ mode: 'full', force: true, paths: [`${folder}/spy_holdings.csv`] })
  expect(result.changes).toEqual([])
})

test('a fund that would lose too many members is held, and loaded with --force', async () => {
  const symbols = Array.from({ length: 20 }, (_, index) => `S${index}`)
  await writeFiles({ 'spy_holdings.csv': ['symbol', ...symbols].join('\n') }, folder)
  await run()
  await writeFiles({ 'spy_holdings.csv': ['symbol', ...symbols.slice(0, 5)].join('\n') }, folder)
  const held = await run()
  expect(statuses(held)).toMatchObject({ 'spy_holdings.csv': 'held' })
  expect((await members(db, environment))['SPY']).toHaveLength(20)
  expect(statuses(await run())).toMatchObject({ 'spy_holdings.csv': 'held' })
  expect(statuses(await run({ force: true }))).toMatchObject({ 'spy_holdings.csv': 'loaded' })
  expect((await members(db, environment))['SPY']).toHaveLength(5)
})

test('a dry run changes nothing and says what the load then does', async () => {
  await run()
  await writeFiles(
    {
      'spy_holdings.csv': 'symbol,weight\naapl,61\nTSLA,38\n',
      'dia_holdings.csv': 'symbol\nCAT\n',
      'bad_holdings.csv': 'symbol,weight\nCAT,x\n',
    },
    folder,
  )
  for (const mode of ['full', 'incremental'] as const) {
    const before = await versions()
    const dry = await run({ mode, dryRun: true })
    expect(await versions()).toEqual(before)
    expect(dry).toMatchObject({ dry_run: true, mode, total_changes: 4 })
    expect(await db.query('SELECT dry_run FROM load_runs WHERE id = $1', [dry.id])).toEqual([
      { dry_run: true },
    ])
    const again = await run({ mode, dryRun: true })
    expect(await outcome(again)).toEqual(await outcome(dry))
  }
  const dry = await run({ dryRun: true })
  const real = await run()
  expect(real.dry_run).toBe(false)
  expect(await outcome(real)).toEqual(await outcome(dry))
  expect(await members(db, environment)).toEqual({
    DIA: ['CAT'],
    QQQ: ['AAPL', 'NVDA'],
    SPY: ['AAPL', 'TSLA'],
  })
})

test('every changed universe gives one event, and its cache entry equals its members', async () => {
  const first = await run()
  expect(await eventsOf(first)).toEqual([
    { universe: 'QQQ', type: 'ETF', count: 2, added: ['AAPL', 'NVDA'], removed: [], updated: 0 },
    { universe: 'SPY', type: 'ETF', count: 2, added: ['AAPL', 'MSFT'], removed: [], updated: 0 },
  ])
  await writeFiles({ 'spy_holdings.csv': 'symbol,weight\nAAPL,30\nMSFT,69\n' }, folder)
  const second = await run()
  expect(await eventsOf(second)).toEqual([
    { universe: 'SPY', type: 'ETF', count: 2, added: [], removed: [], updated: 2 },
  ])
  expect(await cached()).toEqual({ QQQ: ['NVDA', 'AAPL'], SPY: ['MSFT', 'AAPL'] })
  expect(await eventsOf(await run({ mode: 'full' }))).toEqual([])
})

test('a universe knows the file, the checksum and the time it came from', async () => {
  const result = await run()
  const [group] = await db.query<{ metadata: Record<string, string> }>(
    `SELECT metadata FROM definition_groups WHERE name = 'SPY' AND environment = $1`,
    [environment],
  )
  expect(group?.metadata).toEqual({
    source: 'file',
    file: 'spy_holdings.csv',
    md5: resultOf(result, 'spy_holdings.csv').md5,
    load_id: result.id,
    loaded_at: result.started_at,
    rows: 2,
  })
  expect(group?.metadata['md5']).toBe('429e3a84f6d0e9a782f52c965fe22aa4')
})

test('history says since when and until when, and which load did it', async () => {
  const first = await run()
  await writeFiles({ 'spy_holdings.csv': 'symbol,weight\nAAPL,60\n' }, folder)
  const second = await run({ force: true })
  const rows = await db.query(
    `SELECT h.symbol, h.opened_by, h.closed_by, h.close_reason FROM membership_history h
     JOIN definition_groups g ON g.id = h.group_id
     WHERE g.environment = $1 AND g.name = 'SPY' ORDER BY 1`,
    [environment],
  )
  expect(rows).toEqual([
    { symbol: 'AAPL', opened_by: first.id, closed_by: null, close_reason: null },
    { symbol: 'MSFT', opened_by: first.id, closed_by: second.id, close_reason: 'removed' },
  ])
})

test('a second load at the same time is told, and changes nothing', async () => {
  const other = await db.client()
  await other.query('BEGIN')
  await other.query(`SELECT stage_files('etfs', 'full', '[]')`)
  await expect(run()).rejects.toMatchObject({ code: 'UV001' })
  const args = ['load', 'etfs', folder, '--environment', environment]
  const { code, stderr } = await runCli(args, { env: { DATABASE_URL: db.url } })
  expect(code).toBe(1)
  expect(stderr).toContain('another refresh or load is running')
  expect(stderr).toContain('pg-universes load: etfs')
  expect(stderr).toContain('sqlstate: UV001')
  await other.query('ROLLBACK')
  expect(await members(db, environment)).toEqual({})
  expect((await run()).total_changes).toBe(4)
})

test('what a load that was never finished left in the staging tables is swept away', async () => {
  await db.query(`SELECT stage_files('etfs', 'full', $1)`, [
    JSON.stringify([{ file: 1, name: 'left_holdings.csv', group_type: 'ETF', group_name: 'LEFT' }]),
  ])
  await db.query(`INSERT INTO staged_members (file, line, symbol) VALUES (1, 2, 'LEFT')`)
  await run()
  expect(await members(db, environment)).toEqual({ QQQ: ['AAPL', 'NVDA'], SPY: ['AAPL', 'MSFT'] })
})

test.each([
  [['--mode', 'dry-run'], { mode: 'incremental', dry_run: true }],
  [['--dry-run'], { mode: 'incremental', dry_run: true }],
  [['--mode', 'full', '--dry-run'], { mode: 'full', dry_run: true }],
  [['--rebuild'], { mode: 'full', dry_run: false }],
  [['--force'], { mode: 'incremental', dry_run: false, force: true }],
  [[], { mode: 'incremental', dry_run: false, force: false }],
])('%s on the command line', async (options, expected) => {
  const args = ['load', 'etfs', folder, '--json', '--environment', environment, ...options]
  const { code, stdout } = await runCli(args, { env: { DATABASE_URL: db.url } })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'etfs', environment, total_changes: 4, ...expected })
})

/** Result of a load without its id and times, and without the numbers of new universes, which differ each time. */
async function outcome({ id, files, total_changes }: LoadResult): Promise<unknown> {
  const rows = await db.query<{ change: unknown }>(
    `SELECT change - 'group_id' AS change FROM load_runs, jsonb_array_elements(changes) AS change WHERE id = $1`,
    [id],
  )
  return { files, total_changes, changes: rows.map(({ change }) => change) }
}

async function eventsOf({ id }: LoadResult): Promise<unknown[]> {
  const rows = await db.query<{ event: string; payload: unknown }>(
    'SELECT event, payload FROM universe_events WHERE run_id = $1 ORDER BY seq',
    [id],
  )
  expect(rows.every(({ event }) => event === 'universe_updated')).toBe(true)
  return rows.map(({ payload }) => payload)
}

async function cached(): Promise<Record<string, string[]>> {
  const rows = await db.query<{ universe: string; value: string[]; symbols: string[] }>(
    `SELECT universe, value, content -> 'symbols' AS symbols FROM cache_entries
     WHERE environment = $1 ORDER BY universe`,
    [environment],
  )
  for (const { value, symbols } of rows) expect(symbols).toEqual(value)
  return Object.fromEntries(rows.map(({ universe, value }) => [universe, value]))
}
