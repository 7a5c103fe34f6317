import { beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { completed, contents, eventsOf, listSmallMarket, members, run, setCloses } from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

/** Makes UTL1 the largest stock, which group_memberships then refuses to take into a ranking. */
async function breakRankings(): Promise<void> {
  await setCloses(db, { UTL1: 900000 })
  await db.query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       RAISE EXCEPTION USING ERRCODE = 'XX123', MESSAGE = 'broken on purpose', DETAIL = 'the detail', HINT = 'the hint';
     END $$`,
  )
  await db.query(
    `CREATE TRIGGER refuse BEFORE INSERT ON group_memberships FOR EACH ROW WHEN (NEW.symbol = 'UTL1')
     EXECUTE FUNCTION refuse()`,
  )
}

describe('a run that fails', () => {
  it('is returned and recorded with its error', async () => {
    await breakRankings()
    const failed = await run(db)
    expect(failed).toMatchObject({ status: 'failed', total_changes: 0, changes: [], alerts: [] })
    expect(failed.error).toMatchObject({
      sqlstate: 'XX123',
      message: 'broken on purpose',
      detail: 'the detail',
      hint: 'the hint',
    })
    expect(failed.error?.context).toContain('apply_memberships')
    const [row] = await db.query('SELECT status, error, finished_at FROM sync_runs WHERE id = $1', [
      failed.id,
    ])
    expect(row).toEqual({ status: 'failed', error: failed.error, finished_at: failed.finished_at })
  })

  it('changes nothing, keeps the marks, and announces the failure to administrators', async () => {
    await breakRankings()
    const own = ['sync_runs', 'universe_events']
    const before = await contents(db, own)
    const failed = await run(db)
    expect(await contents(db, own)).toEqual(before)
    expect(await eventsOf(db, failed.id)).toEqual([
      {
        event: 'sync_failed',
        payload: {
          job_id: failed.id,
          status: 'failed',
          mode: 'full',
          error: { sqlstate: 'XX123', message: 'broken on purpose', detail: 'the detail', hint: 'the hint' },
        },
      },
    ])
    expect(await db.query(`SELECT channel FROM event_channels WHERE event = 'sync_failed'`)).toEqual([
      { channel: 'admin_notifications' },
    ])
  })

  it('is made good by the next one', async () => {
    await breakRankings()
    await run(db)
    await db.query('DROP TRIGGER refuse ON group_memberships')
    await completed(db)
    expect((await members(db, 'MARKET_LEADERS', 'top_10_stocks'))[0]).toBe('UTL1')
    expect(await members(db, 'MARKET_CAP', 'mega_cap')).toContain('UTL1')
  })

  it('fails as a dry run too, without a trace but its row and event', async () => {
    await breakRankings()
    const before = await contents(db, ['sync_runs', 'universe_events'])
    expect(await run(db, { dryRun: true })).toMatchObject({ status: 'failed', dry_run: true })
    expect(await contents(db, ['sync_runs', 'universe_events'])).toEqual(before)
  })

  it('leaves the session as it was', async () => {
    await breakRankings()
    const client = await db.client()
    await client.query('BEGIN')
    await client.query('SELECT refresh_universes()')
    await client.query(`UPDATE symbols SET sic_code = '6021' WHERE symbol = 'TEC1'`)
    const { rows } = await client.query(`SELECT DISTINCT kind FROM market_changes WHERE symbol = 'TEC1'`)
    expect(rows).toEqual([{ kind: 'symbol' }])
    await client.query('ROLLBACK')
  })
})
