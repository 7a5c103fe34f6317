import type pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { refresh, type SyncRun } from '../../src/refresh.js'
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
  notices: string[]
  /** Lets the run go on and returns it. */
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
  const notices: string[] = []
  const running = refresh(client, {}, (notice) => notices.push(notice))
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
  return { client, pid, notices, release }
}

describe('while a refresh runs', () => {
  it('its caller has heard of every finished step, and application_name names the current one', async () => {
    const held = await holdUpRefresh()
    await expect
      .poll(() => held.notices.map((notice) => notice.split(':')[0]))
      .toEqual(['market_caps', 'ipos', 'delistings', 'themes'])
    expect(held.notices[0]).toMatch(/^market_caps: [\d.]+ ms \{.*"market_caps_moved": 1/)
    const activity = (): Promise<{ application_name: string }[]> =>
      db.query('SELECT application_name FROM pg_stat_activity WHERE pid = $1', [held.pid])
    expect(await activity()).toEqual([{ application_name: 'pg-universes refresh: cache and events' }])
    const run = await held.release()
    expect(run.status).toBe('completed')
    expect(held.notices.map((notice) => notice.split(':')[0]).at(-1)).toBe('cache_and_events')
    expect((await activity())[0]!.application_name).not.toContain('refresh')
  })

  it('a second refresh and a load are told at once who is at work', async () => {
    const held = await holdUpRefresh()
    const busy = {
      code: 'UV001',
      message: expect.stringContaining('cannot start: another refresh or load is running') as string,
      detail: expect.stringMatching(
        new RegExp(`^Running: process ${held.pid}, pg-universes refresh: cache and events, since 20`),
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
