import { beforeEach, describe, expect, it } from 'vitest'
import { completed, contents, listSmallMarket, loadFund } from '../refresh/market.js'
import { runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'
import { addLegacyRows, counts, imported, universes } from './legacy-rows.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
})

const row = (universe: string, content: unknown, cache_type: string) => ({ universe, content, cache_type })

describe('what somebody else maintains by now is left alone', () => {
  it('a fund from a file', async () => {
    await addLegacyRows(db, [row('spy', ['UTL1'], 'etf')])
    const before = await contents(db, ['sync_runs', 'universe_events'])
    const run = await imported(db)
    expect(counts(run)).toEqual({ universes: 0, left_alone: 1 })
    expect(await contents(db, ['sync_runs', 'universe_events'])).toEqual(before)
  })

  it('a fund whose file came after the first import', async () => {
    await addLegacyRows(db, [row('QQQ', ['UTL1'], 'etf')])
    await imported(db)
    expect((await universes(db))['ETF QQQ']).toEqual(['UTL1'])
    await loadFund(db, 'QQQ', { TEC1: 60, UTL1: 40 })
    expect(counts(await imported(db))).toEqual({ universes: 0, left_alone: 1 })
    expect((await universes(db))['ETF QQQ']).toEqual(['TEC1', 'UTL1'])
  })

  it('a theme that got a rule after the first import', async () => {
    await addLegacyRows(db, [row('tiny', ['UTL1'], 'theme')])
    await imported(db)
    await db.query(
      `INSERT INTO theme_rules (name, title, description, include_symbols) VALUES ('tiny', 'Tiny', 'Tiny', '{TEC1}')`,
    )
    await completed(db)
    expect((await universes(db))['THEME tiny']).toEqual(['TEC1'])
    expect(counts(await imported(db))).toEqual({ universes: 0, left_alone: 1 })
    expect((await universes(db))['THEME tiny']).toEqual(['TEC1'])
  })

  it('another environment', async () => {
    await addLegacyRows(db, [
      { ...row('mine', ['TEC1'], 'x'), environment: 'TEST' },
      { ...row('mine', ['TEC2'], 'x'), environment: 'DEFAULT' },
    ])
    await imported(db, { environment: 'TEST' })
    expect(await universes(db, 'TEST')).toEqual({ 'UNIVERSE mine': ['TEC1'] })
    expect(await universes(db)).not.toHaveProperty('UNIVERSE mine')
    await imported(db)
    expect((await universes(db))['UNIVERSE mine']).toEqual(['TEC2'])
  })
})

describe('universes import legacy', () => {
  const cli = (...args: string[]): Promise<CliResult> =>
    runCli(['import', ...args], { env: { DATABASE_URL: db.url } })

  it('prints what it imported and what it left alone', async () => {
    await addLegacyRows(db, [row('mine', ['TEC1', 'TEC2'], 'x'), row('spy', ['UTL1'], 'etf')])
    const dry = await cli('legacy', '--dry-run')
    expect([dry.code, dry.stderr]).toEqual([0, ''])
    expect(dry.stdout).toMatch(/dry run, nothing was kept: would make 2 changes in 1 universe/)
    expect(await universes(db)).not.toHaveProperty('UNIVERSE mine')

    const { code, stdout, stderr } = await cli('legacy')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^import +[\d.]+ +2 +0 +0 +0$/m)
    expect(stdout).toMatch(/^UNIVERSE +mine +2 +2 +0 +0$/m)
    expect(stdout).toMatch(/^made 2 changes in 1 universe, in [\d.]+ m?s: run [0-9a-f-]{36}$/m)
    expect(stdout).toMatch(/^left alone: 1 that a file or the rules maintain/m)
    expect((await universes(db))['UNIVERSE mine']).toEqual(['TEC1', 'TEC2'])
  })

  it('prints the run as JSON and nothing else', async () => {
    await addLegacyRows(db, [row('mine', ['TEC1'], 'x')])
    const { code, stdout, stderr } = await cli('legacy', '--json', '--environment', 'DEFAULT')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      mode: 'import',
      status: 'completed',
      triggered_by: 'universes import',
      total_changes: 1,
      changes: [{ type: 'UNIVERSE', name: 'mine', added: ['TEC1'], count: 1 }],
    })
  })

  it('ends with 1 while another run is at work, and with 2 for wrong usage', async () => {
    const client = await db.client()
    await client.query(`BEGIN; SELECT lock_universes('the test')`)
    const busy = await cli('legacy')
    expect([busy.code, busy.stdout]).toEqual([1, ''])
    expect(busy.stderr).toContain('sqlstate: UV001')
    expect(await cli('legacy', '--mode', 'full')).toMatchObject({ code: 2, stdout: '' })
    expect(await cli('everything')).toMatchObject({ code: 2, stdout: '' })
  })
})
