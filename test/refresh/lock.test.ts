import type pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { refresh, type RunProgress, type SyncRun } from '../../src/operations/refresh.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { completed, contents, listSmallMarket, loadFund, members, setCloses } from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

interface HeldUp {
  client: pg.Client
  pid: number
  heard: RunProgress[]
  /** Unblocks the run and returns it. */
  release(): Promise<SyncRun>
}

/** Starts a refresh that waits in its last step for a table that another session has locked. */
async function holdUpRefresh(): Promise<HeldUp> {
  await setCloses(db, { UTL1: 900000 })
  const blocker = await db.client()
  await blocker.query('BEGIN')
  await blocker.query('LOCK TABLE cache_entries IN SHARE MODE')
  const client = await db.client()
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const pid = rows[0]!.pid
  const heard: RunProgress[] = []
  const running = refresh(client, {}, (step) => heard.push(step))
  await expect
    .poll(
      () => db.query(`SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'`, [pid]),
      {
        timeout: 30_000,
      },
    )
    .toHaveLength(1)
  const release = async (): Promise<SyncRun> => {
    await blocker.query('COMMIT')
    return running
  }
  return { client, pid, heard, release }
}

describe('while a refresh runs', () => {
  it('its caller has heard of every finished step, and application_name names the current one', async () => {
    const held = await holdUpRefresh()
    await expect
      .poll(() => held.heard.map(({ step }) => step))
      .toEqual(['market_caps', 'ipos', 'delistings', 'themes'])
    expect(held.heard[0]).toMatchObject({
      market_caps_moved: 1,
      mode: 'full',
      position: 1,
      of: 5,
      next: 'ipos',
    })
    const runId = held.heard[0]!.run_id
    const activity = (): Promise<{ application_name: string }[]> =>
      db.query('SELECT application_name FROM pg_stat_activity WHERE pid = $1', [held.pid])
    expect(await activity()).toEqual([
      { application_name: `pg-universes cache_and_events ${runId.replaceAll('-', '')}` },
    ])
    expect(await db.query('SELECT pid, run_id, step FROM running_change()')).toEqual([
      { pid: held.pid, run_id: runId, step: 'cache_and_events' },
    ])
    const run = await held.release()
    expect(run).toMatchObject({ id: runId, status: 'completed' })
    expect(held.heard.at(-1)).toMatchObject({ step: 'cache_and_events', position: 5, next: null })
    expect((await activity())[0]!.application_name).not.toContain('universes')
    expect(await db.query('SELECT * FROM running_change()')).toEqual([])
  })

  it('a second refresh and a load are told at once who is at work', async () => {
    const held = await holdUpRefresh()
    const busy = {
      code: 'UV001',
      message: expect.stringContaining('cannot start: another refresh or load is running') as string,
      detail: expect.stringMatching(
        new RegExp(`^Running: process ${held.pid}, pg-universes cache_and_events [0-9a-f]{32}, since 20`),
      ) as string,
      hint: 'Try again when it has finished; nothing was changed.',
    }
    await expect(db.query('SELECT refresh_universes()')).rejects.toMatchObject(busy)
    await expect(loadFund(db, 'XLF', { BNK3: 50, BNK4: 50 })).rejects.toMatchObject(busy)
    expect((await held.release()).status).toBe('completed')
    await completed(db)
  })

  it('readers never wait, and see the universes as they were until it commits', async () => {
    const before = await members(db, 'MARKET_LEADERS', 'top_10_stocks')
    const held = await holdUpRefresh()
    expect(await members(db, 'MARKET_LEADERS', 'top_10_stocks')).toEqual(before)
    const views = 'SELECT count(*) FROM market_leaders, market_cap_buckets, sector_leaders, cache_entries'
    await db.query(`SET lock_timeout = '1s'; ${views}`)
    await held.release()
    expect((await members(db, 'MARKET_LEADERS', 'top_10_stocks'))[0]).toBe('UTL1')
  })
})

describe('the lock', () => {
  it('is over with the transaction, however it ended', async () => {
    const client = await db.client()
    await client.query('BEGIN')
    await client.query('SELECT refresh_universes()')
    const before = await contents(db)
    await expect(db.query('SELECT refresh_universes()')).rejects.toMatchObject({ code: 'UV001' })
    expect(await contents(db)).toEqual(before)
    await client.query('ROLLBACK')
    await completed(db)
  })

  it('names whoever holds it', async () => {
    const client = await db.client()
    await client.query(`SET application_name = 'night shift'; BEGIN; SELECT lock_universes('the test')`)
    await expect(db.query('SELECT refresh_universes()')).rejects.toMatchObject({
      code: 'UV001',
      message: 'the refresh cannot start: another refresh or load is running',
      detail: expect.stringContaining('night shift') as string,
    })
  })
})
