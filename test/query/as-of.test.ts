import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  describeStock,
  describeUniverse,
  type StockAnswer,
  type UniverseAnswer,
} from '../../src/operations/query.js'
import { loadInto, writeFiles } from '../load/files.js'
import { removeFolder, runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'

let db: TestDatabase
let folder: string
const loads: string[] = []

const query = (...args: string[]): Promise<CliResult> =>
  runCli(['query', ...args], { env: { DATABASE_URL: db.url, TZ: 'America/New_York', PGTZ: 'Asia/Tokyo' } })

async function json<Document>(...args: string[]): Promise<Document> {
  const { code, stdout, stderr } = await query(...args, '--json')
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Document
}

async function spy(content: string): Promise<void> {
  await writeFiles({ 'spy_holdings.csv': content }, folder)
  loads.push((await loadInto(db, { kind: 'etfs', paths: [folder], force: true })).id)
}

/** SPY of three days: A and B, B alone with another weight, then A and B again. */
beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  folder = await writeFiles({})
  await db.query(
    `INSERT INTO symbols (symbol, name, type, market_cap) VALUES ('A', 'Alpha', 'CS', 100), ('B', 'Beta', 'CS', 200)`,
  )
  await spy('symbol,weight\nA,60\nB,40\n')
  await db.query(`UPDATE symbols SET market_cap = 300 WHERE symbol = 'B'`)
  await spy('symbol,weight\nB,99\n')
  await spy('symbol,weight\nA,50\nB,49\n')
  await loadInto(db, {
    kind: 'universes',
    paths: [(await writeFiles({ 'pair.csv': 'A\nB\n' }, folder)) + '/pair.csv'],
  })
  await onDays()
})

afterAll(() => removeFolder(folder))

/** Moves the loads to known days: 2025-03-03, -05, -07 and -10, 18:00 UTC. */
async function onDays(): Promise<void> {
  const { rows } = await db.pool.query<{ id: string }>('SELECT id FROM load_runs ORDER BY started_at')
  for (const [index, { id }] of rows.entries()) {
    const at = `2025-03-${['03', '05', '07', '10'][index]} 18:00+00`
    await db.query('UPDATE load_runs SET started_at = $2, finished_at = $2 WHERE id = $1', [id, at])
    await db.query('UPDATE membership_history SET valid_from = $2 WHERE opened_by = $1', [id, at])
    await db.query('UPDATE membership_history SET valid_to = $2 WHERE closed_by = $1', [id, at])
  }
}

const of = ({ constituents }: UniverseAnswer): unknown[] =>
  constituents.map(({ symbol, weight, market_cap }) => [symbol, weight, market_cap])

describe('--as-of', () => {
  it('a time between two loads shows the state of the first', async () => {
    const answer = await json<UniverseAnswer>('--etf', 'SPY', '--as-of', '2025-03-04 12:00')
    expect(of(answer)).toEqual([
      ['A', 60, 100],
      ['B', 40, 200],
    ])
    expect(answer).toMatchObject({ size: 2, weight_sum: 100, at: '2025-03-04T12:00:00+00:00' })
    expect(answer.file).toMatchObject({ file: 'spy_holdings.csv', load_id: loads[0] })
    expect(answer.last_change).toBe('2025-03-03T18:00:00+00:00')
  })

  it('a day means its end in UTC, independent of the client, and includes its loads', async () => {
    expect(of(await json('--etf', 'SPY', '--as-of', '2025-03-05'))).toEqual([['B', 99, 300]])
    expect(of(await json('--etf', 'SPY', '--as-of', '2025-03-05 17:59:59'))).toHaveLength(2)
    expect(of(await json('--etf', 'SPY', '--as-of', '2025-03-05 13:59-04'))).toHaveLength(2)
    const { stdout } = await query('--etf', 'SPY', '--as-of', '2025-03-05')
    expect(stdout).toMatch(/^SPY {2}.*as of 2025-03-05 23:59 UTC$/m)
    expect(stdout).toMatch(/^ *1 +B +Beta +99\.00 %/m)
  })

  it('the id of a load means its end', async () => {
    expect(of(await json('--etf', 'SPY', '--as-of', loads[1]!))).toEqual([['B', 99, 300]])
  })

  it('today means now, without later changes', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const answer = await json<UniverseAnswer>('--etf', 'SPY', '--as-of', today)
    expect(of(answer)).toEqual([
      ['A', 50, 100],
      ['B', 49, 300],
    ])
    expect(Date.parse(answer.at!)).toBeLessThanOrEqual(Date.now())
  })

  it('a new weight keeps the start of a membership, a return restarts it', async () => {
    const { constituents } = await json<UniverseAnswer>('--etf', 'SPY')
    expect(constituents.map(({ symbol, since }) => [symbol, since!.slice(0, 10)])).toEqual([
      ['A', '2025-03-07'],
      ['B', '2025-03-03'],
    ])
  })

  it('of a stock: current, past and not yet known memberships', async () => {
    const answer = await json<StockAnswer>('--stock', 'A', '--as-of', '2025-03-06')
    expect(answer.universes).toEqual([])
    expect(answer.past).toMatchObject([
      { type: 'ETF', name: 'SPY', weight: 60, file: 'spy_holdings.csv', line: 2, end_reason: 'removed' },
    ])
    expect(answer.past[0]!.until).toBe('2025-03-05T18:00:00+00:00')
    expect(answer.not_known).toMatchObject([{ type: 'UNIVERSE', universes: 1 }])
    const { stdout } = await query('--stock', 'A', '--as-of', '2025-03-06')
    expect(stdout).toMatch(
      /^ETF +SPY +2025-03-03 18:00 +2025-03-05 18:00 +spy_holdings\.csv line 2 +removed$/m,
    )
    expect(stdout).toMatch(/^UNIVERSE +1 +2025-03-10 18:00$/m)
    const now = await json<StockAnswer>('--stock', 'A')
    expect(now.universes.map(({ name, weight }) => [name, weight])).toEqual([
      ['SPY', 50],
      ['pair', null],
    ])
    expect(now.past).toHaveLength(1)
  })

  it('of --stats: sizes on that day', async () => {
    const { stdout } = await query('--stats', '--as-of', '2025-03-05')
    expect(stdout).toMatch(/^ETF +1 +1 +SPY \(1\) +2025-03-05 18:00$/m)
    expect(stdout).not.toContain('UNIVERSE')
    expect(stdout).toMatch(/^2025-03-05 18:00 +load etfs /m)
  })

  it.each([['--etf', 'SPY'], ['--stock', 'A'], ['--stats']])('before the first load: %s', async (...args) => {
    const { code, stdout, stderr } = await query(...args, '--as-of', '2025-03-02')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('are not known')
    expect(stderr).toMatch(/^detail: History begins at 2025-03-0[34] /m)
    expect(stderr).toContain('sqlstate: UV003')
  })

  it('before the history of one universe is an error, too', async () => {
    const { code, stderr } = await query('--universe', 'pair', '--as-of', '2025-03-06')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: the members of pair at 2025-03-0\d .* are not known$/m)
    expect(stderr).toMatch(/^detail: Its history begins at 2025-03-1\d /m)
  })

  it.each(['2025-02-30', 'soon', '2999-01-01', 'tomorrow'])('%s is wrong usage', async (when) => {
    expect(await query('--etf', 'SPY', '--as-of', when)).toMatchObject({ code: 2, stdout: '' })
  })
})

it('after a rollback the file is the source of the restored members, now and later', async () => {
  const client = await db.client()
  await client.query('BEGIN')
  await client.query('SELECT rollback_universes($1)', [loads[0]])
  const now = await describeUniverse(client, 'SPY')
  const first = { file: 'spy_holdings.csv', load_id: loads[0] }
  expect(now.file).toMatchObject(first)
  expect(of(now)).toEqual([
    ['A', 60, 100],
    ['B', 40, 300],
  ])
  const later = await client.query<{ at: string }>('SELECT clock_timestamp()::text AS at')
  expect(await describeUniverse(client, 'SPY', { asOf: later.rows[0]!.at })).toMatchObject({
    file: first,
    size: 2,
  })
  const { past } = await describeStock(client, 'A')
  expect(past.map(({ name, end_reason }) => [name, end_reason])).toEqual([
    ['pair', 'rolled back'],
    ['SPY', 'removed'],
  ])
  await client.query('ROLLBACK')
})
