import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { members, setCloses } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import {
  accepted,
  changedMarket,
  ended,
  holdUp,
  outboxOf,
  request,
  runOf,
  startRunner,
  untilHeldUp,
  type TestRunner,
} from './support.js'

let db: TestDatabase
const runners: TestRunner[] = []

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await changedMarket(db)
})

afterEach(async () => {
  await Promise.all(runners.splice(0).map(({ close }) => close()))
})

function start(options: Parameters<typeof startRunner>[1] = {}): TestRunner {
  const started = startRunner(db, options)
  runners.push(started)
  return started
}

const FULL = { mode: 'full', append: false, dryRun: false, force: false, requestedBy: 'key web-app' } as const

const waiting = (): Promise<{ id: string }[]> => db.query('SELECT id FROM waiting_jobs')

describe('a runner', () => {
  it('runs what is asked for, and publishes its progress', async () => {
    const { runner } = start()
    const { job_id, ...answer } = await runner.request(FULL)
    expect(answer).toEqual({ accepted: true, mode: 'full', message: 'refresh accepted' })
    expect(await ended(db, job_id)).toMatchObject({ status: 'completed', triggered_by: 'key web-app' })
    expect((await members(db, 'MARKET_LEADERS', 'top_10_stocks'))[0]).toBe('UTL1')
    expect((await outboxOf(db, job_id)).at(-1)!.event).toBe('cache_sync_completed')
  })

  it('passes on what was asked for', async () => {
    const { runner } = start()
    const { job_id } = await runner.request({
      mode: 'market_cap',
      append: true,
      dryRun: true,
      force: true,
      requestedBy: 'me',
    })
    expect(await ended(db, job_id)).toMatchObject({
      mode: 'market_cap',
      append: true,
      dry_run: true,
      force: true,
      triggered_by: 'me',
    })
  })

  it('publishes the steps while the run goes on, in their order', async () => {
    const { runner } = start()
    const release = await holdUp(db)
    const { job_id } = await runner.request(FULL)
    const percents = async (): Promise<unknown[]> =>
      (await outboxOf(db, job_id)).map(({ payload }) => payload['percent'])
    await expect.poll(percents).toEqual([undefined, 0, 20, 40, 60, 80])
    const steps = (await outboxOf(db, job_id)).map(({ payload }) => [payload['step'], payload['next']])
    expect(steps).toEqual([
      [undefined, undefined],
      [null, 'market_caps'],
      ['market_caps', 'ipos'],
      ['ipos', 'delistings'],
      ['delistings', 'themes'],
      ['themes', 'cache_and_events'],
    ])
    expect(await runner.status(job_id)).toMatchObject({ status: 'running', percent: 80 })
    await release()
    await ended(db, job_id)
    expect(await runner.status(job_id)).toMatchObject({ status: 'completed', percent: 100 })
    expect(await runner.history(1, 0)).toMatchObject({ total: 2, runs: [{ job_id }] })
    expect(await runner.statistics()).toMatchObject({ runs: 2, waiting: 0, last_run: { job_id } })
  })

  it('keeps the order of seq: triggered, progress, completed, and nothing after it, run after run', async () => {
    const { runner } = start()
    for (let round = 0; round < 30; round++) {
      await setCloses(db, { UTL1: 900_000 - round * 100_000 * (round % 2) })
      const { job_id, accepted: ok } = await runner.request({ ...FULL, dryRun: round % 3 === 2 })
      expect(ok).toBe(true)
      await ended(db, job_id)
    }
    const jobs = await db.query<{ id: string; dry_run: boolean }>('SELECT id, dry_run FROM sync_jobs')
    for (const { id, dry_run } of jobs) {
      const events = await outboxOf(db, id)
      const names = events.map(({ event, payload }) => `${event} ${String(payload['status'])}`)
      expect(names[0]).toBe('cache_sync_triggered queued')
      expect(names.at(-1)).toBe(dry_run ? 'cache_sync_progress completed' : 'cache_sync_completed completed')
      const middle = events.slice(1, -1)
      expect(names.slice(1, -1).filter((name) => name !== 'cache_sync_progress running')).toEqual([])
      const percents = middle.map(({ payload }) => payload['percent'] as number)
      expect(percents).toEqual([...percents].sort((a, b) => a - b))
    }
  })

  it('finds a job that waited before it came', async () => {
    const job = await accepted(db)
    start()
    await ended(db, job)
  })

  it('hears of a job that somebody asks for in psql', async () => {
    const { log } = start({ pollMs: 600_000 })
    await sleep(500)
    const job = await accepted(db)
    await ended(db, job)
    expect(log.lines.find(({ job: id }) => id === job)).toMatchObject({
      msg: 'job done',
      status: 'completed',
    })
  })

  it('finds a job without a hint', async () => {
    start({ pollMs: 100 })
    await db.query(
      `INSERT INTO sync_jobs (id, mode, append, dry_run, force, environment, requested_by)
       VALUES ('00000000-0000-4000-8000-000000000001', 'ipos', false, false, false, 'DEFAULT', 'somebody')`,
    )
    expect(await ended(db, '00000000-0000-4000-8000-000000000001')).toMatchObject({ mode: 'ipos' })
  })

  it('leaves the jobs of another environment alone', async () => {
    start({ pollMs: 50 })
    const other = await accepted(db, { environment: 'TEST' })
    const mine = await accepted(db)
    await ended(db, mine)
    expect(await waiting()).toEqual([{ id: other }])
    start({ environment: 'TEST' })
    expect(await ended(db, other)).toMatchObject({ environment: 'TEST' })
  })

  it('refuses while one is going, with its id', async () => {
    const { runner } = start()
    const release = await holdUp(db)
    const { job_id } = await runner.request(FULL)
    await untilHeldUp(db)
    expect(await runner.request(FULL)).toMatchObject({ accepted: false, job_id })
    await release()
    await ended(db, job_id)
  })

  it('waits for a load to end, and says nothing of errors to the log', async () => {
    const { runner, log } = start()
    const client = await db.client()
    await client.query(`BEGIN; SELECT lock_universes('the load')`)
    const { job_id, accepted: ok } = await runner.request(FULL)
    expect(ok).toBe(true)
    await sleep(1_200)
    expect(await runOf(db, job_id)).toBeUndefined()
    expect(await runner.status(job_id)).toMatchObject({ status: 'queued' })
    await client.query('COMMIT')
    expect(await ended(db, job_id)).toMatchObject({ status: 'completed' })
    expect(log.lines.filter(({ level }) => Number(level) > 30)).toEqual([])
  })

  it('reports a failed refresh and goes on', async () => {
    const { runner, log } = start()
    await db.query('ALTER TABLE cache_entries ADD CONSTRAINT nothing_new CHECK (false) NOT VALID')
    const { job_id } = await runner.request(FULL)
    expect(await ended(db, job_id)).toMatchObject({ status: 'failed', error: { sqlstate: '23514' } })
    await expect.poll(() => log.messages()).toContain('job failed')
    await db.query('ALTER TABLE cache_entries DROP CONSTRAINT nothing_new')
    const next = await runner.request(FULL)
    expect(await ended(db, next.job_id)).toMatchObject({ status: 'completed' })
  })

  it('of two one works, and either takes over', async () => {
    const [one, two] = [start(), start()]
    const jobs: string[] = []
    for (let round = 0; round < 10; round++) {
      const { job_id } = await [one, two][round % 2]!.runner.request(FULL)
      jobs.push(job_id)
      await ended(db, job_id)
    }
    const runs = await db.query(`SELECT id FROM sync_runs WHERE triggered_by = 'key web-app'`)
    expect(runs.map(({ id }) => id).sort()).toEqual(jobs.sort())
    await one.close()
    const { job_id } = await two.runner.request(FULL)
    await ended(db, job_id)
    for (const { log } of [one, two]) expect(log.lines.filter(({ level }) => Number(level) > 30)).toEqual([])
  })
})

describe('a job that cannot be run', () => {
  it('is recorded as failed, with the remedy, and not tried again', async () => {
    // Not a failure of the refresh, which records those itself: the run cannot even begin.
    await db.query(`
      CREATE OR REPLACE FUNCTION assert_mode(p_mode text, p_modes text[]) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        IF pg_catalog.current_setting('application_name') <> 'request' THEN
          RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'not for you', HINT = 'ask for it';
        END IF;
      END $$`)
    const client = await db.client()
    await client.query(`SET application_name = 'request'`)
    const { rows } = await client.query<{ job_id: string }>('SELECT job_id FROM request_refresh()')
    const job = rows[0]!.job_id
    const { log } = start()
    expect(await ended(db, job)).toMatchObject({
      status: 'failed',
      error: { sqlstate: '42501', message: 'not for you', hint: 'ask for it' },
    })
    expect(await waiting()).toEqual([])
    await expect.poll(() => log.messages()).toContain('job failed')
  })

  it('that cannot be recorded as failed either is not tried again, and recorded as soon as that works', async () => {
    await db.query('ALTER TABLE sync_runs ADD CONSTRAINT full_disk CHECK (false) NOT VALID')
    const job = await accepted(db)
    const { log } = start({ pollMs: 50 })
    const down = 'PostgreSQL, for the jobs, is not available; trying again until it is'
    await expect.poll(() => log.messages(), { timeout: 30_000 }).toContain(down)
    await sleep(1_000)
    expect(log.messages().filter((message) => message === down)).toHaveLength(1)
    await db.query('ALTER TABLE sync_runs DROP CONSTRAINT full_disk')
    await db.query(`SELECT pg_notify('universe_events', '')`)
    expect(await ended(db, job)).toMatchObject({ status: 'failed', error: { sqlstate: '23514' } })
  })

  it('is failed by whoever cancels its statement', async () => {
    start()
    const release = await holdUp(db)
    const job = await accepted(db)
    await db.query('SELECT pg_cancel_backend($1)', [await untilHeldUp(db)])
    expect(await ended(db, job)).toMatchObject({ status: 'failed', error: { sqlstate: '57014' } })
    await release()
  })
})

describe('a lost connection', () => {
  it('in the middle of a run: it runs again', async () => {
    const { log } = start()
    const release = await holdUp(db)
    const job = await accepted(db)
    const pid = await untilHeldUp(db)
    await db.query('SELECT pg_terminate_backend($1, 10000)', [pid])
    expect(await untilHeldUp(db)).not.toBe(pid)
    await release()
    expect(await ended(db, job)).toMatchObject({ status: 'completed' })
    const percents = (await outboxOf(db, job)).map(({ payload }) => payload['percent'])
    expect(percents.filter((percent) => percent === 0)).toHaveLength(2)
    await expect.poll(() => log.messages()).toContain('job done')
  })

  it('of every connection between two jobs: the next one runs, and tells its progress', async () => {
    start({ pollMs: 600_000 })
    await ended(db, await accepted(db))
    const cut = await db.query(
      `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'universes serve (%'`,
    )
    expect(cut).toHaveLength(3)
    const release = await holdUp(db, 'symbols')
    const job = await accepted(db)
    await expect
      .poll(async () => (await outboxOf(db, job)).map(({ event }) => event))
      .toEqual(['cache_sync_triggered', 'cache_sync_progress'])
    await release()
    await ended(db, job)
  })

  it('of every run ten times over: the job is what does it, and is given up', async () => {
    const { runner } = start()
    const release = await holdUp(db)
    const job = await accepted(db)
    for (let round = 0; round < 10; round++)
      await db.query('SELECT pg_terminate_backend($1, 10000)', [await untilHeldUp(db)])
    expect(await ended(db, job)).toMatchObject({
      status: 'failed',
      error: {
        sqlstate: '08006',
        message: expect.stringContaining('lost 10 times during the run') as string,
      },
    })
    await release()
    const { job_id } = await runner.request(FULL)
    expect(await ended(db, job_id)).toMatchObject({ status: 'completed' })
  })

  it('of the one that publishes progress does the run no harm', async () => {
    const { runner } = start()
    const first = await runner.request(FULL)
    await ended(db, first.job_id)
    const ends = (): Promise<unknown[]> =>
      db.query(
        `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'universes serve (progress)'`,
      )
    expect(await ends()).toHaveLength(1)
    const release = await holdUp(db, 'symbols')
    const { job_id } = await runner.request({ ...FULL, force: true })
    await expect.poll(async () => (await outboxOf(db, job_id)).length).toBe(2)
    expect(await ends()).toHaveLength(1)
    await release()
    expect(await ended(db, job_id)).toMatchObject({ status: 'completed' })
  })
})

describe('close', () => {
  it('of an idle runner is quick and leaves no connection', async () => {
    const { log, runner, close } = start()
    const { job_id } = await runner.request(FULL)
    await ended(db, job_id)
    await close()
    const left = (): Promise<unknown[]> =>
      db.query(
        `SELECT application_name FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'universes serve%'`,
      )
    await expect.poll(left).toEqual([])
    expect(log.lines.filter(({ level }) => Number(level) > 30)).toEqual([])
  })

  it('waits for the run under way, and takes no other job', async () => {
    const { close } = start()
    const release = await holdUp(db)
    const job = await accepted(db)
    await untilHeldUp(db)
    const closing = close()
    await release()
    await closing
    expect(await runOf(db, job)).toMatchObject({ status: 'completed' })
    const next = await accepted(db)
    await sleep(300)
    expect(await waiting()).toEqual([{ id: next }])
  })

  it('past the grace period takes the run back; the next runner finishes the job', async () => {
    const { close, log } = start({ graceMs: 200 })
    const release = await holdUp(db)
    const job = await accepted(db)
    const pid = await untilHeldUp(db)
    await close()
    expect(log.messages()).toContain('the job under way takes too long: it is rolled back and stays waiting')
    expect(await runOf(db, job)).toBeUndefined()
    // The server detects the lost client although the run still waits for its table.
    const alive = (): Promise<unknown[]> => db.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])
    await expect.poll(alive, { timeout: 30_000 }).toEqual([])
    start()
    await untilHeldUp(db)
    await release()
    expect(await ended(db, job)).toMatchObject({ status: 'completed' })
    expect(await request(db)).toMatchObject({ accepted: true })
  })
})
