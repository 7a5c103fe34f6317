import { beforeEach, describe, expect, it } from 'vitest'
import type { SyncRun } from '../../src/operations/refresh.js'
import { completed, contents, listSmallMarket } from '../refresh/market.js'
import { runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'
import { sectorsOf } from './enriching.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

const universes = (...args: string[]): Promise<CliResult> => runCli(args, { env: { DATABASE_URL: db.url } })

const override = (symbols: string, sector = 'utilities'): Promise<unknown> =>
  db.query(`INSERT INTO sector_overrides (symbol, sector) SELECT symbol, $2 FROM symbols WHERE symbol ~ $1`, [
    symbols,
    sector,
  ])

describe('universes enrich sectors', () => {
  it('prints what moved, and who decided about how many stocks', async () => {
    await override('^TEC5$')
    const { code, stdout, stderr } = await universes('enrich', 'sectors')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^step +ms +added +removed +updated +held\nsectors +[\d.]+/)
    expect(stdout).toMatch(/^SECTOR +information_technology +15 +0 +1 +0$/m)
    expect(stdout).toMatch(/^SECTOR +utilities +15 +1 +0 +0$/m)
    expect(stdout).toMatch(/^made \d+ changes in \d+ universes, in [\d.]+ m?s: run [0-9a-f-]{36}$/m)
    expect(stdout).toMatch(/^active stocks classified by +stocks +percent$/m)
    expect(stdout).toMatch(/^Sector that an operator has set in sector_overrides +1 +1.67$/m)
    expect(stdout).toMatch(/^Constituent of a fund that holds one sector only \(sector_etfs\) +5 +8.33$/m)
    expect(await sectorsOf(db, 'TEC5')).toMatchObject([{ sector: 'utilities' }])
  })

  it('prints the run as JSON and nothing else', async () => {
    await override('^TEC5$')
    const { code, stdout, stderr } = await universes('enrich', 'sectors', '--mode', 'full', '--json')
    expect([code, stderr]).toEqual([0, ''])
    const run = JSON.parse(stdout) as SyncRun
    expect(run).toMatchObject({
      mode: 'sectors',
      status: 'completed',
      dry_run: false,
      triggered_by: 'universes enrich',
      changes: expect.arrayContaining([
        expect.objectContaining({ type: 'SECTOR', name: 'utilities', added: ['TEC5'] }),
      ]) as object[],
    })
    const [stored] = await db.query('SELECT total_changes FROM sync_runs WHERE id = $1', [run.id])
    expect(stored).toEqual({ total_changes: run.total_changes })
  })

  it('shows the symbols, and each step as it ends, with --verbose', async () => {
    await override('^TEC5$')
    const { stdout, stderr } = await universes('enrich', 'sectors', '--verbose')
    expect(stdout).toMatch(/^utilities \+ TEC5$/m)
    expect(stdout).toMatch(/^information_technology - TEC5$/m)
    expect(stderr).toMatch(/^1\/2 sectors: [\d.]+ ms/m)
  })

  it.each(['--mode dry-run', '--dry-run', '--mode full --dry-run'])('keeps nothing with %s', async (args) => {
    await override('^TEC5$')
    const before = await contents(db, ['sync_runs'])
    const { code, stdout } = await universes('enrich', 'sectors', ...args.split(' '))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^SECTOR +utilities +15 +1 +0 +0$/m)
    expect(stdout).toMatch(/dry run, nothing was kept: would make \d+ changes/)
    // A dry run changes no stored row.
    expect(stdout).not.toContain('classified by')
    expect(await contents(db, ['sync_runs'])).toEqual(before)
  })

  it('looks at what changed by default, at everything with --mode full and --mode dry-run', async () => {
    const modes: unknown[] = []
    for (const mode of [[], ['--mode', 'full'], ['--mode', 'dry-run']]) {
      const { stdout } = await universes('enrich', 'sectors', ...mode, '--json')
      const run = JSON.parse(stdout) as SyncRun
      modes.push([run.mode, run.dry_run])
    }
    expect(modes).toEqual([
      ['changed_sectors', false],
      ['sectors', false],
      ['sectors', true],
    ])
  })

  it('takes an environment', async () => {
    const { stdout } = await universes('enrich', 'sectors', '--environment', 'TEST')
    expect(stdout).toMatch(/^SECTOR +energy +14 +14 +0 +0$/m)
    expect(await sectorsOf(db, 'OIL1', 'TEST')).toMatchObject([{ sector: 'energy' }])
  })
})

describe('its exit code', () => {
  it('is 1 when a guard held a sector, 0 when it is forced', async () => {
    await override('^OIL')
    const { code, stdout } = await universes('enrich', 'sectors')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^SECTOR +energy +14 +0 +14 +0 +held: unchanged, see membership_guards or use --force$/m,
    )
    expect(await universes('enrich', 'sectors', '--force')).toMatchObject({ code: 0 })
  })

  it('is 1 when the run failed, and nothing was changed', async () => {
    await override('^TEC5$')
    await db.query(
      `ALTER TABLE group_memberships ADD CONSTRAINT no_tec5 CHECK (metadata ->> 'source' <> 'override') NOT VALID`,
    )
    const before = await contents(db, ['sync_runs', 'universe_events'])
    const { code, stdout, stderr } = await universes('enrich', 'sectors')
    expect(code).toBe(1)
    expect(stdout).toMatch(/failed, nothing was changed, after .*: run [0-9a-f-]{36}\n$/)
    expect(stderr).toContain('violates check constraint "no_tec5"')
    expect(await contents(db, ['sync_runs', 'universe_events'])).toEqual(before)
  })

  it('is 1 when another run is at work', async () => {
    const client = await db.client()
    await client.query(`BEGIN; SELECT lock_universes('the test')`)
    const { code, stdout, stderr } = await universes('enrich', 'sectors')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('sqlstate: UV001')
  })

  it.each(['sectors --mode weekly', 'sectors --no-such-option', 'themes'])(
    'is 2 for wrong usage: %s',
    async (args) => {
      const before = await contents(db)
      const { code, stdout, stderr } = await universes('enrich', ...args.split(' '))
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(/error: /)
      expect(await contents(db)).toEqual(before)
    },
  )
})
