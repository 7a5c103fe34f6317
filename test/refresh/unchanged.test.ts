import { beforeAll, describe, expect, it } from 'vitest'
import { marketDir, testDatabase, type TestDatabase } from '../support/index.js'
import { completed, eventsOf, loadWholeMarket, rowVersions } from './market.js'

let db: TestDatabase

/** Returns the bytes of WAL of one statement, excluding those of other sessions. */
async function walOf(sql: string, params: unknown[] = []): Promise<number> {
  const [row] = await db.query<{ 'QUERY PLAN': [{ Plan: { 'WAL Bytes': number } }] }>(
    `EXPLAIN (ANALYZE, WAL, FORMAT json) ${sql}`,
    params,
  )
  return row!['QUERY PLAN'][0].Plan['WAL Bytes']
}

describe('a refresh of an unchanged market', () => {
  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
    await loadWholeMarket(db, marketDir())
    await completed(db)
  })

  it('reports no change and publishes nothing but its own event', async () => {
    const run = await completed(db)
    expect(run).toMatchObject({ changes: [], total_changes: 0, alerts: [] })
    const events = await eventsOf(db, run.id)
    expect(events.map(({ event }) => event)).toEqual(['cache_sync_completed'])
    expect(events[0]!.payload).toMatchObject({
      job_id: run.id,
      status: 'completed',
      mode: 'full',
      total_changes: 0,
      universes_updated: 0,
    })
  })

  it('writes not one row version', async () => {
    const own = ['sync_runs', 'universe_events']
    const before = await rowVersions(db, own)
    await completed(db)
    expect(await rowVersions(db, own)).toEqual(before)
  })

  it('writes no row version when everything is looked at again', async () => {
    const own = ['sync_runs', 'universe_events']
    const before = await rowVersions(db, own)
    expect(await completed(db, { force: true })).toMatchObject({ total_changes: 0 })
    expect(await rowVersions(db, own)).toEqual(before)
  })

  it('writes less than 1 kB of WAL besides its row and its event', async () => {
    const run = await completed(db)
    const own = async (): Promise<number> =>
      (await walOf(
        `INSERT INTO sync_runs
         SELECT c.* FROM sync_runs r
         CROSS JOIN LATERAL jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid())) c WHERE r.id = $1`,
        [run.id],
      )) +
      (await walOf(`SELECT publish_event(event, payload) FROM universe_events WHERE run_id = $1`, [run.id]))
    const measured: number[] = []
    for (let round = 0; round < 3; round += 1) {
      measured.push((await walOf('SELECT * FROM refresh_universes()')) - (await own()))
    }
    // The first to touch a page after a checkpoint logs all of it: the cheapest of three runs did not.
    expect(Math.min(...measured)).toBeLessThan(1000)
  })
})
