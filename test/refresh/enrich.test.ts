import { beforeEach, describe, expect, it } from 'vitest'
import { enriched, loadIssuerFund, sectorsOf } from '../classification/enriching.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import {
  changeOf,
  completed,
  contents,
  eventsOf,
  listSmallMarket,
  members,
  rowVersions,
  setCloses,
} from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await db.query(
    `INSERT INTO theme_rules (name, title, description, sectors) VALUES ('money', 'Money', 'Money', '{financials}')`,
  )
  await completed(db)
})

const setSector = (sector: string, symbols: string): Promise<unknown> =>
  db.query(`INSERT INTO sector_overrides (symbol, sector) SELECT symbol, $1 FROM symbols WHERE symbol ~ $2`, [
    sector,
    symbols,
  ])

const own = ['sync_runs', 'universe_events']

describe.each(['incremental', 'full'] as const)('the mode %s', (mode) => {
  it('writes nothing but its run and its event when nothing has changed', async () => {
    const before = await rowVersions(db, own)
    const run = await enriched(db, { mode })
    expect(run).toMatchObject({ changes: [], total_changes: 0, alerts: [], triggered_by: 'test' })
    expect(run.steps.map(({ step }) => step)).toEqual(['sectors', 'cache_and_events'])
    expect((await eventsOf(db, run.id)).map(({ event }) => event)).toEqual(['cache_sync_completed'])
    expect(await rowVersions(db, own)).toEqual(before)
    expect(await db.query('SELECT count(*)::integer FROM sync_runs')).toEqual([{ count: 2 }])
  })

  it('writes nothing the second time, and leaves the marks to the next refresh', async () => {
    await loadIssuerFund(db, 'FNDA', { UTL1: 'Energy', TEC9: 'Information Technology' }, '2025-11-18')
    await setCloses(db, { UTL2: 900 })
    expect((await enriched(db, { mode })).total_changes).toBeGreaterThan(0)
    const before = await rowVersions(db, own)
    expect(await enriched(db, { mode })).toMatchObject({ changes: [], total_changes: 0 })
    expect(await rowVersions(db, own)).toEqual(before)
    const marks = await db.query('SELECT DISTINCT kind, symbol FROM market_changes ORDER BY symbol')
    expect(marks).toEqual([
      { kind: 'fund', symbol: 'TEC9' },
      { kind: 'fund', symbol: 'UTL1' },
      { kind: 'price', symbol: 'UTL2' },
    ])
  })

  it('is followed by sector leaders, themes, cache and events', async () => {
    await setSector('financials', '^TEC1$')
    const run = await enriched(db, { mode })
    expect(await sectorsOf(db, 'TEC1')).toMatchObject([{ sector: 'financials', source: 'override' }])
    expect((await members(db, 'SECTOR_LEADERS', 'top_10_financials'))[0]).toBe('TEC1')
    expect((await members(db, 'SECTOR_LEADERS', 'top_10_information_technology')).slice(0, 2)).toEqual([
      'TEC2',
      'TEC3',
    ])
    expect(changeOf(run, 'THEME', 'money')).toMatchObject({ added: ['TEC1'], removed: [], count: 17 })
    const [leaders] = await db.query(
      `SELECT value ->> 0 AS first FROM cache_entries WHERE universe = 'top_10_financials'`,
    )
    expect(leaders).toEqual({ first: 'TEC1' })
    expect(
      await db.query(`SELECT symbol FROM sector_leaders WHERE sector = 'financials' AND rank = 1`),
    ).toEqual([{ symbol: 'TEC1' }])
    const events = (await eventsOf(db, run.id)).filter(({ event }) => event === 'universe_updated')
    expect(events).toHaveLength(run.changes.length)
    // A forced refresh of the result changes nothing.
    expect(await completed(db, { force: true })).toMatchObject({ changes: [] })
  })

  it('does in a dry run all of it, reports it, and keeps nothing', async () => {
    await setSector('financials', '^TEC1$')
    const before = await contents(db, ['sync_runs'])
    const dry = await enriched(db, { mode, dryRun: true })
    expect(await contents(db, ['sync_runs'])).toEqual(before)
    expect(dry).toMatchObject({ dry_run: true, status: 'completed' })
    const real = await enriched(db, { mode })
    expect(dry.changes).toEqual(real.changes)
    expect(dry.total_changes).toBe(real.total_changes)
    expect(real.total_changes).toBeGreaterThan(2)
  })

  it('holds back what membership_guards does not allow, until it is forced', async () => {
    await setSector('utilities', '^OIL')
    const held = { held: true, members_before: 14, count: 14 }
    for (let time = 1; time <= 2; time += 1) {
      const run = await enriched(db, { mode })
      expect(changeOf(run, 'SECTOR', 'energy')).toMatchObject(held)
      expect(run.alerts).toContainEqual(expect.objectContaining({ alert: 'held', subject: 'SECTOR energy' }))
    }
    expect(await members(db, 'SECTOR', 'energy')).toHaveLength(14)
    const forced = await enriched(db, { mode, force: true })
    expect(changeOf(forced, 'SECTOR', 'energy')).toMatchObject({ held: false, count: 0 })
    expect(await members(db, 'SECTOR', 'utilities')).toHaveLength(28)
    expect(await enriched(db, { mode })).toMatchObject({ changes: [] })
  })
})

describe('what changed behind the marks', () => {
  it('is not seen by the incremental mode, and is by the full one', async () => {
    const client = await db.client()
    await client.query(`SET session_replication_role = replica`)
    await client.query(`UPDATE symbols SET sic_code = '6021' WHERE symbol = 'TEC9'`)
    await client.end()
    expect(await enriched(db)).toMatchObject({ changes: [] })
    expect(await sectorsOf(db, 'TEC9')).toMatchObject([{ sector: 'information_technology' }])
    await enriched(db, { mode: 'full' })
    expect(await sectorsOf(db, 'TEC9')).toMatchObject([{ sector: 'financials', industry: 'banks' }])
    expect(await members(db, 'INDUSTRY', 'banks')).toContain('TEC9')
  })

  it('is seen by the incremental mode after a changed rule', async () => {
    await db.query(`UPDATE vendor_sectors SET sector = 'energy' WHERE vendor_sector = 'utilities'`)
    await enriched(db, { force: true })
    expect(await sectorsOf(db, 'UTL1')).toMatchObject([{ sector: 'energy', source: 'vendor' }])
    expect(await members(db, 'SECTOR', 'energy')).toHaveLength(28)
  })
})

describe('a ranking that the rules did not know yet', () => {
  it('is filled although no stock has moved', async () => {
    await db.query(`INSERT INTO ranking_sizes (name, kind, size) VALUES ('top_3', 'sector', 3)`)
    await enriched(db)
    expect(await members(db, 'SECTOR_LEADERS', 'top_3_energy')).toEqual(['OIL1', 'OIL2', 'OIL3'])
  })
})

describe('a database or an environment without any run', () => {
  it('is classified in full, and the first refresh completes it', async () => {
    const fresh = await testDatabase(import.meta.url)
    await listSmallMarket(fresh)
    const run = await enriched(fresh)
    expect(changeOf(run, 'SECTOR', 'financials')).toMatchObject({ count: 16 })
    expect((await members(fresh, 'SECTOR_LEADERS', 'top_10_energy'))[0]).toBe('OIL1')
    await completed(fresh)
    expect(await members(fresh, 'MARKET_LEADERS', 'top_10_stocks')).toHaveLength(10)
  })

  it('leaves the other environment alone', async () => {
    const count = (): Promise<unknown> =>
      db.query(`SELECT xmin::text, * FROM definition_groups WHERE environment = 'DEFAULT' ORDER BY id`)
    const before = await count()
    await enriched(db, { environment: 'TEST' })
    expect(await count()).toEqual(before)
    expect(await sectorsOf(db, 'BNK1', 'TEST')).toMatchObject([{ sector: 'financials', source: 'sic' }])
    expect(await sectorsOf(db, 'BNK1')).toMatchObject([{ sector: 'financials', source: 'sector_fund' }])
  })
})

describe('enrich_sectors refuses', () => {
  it.each(['weekly', 'sectors', '', null])('the mode %j', async (mode) => {
    const before = await contents(db)
    await expect(db.query('SELECT enrich_sectors($1)', [mode])).rejects.toMatchObject({
      code: 'UV002',
      hint: 'Modes: full, incremental.',
    })
    expect(await contents(db)).toEqual(before)
  })

  it('to run beside another run', async () => {
    const client = await db.client()
    await client.query(`SET application_name = 'night shift'; BEGIN; SELECT lock_universes('the test')`)
    const before = await contents(db)
    await expect(db.query('SELECT enrich_sectors()')).rejects.toMatchObject({
      code: 'UV001',
      detail: expect.stringContaining('night shift') as string,
    })
    expect(await contents(db)).toEqual(before)
  })
})
