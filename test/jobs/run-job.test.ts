import type pg from 'pg'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runJob, type RunProgress } from '../../src/operations/refresh.js'
import { contents, members } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import {
  accepted,
  breakRefresh,
  changedMarket,
  holdUp,
  movePrice,
  outboxOf,
  runOf,
  tidyUp,
  untilHeldUp,
  type StoredEvent,
} from './support.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await changedMarket(db)
})

beforeEach(() => movePrice(db))

afterEach(() => tidyUp(db))

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const STEPS = ['market_caps', 'ipos', 'delistings', 'themes', 'cache_and_events']

async function lastEvent(job: string): Promise<StoredEvent> {
  return (await outboxOf(db, job)).at(-1)!
}

describe('run_job', () => {
  it('runs the job under its id, as it was asked for', async () => {
    const job = await accepted(db, { mode: 'market_cap', append: true, force: true })
    const heard: RunProgress[] = []
    const run = await runJob(await db.client(), job, (step) => heard.push(step))
    expect(run).toMatchObject({
      id: job,
      mode: 'market_cap',
      status: 'completed',
      append: true,
      force: true,
      dry_run: false,
      environment: 'DEFAULT',
      triggered_by: 'test',
    })
    expect(run.total_changes).toBeGreaterThan(0)
    expect(await runOf(db, job)).toEqual(run)
    expect(await db.query('SELECT * FROM waiting_jobs')).toEqual([])
    expect(heard.map(({ step, position, of, next, run_id }) => [step, position, of, next, run_id])).toEqual([
      [null, 0, 2, 'market_caps', job],
      ['market_caps', 1, 2, 'cache_and_events', job],
      ['cache_and_events', 2, 2, null, job],
    ])
  })

  it('ends with cache_sync_completed, after everything else the run has to say', async () => {
    const job = await accepted(db)
    await db.query('SELECT run_job($1)', [job])
    expect((await outboxOf(db, job)).map(({ event }) => event)).toEqual([
      'cache_sync_triggered',
      'cache_sync_completed',
    ])
    const [last] = await db.query<{ event: string }>(
      'SELECT event FROM universe_events WHERE run_id = $1 ORDER BY seq DESC LIMIT 1',
      [job],
    )
    expect(last!.event).toBe('cache_sync_completed')
  })

  it('called again returns the run there is, and does nothing', async () => {
    const job = await accepted(db)
    const first = await runJob(await db.client(), job)
    const before = await contents(db)
    expect(await runJob(await db.client(), job)).toEqual(first)
    expect(await contents(db)).toEqual(before)
  })

  it('of a dry run keeps nothing but its row, and says how it ended on the progress channel', async () => {
    const before = await contents(db, ['sync_runs', 'sync_jobs', 'universe_events'])
    const job = await accepted(db, { dryRun: true })
    const run = await runJob(await db.client(), job)
    expect(run.total_changes).toBeGreaterThan(0)
    expect(await contents(db, ['sync_runs', 'sync_jobs', 'universe_events'])).toEqual(before)
    expect(await lastEvent(job)).toMatchObject({
      event: 'cache_sync_progress',
      payload: {
        job_id: job,
        mode: 'full',
        status: 'completed',
        dry_run: true,
        percent: 100,
        error: null,
        total_changes: run.total_changes,
        universes_updated: run.changes.length,
      },
    })
  })

  it('of a failure returns the failed run, tells administrators and the progress channel', async () => {
    await breakRefresh(db)
    const before = await members(db, 'MARKET_CAP', 'mega_cap')
    const job = await accepted(db)
    const run = await runJob(await db.client(), job)
    expect(run).toMatchObject({ id: job, status: 'failed', error: { sqlstate: '23514' } })
    expect(await members(db, 'MARKET_CAP', 'mega_cap')).toEqual(before)
    const [, failed, last] = await outboxOf(db, job)
    expect(failed).toMatchObject({ event: 'sync_failed', payload: { job_id: job, status: 'failed' } })
    expect(last).toMatchObject({
      event: 'cache_sync_progress',
      payload: { job_id: job, status: 'failed', percent: null, error: { sqlstate: '23514' } },
    })
    expect(JSON.stringify(last)).not.toContain('PL/pgSQL')
  })

  it('raises UV001 while a load is running, and the job goes on waiting', async () => {
    const job = await accepted(db)
    const client = await db.client()
    await client.query(`BEGIN; SELECT lock_universes('the load')`)
    await expect(db.query('SELECT run_job($1)', [job])).rejects.toMatchObject({ code: 'UV001' })
    expect(await db.query('SELECT id FROM waiting_jobs')).toEqual([{ id: job }])
    await client.query('COMMIT')
    await db.query('SELECT run_job($1)', [job])
  })

  it('raises UV003 for an unknown id', async () => {
    const unknown = { code: 'UV003', message: `there is no job or run ${NOWHERE}` }
    await expect(db.query('SELECT run_job($1)', [NOWHERE])).rejects.toMatchObject(unknown)
    await expect(db.query(`SELECT fail_job($1, '{}')`, [NOWHERE])).rejects.toMatchObject(unknown)
  })
})

describe('fail_job', () => {
  const ERROR = { sqlstate: '42501', message: 'permission denied', hint: 'ask for it' }

  it('records the failure, announces it, and the job is done', async () => {
    const job = await accepted(db, { dryRun: true, mode: 'ipos' })
    await db.query('SELECT fail_job($1, $2)', [job, ERROR])
    expect(await runOf(db, job)).toMatchObject({
      id: job,
      status: 'failed',
      mode: 'ipos',
      dry_run: true,
      error: ERROR,
      triggered_by: 'test',
      total_changes: 0,
    })
    expect(await db.query('SELECT * FROM waiting_jobs')).toEqual([])
    const [, failed, last] = await outboxOf(db, job)
    expect(failed).toMatchObject({ event: 'sync_failed', payload: { error: ERROR } })
    expect(last).toMatchObject({
      event: 'cache_sync_progress',
      payload: { status: 'failed', error: ERROR, duration_seconds: expect.any(Number) as number },
    })
  })

  it('leaves the run of a job alone that is done after all', async () => {
    const job = await accepted(db)
    await db.query('SELECT run_job($1)', [job])
    const before = await contents(db)
    const [run] = await db.query('SELECT * FROM fail_job($1, $2)', [job, ERROR])
    expect(run).toMatchObject({ id: job, status: 'completed' })
    expect(await contents(db)).toEqual(before)
  })

  it('raises UV001 while the job, or anything else, is running', async () => {
    const job = await accepted(db)
    const client = await db.client()
    await client.query('BEGIN')
    await client.query('SELECT run_job($1)', [job])
    await expect(db.query('SELECT fail_job($1, $2)', [job, ERROR])).rejects.toMatchObject({ code: 'UV001' })
    await client.query('COMMIT')
    expect(await runOf(db, job)).toMatchObject({ status: 'completed' })
  })
})

describe('waiting jobs', () => {
  it('are found by an index that only they are in', async () => {
    await db.query(
      `INSERT INTO sync_jobs (mode, append, dry_run, force, environment, requested_by, done)
       SELECT 'full', false, false, false, 'DEFAULT', 'somebody', true FROM generate_series(1, 20000)`,
    )
    const client = await db.client()
    await client.query('SET enable_seqscan = off')
    const job = await accepted(db)
    const { rows } = await client.query<{ plan: unknown }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM waiting_jobs WHERE environment = 'DEFAULT' ORDER BY requested_at, id LIMIT 1`,
    )
    const plan = JSON.stringify(rows)
    expect(plan).toContain('sync_jobs_waiting')
    expect(plan).not.toContain('"Actual Rows":20')
    await db.query('SELECT run_job($1)', [job])
    expect(await db.query('SELECT done FROM sync_jobs WHERE id = $1', [job])).toEqual([{ done: true }])
  })

  it('are those without a run, whatever the flag that saves looking says', async () => {
    const [run] = await db.query<{ id: string }>('SELECT id FROM sync_runs LIMIT 1')
    await db.query(
      `INSERT INTO sync_jobs (id, mode, append, dry_run, force, environment, requested_by)
       VALUES ($1, 'full', false, false, false, 'DEFAULT', 'somebody')`,
      [run!.id],
    )
    expect(await db.query('SELECT * FROM waiting_jobs')).toEqual([])
  })
})

describe('publish_progress', () => {
  const step = (job: string, position: number): string =>
    JSON.stringify({
      run_id: job,
      mode: 'full',
      step: STEPS[position - 1],
      milliseconds: 1,
      position,
      of: 5,
      added: 7,
    })

  const publish = async (client: pg.Client, job: string, position: number): Promise<string | null> => {
    const { rows } = await client.query<{ seq: string | null }>('SELECT publish_progress($1) AS seq', [
      step(job, position),
    ])
    return rows[0]!.seq
  }

  it('says how far the run has come, in percent, with the counts of the step', async () => {
    const job = await accepted(db)
    const client = await db.client()
    for (const position of [0, 1, 2, 3, 4, 5]) await publish(client, job, position)
    const events = (await outboxOf(db, job)).slice(1)
    expect(events.map(({ payload }) => payload['percent'])).toEqual([0, 20, 40, 60, 80, 100])
    expect(events[1]!.payload).toEqual({
      job_id: job,
      status: 'running',
      mode: 'full',
      step: 'market_caps',
      milliseconds: 1,
      position: 1,
      of: 5,
      percent: 20,
      added: 7,
    })
  })

  it('waits for a run that writes its end, and then publishes nothing', async () => {
    const job = await accepted(db)
    const [runner, late] = [await db.client(), await db.client()]
    await runner.query('BEGIN')
    await runner.query('SELECT run_job($1)', [job])
    const published = publish(late, job, 4)
    await untilHeldUp(db, '%publish_progress%')
    await runner.query('COMMIT')
    expect(await published).toBeNull()
    expect((await lastEvent(job)).event).toBe('cache_sync_completed')
    expect(await publish(late, job, 5)).toBeNull()
  })

  it('has its place before the end when the run is held up before it writes its events', async () => {
    const job = await accepted(db)
    const [holder, runner, early] = [await db.client(), await db.client(), await db.client()]
    await holder.query('BEGIN; SELECT lock_events()')
    const published = publish(early, job, 4)
    await untilHeldUp(db, '%publish_progress%')
    const running = runner.query('SELECT run_job($1)', [job])
    await untilHeldUp(db)
    await holder.query('COMMIT')
    await running
    expect(Number(await published)).toBeLessThan(Number((await lastEvent(job)).seq))
    expect((await outboxOf(db, job)).map(({ event }) => event)).toEqual([
      'cache_sync_triggered',
      'cache_sync_progress',
      'cache_sync_completed',
    ])
  })

  it.each([
    ['a dry run', { dryRun: true }, false],
    ['a failure', {}, true],
  ])('publishes nothing after the end of %s either', async (_what, options, broken) => {
    if (broken) await breakRefresh(db)
    const job = await accepted(db, options)
    const [runner, late] = [await db.client(), await db.client()]
    await runner.query('BEGIN')
    await runner.query('SELECT run_job($1)', [job])
    const published = publish(late, job, 4)
    await untilHeldUp(db, '%publish_progress%')
    await runner.query('COMMIT')
    expect(await published).toBeNull()
    const last = await lastEvent(job)
    expect([last.event, last.payload['status']]).toEqual([
      'cache_sync_progress',
      broken ? 'failed' : 'completed',
    ])
  })

  it('does not keep a run from writing its memberships', async () => {
    const job = await accepted(db)
    const release = await holdUp(db)
    const [runner, other] = [await db.client(), await db.client()]
    const running = runner.query('SELECT run_job($1)', [job])
    await untilHeldUp(db)
    expect(await publish(other, job, 3)).not.toBeNull()
    await release()
    await running
  })
})
