import { beforeAll, describe, expect, it } from 'vitest'
import type { SyncRun } from '../../src/operations/refresh.js'
import { contents } from '../refresh/market.js'
import { runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'
import { endOf, loadLines, rollBack, weights } from './support.js'

let db: TestDatabase
const loads: string[] = []

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await db.query(`INSERT INTO symbols (symbol, type) SELECT chr(i), 'CS' FROM generate_series(65, 72) AS i`)
  for (const lines of ['A,60 B,40', 'B,45 C,55', 'D,99']) loads.push((await loadLines(db, lines)).id)
})

const universes = (...args: string[]): Promise<CliResult> =>
  runCli(['rollback', ...args], { env: { DATABASE_URL: db.url } })

const lastRun = async (): Promise<SyncRun> => {
  const [row] = await db.query('SELECT * FROM sync_runs ORDER BY started_at DESC LIMIT 1')
  return row as unknown as SyncRun
}

describe('universes rollback', () => {
  it('with --dry-run says what it would do, and keeps nothing', async () => {
    const before = await contents(db, ['sync_runs'])
    const { code, stdout, stderr } = await universes('--to', loads[1]!, '--dry-run')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^ETF +SPY +2 +2 +1 +0$/m)
    expect(stdout).toMatch(/^dry run, nothing was kept: would make 3 changes in 1 universe, in /m)
    expect(stdout).not.toContain('Files taken back')
    expect(await contents(db, ['sync_runs'])).toEqual(before)
  })

  it('prints the moment, what changed, and what happens next', async () => {
    const { code, stdout, stderr } = await universes('--to', loads[1]!)
    const run = await lastRun()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^step +ms +added +removed +updated +held\nrollback +[\d.]+ +2 +1 +0 +0$/m)
    expect(stdout).toMatch(/^ETF +SPY +2 +2 +1 +0$/m)
    expect(stdout).toMatch(new RegExp(`^made 3 changes in 1 universe, in [\\d.]+ m?s: run ${run.id}$`, 'm'))
    const end = new Date(await endOf(db, loads[1]!)).toISOString()
    expect(stdout).toContain(`as they were at ${end.replace('T', ' ').slice(0, 19)} UTC.`)
    expect(stdout).toContain('Files taken back are held when they come again')
    expect(stdout).not.toContain('inactive')
    expect(await weights(db)).toEqual({ B: 45, C: 55 })
    expect(run).toMatchObject({
      mode: 'rollback',
      triggered_by: 'universes rollback',
      environment: 'DEFAULT',
    })
  })

  it('a second time has nothing to change, and gives no advice', async () => {
    const { code, stdout } = await universes('--to', loads[1]!)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^made 0 changes in 0 universes/m)
    expect(stdout).not.toContain('Files taken back')
  })

  it('with --before --verbose lists the symbols, and the step on stderr', async () => {
    const { code, stdout, stderr } = await universes('--to', loads[1]!, '--before', '--verbose')
    expect(stderr).toMatch(/^1\/2 rollback: [\d.]+ ms, [^\n]+\n$/)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^SPY \+ A$/m)
    expect(stdout).toMatch(/^SPY - C$/m)
    expect(await weights(db)).toEqual({ A: 60, B: 40 })
  })

  it('with --json prints the row of sync_runs and nothing else', async () => {
    const { code, stdout, stderr } = await universes('--to', await endOf(db, loads[2]!), '--json')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(await lastRun())))
    expect(await weights(db)).toEqual({ D: 99 })
  })

  it('says how many symbols are inactive by now and stay out', async () => {
    await db.query(`UPDATE symbols SET active = false WHERE symbol = 'A'`)
    const { code, stdout } = await universes('--to', loads[0]!)
    expect(code).toBe(0)
    expect(stdout).toContain('1 symbol is inactive by now and stays out')
    expect(await weights(db)).toEqual({ B: 40 })
  })

  it('works on the environment it is given', async () => {
    const { id } = await loadLines(db, 'E,99', { environment: 'TEST' })
    await loadLines(db, 'F,99', { environment: 'TEST' })
    const before = await weights(db)
    expect(await universes('--to', id, '--environment', 'TEST')).toMatchObject({ code: 0 })
    expect([await weights(db), await weights(db, 'SPY', 'TEST')]).toEqual([before, { E: 99 }])
  })
})

describe('its exit code', () => {
  it.each([
    [2, 'UV002', ['--to', 'last tuesday']],
    [2, 'UV002', ['--to', '2999-01-01']],
    [1, 'UV003', ['--to', '00000000-0000-4000-8000-000000000000']],
    [1, 'UV003', ['--to', '2001-01-01 00:00+00']],
    [1, 'UV003', ['--to', '2001-01-01', '--dry-run', '--json']],
  ])('is %i with sqlstate %s for %j, and nothing changes', async (exit, sqlstate, args) => {
    const before = await contents(db)
    const { code, stdout, stderr } = await universes(...args)
    expect([code, stdout]).toEqual([exit, ''])
    expect(stderr).toMatch(/^error: /)
    expect(stderr).toMatch(/^remedy: /m)
    expect(stderr).toContain(`sqlstate: ${sqlstate}`)
    expect(await contents(db)).toEqual(before)
  })

  it('is 2 without --to', async () => {
    const { code, stdout, stderr } = await universes()
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--to <run|load|timestamp>')
  })

  it('is 1 while another session is changing memberships', async () => {
    const client = await db.client()
    await client.query(`SET application_name = 'night shift'; BEGIN; SELECT lock_universes('the test')`)
    const { code, stdout, stderr } = await universes('--to', loads[0]!)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^detail: Running: process \d+, night shift/m)
    expect(stderr).toContain('sqlstate: UV001')
    await client.query('ROLLBACK')
    await expect(rollBack(db, loads[0]!)).resolves.toMatchObject({ status: 'completed' })
  })
})
