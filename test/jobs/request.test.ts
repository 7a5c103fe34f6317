import { beforeEach, describe, expect, it } from 'vitest'
import { refresh } from '../../src/operations/refresh.js'
import { completed, run } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { accepted, changedMarket, holdUp, outboxOf, request, untilHeldUp, type Requested } from './support.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
})

const waiting = (): Promise<{ id: string }[]> => db.query('SELECT id FROM waiting_jobs')

describe('request_refresh', () => {
  it('leaves a waiting job and its trigger event', async () => {
    const answer = await request(db, { mode: 'themes', append: true, force: true })
    expect(answer).toMatchObject({ accepted: true, mode: 'themes', message: 'refresh accepted' })
    expect(await db.query('SELECT * FROM sync_jobs')).toEqual([
      {
        id: answer.job_id,
        mode: 'themes',
        append: true,
        dry_run: false,
        force: true,
        environment: 'DEFAULT',
        requested_by: 'test',
        requested_at: expect.any(Date) as Date,
        done: false,
      },
    ])
    const events = await outboxOf(db, answer.job_id)
    expect(events).toEqual([
      {
        seq: expect.any(String) as string,
        event: 'cache_sync_triggered',
        payload: {
          job_id: answer.job_id,
          status: 'queued',
          mode: 'themes',
          append: true,
          dry_run: false,
          force: true,
          environment: 'DEFAULT',
          triggered_by: 'test',
          steps: ['themes', 'cache_and_events'],
        },
      },
    ])
    expect(await db.query(`SELECT * FROM next_job('DEFAULT')`)).toEqual([
      { job_id: answer.job_id, mode: 'themes', requested_by: 'test', busy: false },
    ])
  })

  it('says that a dry run is one', async () => {
    expect(await request(db, { dryRun: true })).toMatchObject({ accepted: true, message: 'dry run accepted' })
  })

  it('accepts one of 20 at the same time; the others get its id', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => db.client()))
    const answers = await Promise.all(
      clients.map(async (client) => {
        const { rows } = await client.query<Requested>('SELECT * FROM request_refresh()')
        return rows[0]!
      }),
    )
    const ids = new Set(answers.map(({ job_id }) => job_id))
    expect(ids.size).toBe(1)
    expect(answers.filter(({ accepted: ok }) => ok)).toHaveLength(1)
    expect(await waiting()).toEqual([{ id: [...ids][0] }])
    expect(await outboxOf(db, [...ids][0]!)).toHaveLength(1)
  })

  it('keeps a second caller waiting until the first has committed, or has not', async () => {
    const first = await db.client()
    await first.query('BEGIN; SELECT request_refresh()')
    const second = request(db)
    await untilHeldUp(db, '%request_refresh(%test%')
    await first.query('ROLLBACK')
    expect(await second).toMatchObject({ accepted: true })
    expect(await waiting()).toEqual([{ id: (await second).job_id }])
  })

  it('names the job that waits, and who asked for it', async () => {
    const job_id = await accepted(db, { mode: 'ipos' })
    expect(await request(db)).toEqual({
      accepted: false,
      job_id,
      mode: 'ipos',
      message: expect.stringMatching(/^a refresh is already running: requested by test at 20\d\d-/) as string,
    })
    expect(await waiting()).toHaveLength(1)
  })

  it('does not wait for the jobs of another environment, which another service works off', async () => {
    await accepted(db, { environment: 'TEST' })
    const mine = await accepted(db)
    expect(await db.query(`SELECT job_id FROM next_job('DEFAULT')`)).toEqual([{ job_id: mine }])
  })

  it('accepts the next one when the job is done', async () => {
    const first = await accepted(db)
    await db.query('SELECT run_job($1)', [first])
    expect(await accepted(db)).not.toBe(first)
  })

  it('refuses an unknown mode with UV002 and leaves nothing behind', async () => {
    await expect(db.query(`SELECT request_refresh('weekly')`)).rejects.toMatchObject({ code: 'UV002' })
    expect(await waiting()).toEqual([])
    expect(await db.query('SELECT 1 FROM universe_events')).toEqual([])
  })
})

describe('request_refresh, while something is running', () => {
  it('answers with the id of a refresh of the command line', async () => {
    await changedMarket(db)
    const release = await holdUp(db)
    const running = refresh(await db.client())
    await untilHeldUp(db, '%refresh_universes%')
    const answer = await request(db)
    expect(answer).toMatchObject({ accepted: false, mode: null })
    expect(answer.message).toMatch(/^a refresh is already running: now at cache_and_events, since 20\d\d-/)
    await release()
    expect(answer.job_id).toBe((await running).id)
    expect(await waiting()).toEqual([])
    await accepted(db)
  })

  it('answers with the id of a job of another environment that is running', async () => {
    await changedMarket(db)
    const job = await accepted(db, { environment: 'TEST' })
    const client = await db.client()
    await client.query('BEGIN')
    await client.query('SELECT run_job($1)', [job])
    expect(await request(db)).toMatchObject({ accepted: false, job_id: job, mode: 'full' })
    await client.query('COMMIT')
    await accepted(db)
  })

  it('is not refused because of a load: the job waits for its end', async () => {
    const client = await db.client()
    await client.query(`BEGIN; SELECT lock_universes('the load')`)
    const job = await accepted(db)
    expect(await db.query(`SELECT job_id, busy FROM next_job('DEFAULT')`)).toEqual([
      { job_id: job, busy: true },
    ])
    await client.query('COMMIT')
    expect(await db.query(`SELECT job_id, busy FROM next_job('DEFAULT')`)).toEqual([
      { job_id: job, busy: false },
    ])
  })

  it("sees the run of another role, whose times are nobody else's business", async () => {
    await completed(db)
    const role = `jobs_${db.name.slice(-8)}`
    await db.query(`CREATE ROLE ${role}`)
    try {
      await db.query(
        `GRANT USAGE ON SCHEMA universes TO ${role}; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public, universes TO ${role}`,
      )
      const client = await db.client()
      await client.query('BEGIN')
      const { rows } = await client.query<{ id: string }>('SELECT id FROM refresh_universes()')
      const other = await db.client()
      await other.query(`SET ROLE ${role}`)
      const answer = await other.query('SELECT * FROM request_refresh()')
      expect(answer.rows[0]).toMatchObject({
        accepted: false,
        job_id: rows[0]!.id,
        message: 'a refresh is already running: now at end',
      })
      await client.query('COMMIT')
      await other.end()
    } finally {
      await db.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })

  it('is accepted right after a refresh has ended', async () => {
    await run(db)
    await accepted(db)
  })
})
