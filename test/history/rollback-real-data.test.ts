import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { LoadResult } from '../../src/load/result.js'
import type { SyncRun } from '../../src/operations/refresh.js'
import { loadInto, writeFiles } from '../load/files.js'
import { completed, contents, eventsOf, loadWholeMarket, rowVersions } from '../refresh/market.js'
import { dataDir, marketDir, marketPaths, testDatabase, type TestDatabase } from '../support/index.js'
import { faults, endOf, entries, failedChecks, memberships, rollBack } from './support.js'

describe('a bad load on a whole market', () => {
  let db: TestDatabase
  let refreshed: SyncRun
  let before: { memberships: string[]; entries: string[] }
  let bad: LoadResult
  /** Numbers of changes by the bad files: constituents of SPY, weights of QQQ. */
  let harm: { added: number; removed: number; updated: number; total: number }

  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
    await loadWholeMarket(db, marketDir())
    await loadInto(db, { kind: 'universes', paths: marketPaths(marketDir()).universes })
    refreshed = await completed(db)
    before = { memberships: await memberships(db), entries: await entries(db) }
    const folder = await badFiles()
    bad = await loadInto(db, { kind: 'etfs', paths: [folder], force: true })
  })

  /** SPY with every other constituent replaced by a stock that is in no fund, QQQ with weights of another day. */
  async function badFiles(): Promise<string> {
    const others = await db.query<{ symbol: string }>(
      `SELECT symbol FROM symbols s WHERE active AND type = 'CS' AND NOT EXISTS (
         SELECT FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
         WHERE m.symbol = s.symbol AND g.type = 'ETF')
       ORDER BY symbol LIMIT 300`,
    )
    const lines = (file: string): string[] =>
      readFileSync(join(marketDir(), 'holdings', file), 'utf8')
        .trim()
        .split('\n')
    const spy = lines('spy_holdings.csv').map((line, index) =>
      index > 0 && index % 2 === 0 ? line.replace(/^[^,]+/, others[index / 2]!.symbol) : line,
    )
    const qqq = lines('qqq_holdings.csv').map((line, index) =>
      index === 0
        ? line
        : line.replace(/,([^,]+)$/, (_match, weight) => `,${(Number(weight) * 0.95).toFixed(6)}`),
    )
    const symbolsOf = (list: readonly string[]): string[] => list.slice(1).map((line) => line.split(',')[0]!)
    const known = new Set(symbolsOf(lines('spy_holdings.csv')))
    const inactive = new Set(
      (await db.query<{ symbol: string }>('SELECT symbol FROM symbols WHERE NOT active')).map(
        (row) => row.symbol,
      ),
    )
    const active = (list: readonly string[]): number => list.filter((symbol) => !inactive.has(symbol)).length
    const added = symbolsOf(spy).filter((symbol) => !known.has(symbol)).length
    const kept = active(symbolsOf(spy)) - added
    const removed = active([...known]) - kept
    const updated = active(symbolsOf(qqq))
    harm = { added, removed, updated, total: added + removed + updated }
    return writeFiles({ 'spy_holdings.csv': spy.join('\n'), 'qqq_holdings.csv': qqq.join('\n') })
  }

  test.skipIf(!dataDir())('it did harm: 251 symbols of SPY and the weights of QQQ', () => {
    expect(before.memberships.length).toBeGreaterThan(45_000)
    expect(harm).toEqual({ added: 251, removed: 245, updated: 100, total: 596 })
  })

  test('it changed every other symbol of SPY and the weights of QQQ', async () => {
    expect(bad.changes).toMatchObject([
      { name: 'QQQ', added: 0, removed: 0, updated: harm.updated },
      { name: 'SPY', added: harm.added, removed: harm.removed, updated: 0 },
    ])
    expect(await memberships(db)).not.toEqual(before.memberships)
    expect(await entries(db)).not.toEqual(before.entries)
  })

  test('a dry run reports the changes and keeps nothing but its own row', async () => {
    const versions = await rowVersions(db, ['sync_runs'])
    const runs = await db.query('SELECT id FROM sync_runs')
    const dry = await rollBack(db, refreshed.id, { dryRun: true })
    expect(await rowVersions(db, ['sync_runs'])).toEqual(versions)
    expect(await db.query('SELECT id FROM sync_runs WHERE dry_run')).toEqual([{ id: dry.id }])
    expect(await db.query('SELECT id FROM sync_runs')).toHaveLength(runs.length + 1)
    expect(dry).toMatchObject({
      status: 'completed',
      dry_run: true,
      mode: 'rollback',
      total_changes: harm.total,
    })
  })

  test('the rollback makes exactly those changes, and everything is as it was', async () => {
    const dry = await rollBack(db, refreshed.id, { dryRun: true })
    const run = await rollBack(db, refreshed.id)
    expect(run.changes).toEqual(dry.changes)
    expect(run).toMatchObject({ total_changes: harm.total, dry_run: false, alerts: dry.alerts })
    expect(run.changes.map(({ name, added, removed, updated, held }) => [name, added.length, removed.length, updated, held])).toEqual([
      ['QQQ', 0, 0, harm.updated, false],
      ['SPY', harm.removed, harm.added, 0, false],
    ]) // prettier-ignore
    expect(await memberships(db)).toEqual(before.memberships)
    expect(await entries(db)).toEqual(before.entries)
  })

  test('history is sound and keeps what was taken back; every check passes', async () => {
    expect(await faults(db)).toEqual([])
    expect(await failedChecks(db)).toEqual([])
    const [taken] = await db.query(
      `SELECT count(*)::integer AS rows FROM membership_history WHERE opened_by = $1 AND close_reason IN ('rolled back', 'reweighted')`,
      [bad.id],
    )
    expect(taken).toEqual({ rows: harm.added + harm.updated })
    const [then] = await db.query(
      `SELECT count(*)::integer AS members FROM members_as_of('SPY', 'ETF', $1) WHERE valid_from > $2`,
      [await endOf(db, bad.id), refreshed.finished_at],
    )
    expect(then).toEqual({ members: harm.added })
  })

  test('the outbox has one event per changed universe and the one of the run', async () => {
    const [run] = await db.query<{ id: string }>(
      `SELECT id FROM sync_runs WHERE mode = 'rollback' AND NOT dry_run ORDER BY started_at DESC LIMIT 1`,
    )
    const events = await eventsOf(db, run!.id)
    expect(events.map(({ event, payload }) => [event, payload['universe'] ?? payload['mode']])).toEqual([
      ['universe_updated', 'QQQ'],
      ['universe_updated', 'SPY'],
      ['alert', undefined], // SPY loses and gains more than the alert's limit again
      ['cache_sync_completed', 'rollback'],
    ])
    expect(events.at(-1)!.payload).toMatchObject({
      job_id: run!.id,
      total_changes: harm.total,
      universes_updated: 2,
    })
    const dry = await db.query(
      'SELECT 1 FROM universe_events WHERE run_id IN (SELECT id FROM sync_runs WHERE dry_run)',
    )
    expect(dry).toEqual([])
  })

  test('a second rollback to the same moment changes nothing', async () => {
    const except = ['sync_runs', 'universe_events']
    const versions = await rowVersions(db, except)
    const again = await rollBack(db, refreshed.id)
    expect(again).toMatchObject({ total_changes: 0, changes: [] })
    expect(await rowVersions(db, except)).toEqual(versions)
    expect((await eventsOf(db, again.id)).map(({ event }) => event)).toEqual(['cache_sync_completed'])
  })

  test('the refresh after it finds nothing to change, and the files of the data load as unchanged members', async () => {
    expect(await completed(db)).toMatchObject({ total_changes: 0 })
    const kept = ['group_memberships', 'membership_history', 'cache_entries']
    const only = async (): Promise<unknown> =>
      Object.entries(await contents(db)).filter(([name]) => kept.includes(name))
    const state = await only()
    const good = await loadInto(db, { kind: 'etfs', paths: marketPaths(marketDir()).etfs })
    expect(good.total_changes).toBe(0)
    expect(good.files.filter(({ status }) => status === 'held' || status === 'rejected')).toEqual([])
    expect(await only()).toEqual(state)
    expect(await memberships(db)).toEqual(before.memberships)
  })
})
