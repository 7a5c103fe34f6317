import { beforeEach, describe, expect, it } from 'vitest'
import type { SyncRun } from '../../src/operations/refresh.js'
import { runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'
import { completed, contents, groupsOf, listSmallMarket, setCloses } from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

const universes = (...args: string[]): Promise<CliResult> => runCli(args, { env: { DATABASE_URL: db.url } })

const lastRun = async (): Promise<SyncRun> => {
  const [row] = await db.query('SELECT * FROM sync_runs ORDER BY started_at DESC LIMIT 1')
  return row as unknown as SyncRun
}

describe('universes refresh', () => {
  it('prints the steps, the changes per universe, and the duration', async () => {
    await setCloses(db, { UTL1: 900000 })
    const { code, stdout } = await universes('refresh')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^step +ms +added +removed +updated +held\n/)
    for (const step of ['market_caps', 'ipos', 'delistings', 'themes', 'cache_and_events']) {
      expect(stdout).toMatch(new RegExp(`^${step} +[\\d.]+`, 'm'))
    }
    expect(stdout).toMatch(/^MARKET_CAP +mega_cap +17 +1 +0 +0$/m)
    expect(stdout).toMatch(/^MARKET_CAP +small_cap +13 +0 +1 +0$/m)
    const run = await lastRun()
    expect(run.triggered_by).toBe('universes refresh')
    expect(stdout).toMatch(
      new RegExp(
        `made ${run.total_changes} changes in ${run.changes.length} universes, in [\\d.]+ m?s: run ${run.id}\n$`,
      ),
    )
  })

  it('lists symbols, and the steps as they end, with --verbose', async () => {
    await setCloses(db, { UTL1: 900000 })
    const { stdout, stderr } = await universes('refresh', '--verbose')
    expect(stdout).toMatch(/^mega_cap \+ UTL1$/m)
    expect(stdout).toMatch(/^small_cap - UTL1$/m)
    expect(stderr.match(/(?<=^\d\/5 )\w+(?=: [\d.]+ ms)/gm)).toEqual([
      'market_caps',
      'ipos',
      'delistings',
      'themes',
      'cache_and_events',
    ])
  })

  it('prints one JSON document with --json: the row of sync_runs', async () => {
    await setCloses(db, { UTL1: 900000 })
    const { code, stdout, stderr } = await universes('refresh', '--json')
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(await lastRun())))
    expect((JSON.parse(stdout) as SyncRun).total_changes).toBeGreaterThan(0)
  })

  it('keeps nothing with --dry-run', async () => {
    await setCloses(db, { UTL1: 900000 })
    const before = await contents(db, ['sync_runs'])
    const { code, stdout } = await universes('refresh', '--dry-run')
    expect(code).toBe(0)
    expect(stdout).toMatch(/dry run, nothing was kept: would make [1-9]/)
    expect(await contents(db, ['sync_runs'])).toEqual(before)
  })

  it.each(['--append', '--no-delete'])('removes nothing with %s', async (flag) => {
    await setCloses(db, { UTL1: 900000 })
    expect(await universes('refresh', flag)).toMatchObject({ code: 0 })
    expect(await lastRun()).toMatchObject({ append: true })
    expect(await groupsOf(db, 'UTL1')).toEqual(
      expect.arrayContaining(['MARKET_CAP/mega_cap', 'MARKET_CAP/small_cap']),
    )
  })

  it('passes mode, environment, force and trigger to the run', async () => {
    const args = ['--mode', 'themes', '--environment', 'TEST', '--force', '--triggered-by', 'night']
    expect(await universes('refresh', ...args)).toMatchObject({ code: 0 })
    expect(await lastRun()).toMatchObject({
      mode: 'themes',
      environment: 'TEST',
      force: true,
      append: false,
      dry_run: false,
      triggered_by: 'night',
    })
  })
})

describe('its exit code', () => {
  it('is 1 when a guard held a universe, which is named', async () => {
    await db.query(`UPDATE symbols SET sic_code = '4911' WHERE symbol LIKE 'OIL%'`)
    const { code, stdout } = await universes('refresh')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^SECTOR +energy +14 +0 +14 +0 +held: unchanged/m)
    expect(stdout).toMatch(/^alert SECTOR energy: 14 members/m)
    expect(stdout).toMatch(/, held \d+ back, in/)
    expect(await universes('refresh', '--force')).toMatchObject({ code: 0 })
  })

  it('is 1 when the run failed, with the error on stderr', async () => {
    await setCloses(db, { UTL1: 900000 })
    await db.query(`ALTER TABLE group_memberships ADD CONSTRAINT no_rank CHECK (symbol <> 'UTL1') NOT VALID`)
    const { code, stdout, stderr } = await universes('refresh')
    expect(code).toBe(1)
    expect(stdout).toMatch(/failed, nothing was changed, after .*: run [0-9a-f-]{36}\n$/)
    expect(stderr).toContain('violates check constraint "no_rank"')
    expect(stderr).toContain('sqlstate: 23514')
    const json = await universes('refresh', '--json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'failed', error: { sqlstate: '23514' } })
  })

  it('is 1 when another refresh is running, which is named', async () => {
    const client = await db.client()
    await client.query(`SET application_name = 'night shift'; BEGIN; SELECT lock_universes('the test')`)
    const { code, stderr, stdout } = await universes('refresh')
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('error: the refresh cannot start: another refresh or load is running')
    expect(stderr).toMatch(/^detail: Running: process \d+, night shift/m)
    expect(stderr).toContain('sqlstate: UV001')
  })

  it.each([['--mode', 'weekly'], ['--no-such-option']])('is 2 for wrong usage: %s', async (...args) => {
    const before = await contents(db)
    const { code, stdout, stderr } = await universes('refresh', ...args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/error: /)
    expect(await contents(db)).toEqual(before)
  })
})
