import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { refresh } from '../../src/operations/refresh.js'
import { completed, run } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import {
  accepted,
  breakRefresh,
  changedMarket,
  holdUp,
  movePrice,
  outboxOf,
  tidyUp,
  untilHeldUp,
} from './support.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await changedMarket(db)
})

beforeEach(() => movePrice(db))

afterEach(() => tidyUp(db))

type Json = Record<string, unknown>
const NOWHERE = '00000000-0000-4000-8000-000000000000'
const ISO_UTC = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/

const status = async (job: string): Promise<Json> =>
  (await db.query<{ status: Json }>('SELECT job_status($1) AS status', [job]))[0]!.status

const told = async (job: string, after = '0'): Promise<[string, Json][]> =>
  (await db.query<{ event: string; payload: Json }>('SELECT * FROM job_events($1, $2)', [job, after])).map(
    ({ event, payload }) => [event, payload],
  )

const names = async (job: string, after = '0'): Promise<string[]> =>
  (await told(job, after)).map(([name]) => name)

describe('job_status', () => {
  it('queued, running with its step, completed', async () => {
    const job = await accepted(db)
    expect(await status(job)).toEqual({
      job_id: job,
      status: 'queued',
      mode: 'full',
      append: false,
      dry_run: false,
      force: false,
      environment: 'DEFAULT',
      triggered_by: 'test',
      step: null,
      started_at: null,
      percent: 0,
      requested_at: expect.stringMatching(ISO_UTC) as string,
    })
    const release = await holdUp(db)
    const running = (await db.client()).query('SELECT run_job($1)', [job])
    await untilHeldUp(db)
    expect(await status(job)).toMatchObject({
      job_id: job,
      status: 'running',
      step: 'cache_and_events',
      percent: 80,
      started_at: expect.stringMatching(ISO_UTC) as string,
    })
    await release()
    await running
    const done = await status(job)
    expect(done).toMatchObject({
      job_id: job,
      status: 'completed',
      percent: 100,
      triggered_by: 'test',
      error: null,
      alerts: expect.any(Array) as [],
      started_at: expect.stringMatching(ISO_UTC) as string,
      finished_at: expect.stringMatching(ISO_UTC) as string,
      requested_at: expect.stringMatching(ISO_UTC) as string,
      duration_seconds: expect.any(Number) as number,
    })
    expect((done['steps'] as Json[]).map(({ step }) => step)).toHaveLength(5)
    expect(done).not.toHaveProperty('step')
    const change = (done['changes'] as Json[]).find(({ name }) => name === 'mega_cap')
    expect(change).toMatchObject({
      type: 'MARKET_CAP',
      added: 1,
      removed: 0,
      added_symbols: ['UTL1'],
      held: false,
    })
  })

  it('is running at 100 percent between its last step and its commit', async () => {
    const job = await accepted(db)
    const client = await db.client()
    await client.query('BEGIN')
    await client.query('SELECT run_job($1)', [job])
    expect(await status(job)).toMatchObject({ status: 'running', step: 'end', percent: 100 })
    await client.query('COMMIT')
    expect(await status(job)).toMatchObject({ status: 'completed' })
  })

  it('names at most 20 symbols of a universe, and how many there were', async () => {
    const [first] = await db.query<{ id: string }>('SELECT id FROM sync_runs ORDER BY started_at LIMIT 1')
    const all = ((await status(first!.id))['changes'] as Json[]).find(({ name }) => name === 'all_stocks')!
    expect(all).toMatchObject({ added: 60, count: 60 })
    expect(all['added_symbols']).toHaveLength(20)
  })

  it('knows runs that nobody asked for here, while they go and afterwards', async () => {
    const release = await holdUp(db)
    const running = refresh(await db.client())
    await untilHeldUp(db, '%refresh_universes%')
    const [job] = await db.query<{ run_id: string }>('SELECT run_id FROM running_change()')
    expect(await status(job!.run_id)).toEqual({
      job_id: job!.run_id,
      status: 'running',
      step: 'cache_and_events',
      percent: null,
      started_at: expect.stringMatching(ISO_UTC) as string,
    })
    await release()
    await running
    expect(await status(job!.run_id)).toMatchObject({
      status: 'completed',
      triggered_by: 'universes refresh',
    })
  })

  it('of a failure has the error with its remedy, without the PL/pgSQL context', async () => {
    await breakRefresh(db)
    const job = await accepted(db)
    await db.query('SELECT run_job($1)', [job])
    const done = await status(job)
    expect(done).toMatchObject({ status: 'failed', percent: null, error: { sqlstate: '23514' }, changes: [] })
    expect(done['error']).not.toHaveProperty('context')
  })

  it('raises UV003 for an unknown id', async () => {
    await expect(status(NOWHERE)).rejects.toMatchObject({ code: 'UV003' })
    await expect(told(NOWHERE)).rejects.toMatchObject({ code: 'UV003' })
  })

  it.each([
    ['job_status($1)', 'completed'],
    [`(SELECT string_agg(event, ' ') FROM job_events($1))`, 'completed'],
  ])('of a run that ends at this very moment: %s', async (call, end) => {
    const [holder, runner, asker] = [await db.client(), await db.client(), await db.client()]
    await runner.query('BEGIN')
    const { rows } = await runner.query<{ id: string }>('SELECT id FROM refresh_universes()')
    await holder.query('BEGIN; SELECT pg_advisory_xact_lock(1)')
    // The question has been asked before the run ends, and is answered after that.
    const asked = asker.query<{ answer: string | Json }>(
      `WITH w AS MATERIALIZED (SELECT pg_advisory_xact_lock(1)) SELECT ${call} AS answer FROM w`,
      [rows[0]!.id],
    )
    await untilHeldUp(db, 'WITH w%')
    await runner.query('COMMIT')
    await holder.query('COMMIT')
    const { answer } = (await asked).rows[0]!
    expect(typeof answer === 'string' ? answer : answer['status']).toBe(end)
  })
})

describe('job_events', () => {
  it('triggered, progress, and the run itself as the end', async () => {
    const job = await accepted(db)
    expect(await names(job)).toEqual(['triggered'])
    await db.query('SELECT publish_progress($1)', [{ run_id: job, step: 'market_caps', position: 1, of: 5 }])
    expect(await names(job)).toEqual(['triggered', 'progress'])
    await db.query('SELECT run_job($1)', [job])
    const events = await told(job)
    expect(events.map(([name]) => name)).toEqual(['triggered', 'progress', 'completed'])
    expect(events[2]![1]).toMatchObject({ job_id: job, status: 'completed', percent: 100, dry_run: false })
    const stored = await outboxOf(db, job)
    const rows = await db.query<{ seq: string }>('SELECT seq FROM job_events($1)', [job])
    expect(rows.map(({ seq }) => seq)).toEqual(stored.map(({ seq }) => seq))
    expect(await names(job, stored[0]!.seq)).toEqual(['progress', 'completed'])
    expect(await names(job, stored[1]!.seq)).toEqual(['completed'])
  })

  it('says the end to whoever has heard it already', async () => {
    const job = await accepted(db)
    await db.query('SELECT run_job($1)', [job])
    expect(await names(job, '999999')).toEqual(['completed'])
    expect(await db.query(`SELECT seq FROM job_events($1, 999999)`, [job])).toEqual([{ seq: '999999' }])
  })

  it('says it when the events have been purged long ago', async () => {
    const job = await accepted(db)
    await db.query('SELECT run_job($1)', [job])
    await db.query('DELETE FROM universe_events')
    expect(await names(job)).toEqual(['completed'])
  })

  it.each([
    ['a dry run', { dryRun: true }, 'completed'],
    ['a failure', {}, 'failed'],
  ])('has one end for %s', async (_what, options, end) => {
    if (end === 'failed') await breakRefresh(db)
    const job = await accepted(db, options)
    await db.query('SELECT run_job($1)', [job])
    expect(await names(job)).toEqual(['triggered', end])
    const last = (await outboxOf(db, job)).at(-1)!
    expect(await db.query(`SELECT seq FROM job_events($1) WHERE event = $2`, [job, end])).toEqual([
      { seq: last.seq },
    ])
  })

  it('of a run of the command line has its end, whatever became of it', async () => {
    expect(await names((await run(db, { dryRun: true })).id)).toEqual(['completed'])
    expect(await names((await completed(db)).id)).toEqual(['completed'])
    await breakRefresh(db)
    await movePrice(db)
    expect(await names((await run(db)).id)).toEqual(['failed'])
  })

  it('of a run of the command line that is going has nothing yet', async () => {
    const client = await db.client()
    await client.query('BEGIN')
    const { rows } = await client.query<{ id: string }>('SELECT id FROM refresh_universes()')
    expect(await names(rows[0]!.id)).toEqual([])
    await client.query('ROLLBACK')
    await expect(names(rows[0]!.id)).rejects.toMatchObject({ code: 'UV003' })
  })

  it('finds them by an index, however many events there are', async () => {
    await db.query(
      `SELECT publish_events(jsonb_agg(jsonb_build_object('event', 'universe_updated', 'payload', '{}'::jsonb)), gen_random_uuid())
       FROM generate_series(1, 20000)`,
    )
    const job = await accepted(db)
    const client = await db.client()
    await client.query('ANALYZE universe_events')
    const before = await client.query<{ n: string }>(
      `SELECT seq_tup_read AS n FROM pg_stat_user_tables WHERE relname = 'universe_events'`,
    )
    for (let n = 0; n < 10; n++) await client.query('SELECT * FROM job_events($1)', [job])
    await client.query('SELECT pg_stat_force_next_flush()')
    const after = await client.query<{ n: string }>(
      `SELECT seq_tup_read AS n FROM pg_stat_user_tables WHERE relname = 'universe_events'`,
    )
    expect(after.rows).toEqual(before.rows)
  })
})

describe('run_history and run_statistics', () => {
  beforeEach(async () => {
    await db.query('TRUNCATE sync_runs, sync_jobs')
    await completed(db)
    await movePrice(db)
  })

  const value = async (sql: string): Promise<Json> =>
    (await db.query<{ value: Json }>(`SELECT ${sql} AS value`))[0]!.value

  it('list runs, the latest first, by pages', async () => {
    const job = await accepted(db)
    await db.query('SELECT run_job($1)', [job])
    await run(db, { dryRun: true })
    await run(db, { environment: 'TEST' })
    const all = await value('run_history()')
    expect(all).toMatchObject({ total: 3, limit: 20, offset: 0 })
    const runs = all['runs'] as Json[]
    expect(runs.map(({ dry_run, triggered_by }) => [dry_run, triggered_by])).toEqual([
      [true, 'test'],
      [false, 'test'],
      [false, 'test'],
    ])
    expect(runs[1]).toEqual({
      job_id: job,
      mode: 'full',
      status: 'completed',
      append: false,
      dry_run: false,
      force: false,
      triggered_by: 'test',
      percent: 100,
      error: null,
      universes_held: 0,
      started_at: expect.stringMatching(ISO_UTC) as string,
      finished_at: expect.stringMatching(ISO_UTC) as string,
      duration_seconds: expect.any(Number) as number,
      total_changes: expect.any(Number) as number,
      universes_updated: expect.any(Number) as number,
      alerts: expect.any(Number) as number,
    })
    expect(((await value('run_history(1, 1)'))['runs'] as Json[]).map(({ job_id }) => job_id)).toEqual([job])
    expect(await value(`run_history(20, 0, 'NOWHERE')`)).toEqual({ total: 0, limit: 20, offset: 0, runs: [] })
  })

  it('sum up an environment', async () => {
    await run(db, { dryRun: true })
    const job = await accepted(db)
    expect(await value('run_statistics()')).toMatchObject({
      runs: 2,
      completed: 1,
      failed: 0,
      dry_runs: 1,
      waiting: 1,
      last_run: { dry_run: true },
      last_failed_at: null,
    })
    await db.query(`SELECT fail_job($1, '{"message": "no"}')`, [job])
    const after = await value('run_statistics()')
    expect(after).toMatchObject({ runs: 3, completed: 1, failed: 1, waiting: 0, last_run: { job_id: job } })
    expect(after['last_failed_at']).toMatch(ISO_UTC)
    expect(after['last_completed_at']).toMatch(ISO_UTC)
    const [kept] = await db.query<{ seconds: number }>(
      `SELECT round(extract(epoch FROM finished_at - started_at), 3)::float AS seconds FROM sync_runs
       WHERE status = 'completed' AND NOT dry_run`,
    )
    const { seconds } = kept!
    expect(after['duration_seconds']).toEqual({ median: seconds, p95: seconds, longest: seconds })
  })

  it('are there before the first run', async () => {
    const empty = await testDatabase(import.meta.url)
    const [row] = await empty.query<{ value: Json }>('SELECT run_statistics() AS value')
    expect(row!.value).toEqual({
      runs: 0,
      completed: 0,
      failed: 0,
      dry_runs: 0,
      waiting: 0,
      total_changes: 0,
      last_completed_at: null,
      last_failed_at: null,
      last_run: null,
      duration_seconds: { median: null, p95: null, longest: null },
    })
  })

  it('state times in UTC, whatever the zone of the session', async () => {
    const client = await db.client()
    await client.query(`SET timezone = 'Asia/Kolkata'`)
    const job = await accepted(db)
    await client.query('SELECT run_job($1)', [job])
    const { rows } = await client.query<{ h: { runs: Json[] }; s: Json; j: Json }>(
      'SELECT run_history() AS h, run_statistics() AS s, job_status($1) AS j',
      [job],
    )
    const { h, s, j } = rows[0]!
    for (const text of [
      h.runs[0]!['started_at'],
      s['last_completed_at'],
      j['requested_at'],
      j['finished_at'],
    ])
      expect(text).toMatch(ISO_UTC)
  })
})
