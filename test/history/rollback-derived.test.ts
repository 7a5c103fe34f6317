import { beforeEach, describe, expect, it } from 'vitest'
import type { SyncRun } from '../../src/operations/refresh.js'
import {
  changeOf,
  completed,
  eventsOf,
  groupsOf,
  listSmallMarket,
  members,
  setCloses,
} from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { entries, failedChecks, faults, loadLines, memberships, rollBack, weights } from './support.js'

let db: TestDatabase
let first: SyncRun

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  first = await completed(db)
})

const TOP = ['MARKET_LEADERS', 'top_10_stocks'] as const

const ranks = async (name: string): Promise<unknown[]> =>
  db.query(
    `SELECT (m.metadata ->> 'rank')::integer AS rank, m.symbol FROM group_memberships m
     JOIN definition_groups g ON g.id = m.group_id WHERE g.name = $1 ORDER BY rank`,
    [name],
  )

describe('universes that rules maintain', () => {
  it('go back to what they were before a refresh with bad prices, cache and rankings included', async () => {
    const before = { memberships: await memberships(db), entries: await entries(db) }
    await setCloses(db, { UTL1: 900_000, TEC1: 1, OIL1: 400_000 })
    const bad = await completed(db)
    expect(await members(db, ...TOP)).toEqual(expect.arrayContaining(['UTL1', 'OIL1']))
    await setCloses(db, { UTL1: 1000, TEC1: 300_000, OIL1: 5000 })
    await db.query(
      `UPDATE symbols SET market_cap = weighted_shares_outstanding * close FROM ohlcv_daily o
       WHERE o.symbol = symbols.symbol AND symbols.symbol IN ('UTL1', 'TEC1', 'OIL1')`,
    )
    const run = await rollBack(db, bad.id, { before: true })
    expect(changeOf(run, ...TOP)).toMatchObject({ added: ['TEC1', 'TEC10'], held: false })
    expect(await memberships(db)).toEqual(before.memberships)
    expect(await entries(db)).toEqual(before.entries)
    expect(await faults(db)).toEqual([])
    expect((await completed(db)).total_changes).toBe(0)
  })

  it('rankings come back numbered 1 to n by the market caps of now, without those who are inactive', async () => {
    await setCloses(db, { UTL1: 900_000 })
    await completed(db)
    await db.query(`UPDATE symbols SET active = false WHERE symbol = 'TEC3'`)
    await completed(db)
    expect(await groupsOf(db, 'TEC3')).toEqual([])
    await db.query(`UPDATE symbols SET market_cap = 999e9 WHERE symbol = 'TEC9'`)
    const run = await rollBack(db, first.id)
    expect(run.steps).toMatchObject([{ inactive_left_out: 1 }])
    expect(await groupsOf(db, 'TEC3')).toEqual([])
    const expected = ['TEC9', 'TEC1', 'TEC2', 'TEC4', 'TEC5', 'TEC6', 'TEC7', 'TEC8', 'TEC10']
    expect(await ranks('top_10_stocks')).toEqual(
      expected.map((symbol, index) => ({ rank: index + 1, symbol })),
    )
    const [entry] = await db.query(`SELECT value FROM cache_entries WHERE universe = 'top_10_stocks'`)
    expect(entry).toEqual({ value: expected })
    expect(await faults(db)).toEqual([])
  })

  it('a symbol that is inactive but not yet cleaned up leaves, and is counted', async () => {
    await db.query(`UPDATE symbols SET active = false WHERE symbol = 'BNK1'`)
    const run = await rollBack(db, first.id)
    expect(run.steps).toMatchObject([{ inactive_left_out: 1 }])
    expect(await groupsOf(db, 'BNK1')).toEqual([])
    const reasons = await db.query(
      `SELECT DISTINCT close_reason FROM membership_history WHERE symbol = 'BNK1' AND closed_by = $1`,
      [run.id],
    )
    expect(reasons).toEqual([{ close_reason: 'delisted' }])
    expect((await eventsOf(db, run.id)).map(({ event }) => event)).toContain('delisting_cleanup')
    expect(await faults(db)).toEqual([])
  })

  it('are what the rules say again after the next refresh', async () => {
    await db.query(`UPDATE symbols SET sic_code = '6021' WHERE symbol = 'OIL1'`)
    const moved = await completed(db, { force: true })
    const after = { memberships: await memberships(db), entries: await entries(db) }
    expect(await members(db, 'SECTOR', 'financials')).toContain('OIL1')
    await rollBack(db, moved.id, { before: true })
    expect(await members(db, 'SECTOR', 'financials')).not.toContain('OIL1')
    expect(await members(db, 'SECTOR', 'energy')).toContain('OIL1')
    const next = await completed(db)
    expect(next.total_changes).toBeGreaterThan(0)
    expect(await memberships(db)).toEqual(after.memberships)
    expect(await entries(db)).toEqual(after.entries)
    expect((await completed(db)).total_changes).toBe(0)
    expect(await failedChecks(db)).toEqual([])
  })

  it('before the first refresh there were none: they are empty, not gone, until the next one', async () => {
    const before = await memberships(db)
    await rollBack(db, first.id, { before: true })
    expect(await weights(db)).toEqual({ BNK1: 20, OIL1: 10, TEC1: 40, TEC2: 30 })
    const [row] = await db.query(
      `SELECT count(m.id)::integer AS members, count(DISTINCT g.id) > 20 AS groups FROM definition_groups g
       LEFT JOIN group_memberships m ON m.group_id = g.id WHERE g.type <> 'ETF'`,
    )
    expect(row).toEqual({ members: 0, groups: true })
    const [entry] = await db.query(`SELECT value FROM cache_entries WHERE universe = 'top_10_stocks'`)
    expect(entry).toEqual({ value: [] })
    expect(await faults(db)).toEqual([])
    await completed(db)
    expect(await memberships(db)).toEqual(before)
  })
})

describe('the events of a rollback', () => {
  it('are one per changed universe with its new members, then the one of the run', async () => {
    const load = await loadLines(db, 'TEC5,60 BNK1,40')
    const run = await rollBack(db, load.id, { before: true })
    const events = await eventsOf(db, run.id)
    expect(events.map(({ event }) => event).filter((event) => event !== 'alert')).toEqual([
      'universe_updated',
      'cache_sync_completed',
    ])
    expect(events[0]!.payload).toMatchObject({ universe: 'SPY', count: 4 })
    expect(events.at(-1)!.payload).toMatchObject({
      mode: 'rollback',
      status: 'completed',
      job_id: run.id,
      universes_updated: 1,
      total_changes: run.total_changes,
    })
    expect(run.total_changes).toBe(5)
  })

  it('and no mark for the next refresh are written when nothing changes', async () => {
    const run = await rollBack(db, first.id)
    expect((await eventsOf(db, run.id)).map(({ event }) => event)).toEqual(['cache_sync_completed'])
    expect(await db.query('SELECT * FROM market_changes')).toEqual([])
    const load = await loadLines(db, 'TEC5,60 BNK1,40')
    await rollBack(db, load.id, { before: true })
    expect(await db.query(`SELECT * FROM market_changes WHERE kind = 'all'`)).toHaveLength(1)
  })
})
