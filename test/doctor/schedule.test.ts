import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateUp } from '../../src/database/migrate.js'
import type { Finding } from '../../src/doctor/finding.js'
import { runCli, startPostgres15WithCron } from '../support/index.js'
import { findingOf } from './support.js'

const cron = await startPostgres15WithCron('market')

describe.skipIf(cron === undefined)('the schedule, with pg_cron', () => {
  let admin: pg.Pool
  const schedule = (database = 'market', user = 'postgres'): Promise<Finding> =>
    findingOf(cron!.url(database).replace('postgres@', `${user}@`), 'schedule')
  const paste = (remedy: string): Promise<pg.QueryResult> => admin.query(remedy.split('\n')[0]!)

  beforeAll(async () => {
    const server = new pg.Client({ connectionString: cron!.url('postgres') })
    await server.connect()
    for (const sql of ['CREATE DATABASE market', 'CREATE DATABASE other', 'CREATE ROLE bob LOGIN'])
      await server.query(sql)
    await server.end()
    for (const database of ['market', 'other'])
      await migrateUp({ url: cron!.url(database), schema: 'public' })
    admin = new pg.Pool({ connectionString: cron!.url('market') })
    admin.on('error', () => undefined)
  })

  afterAll(() => admin.end())

  it('says where pg_cron is', async () => {
    expect(await schedule()).toMatchObject({
      status: 'PASS',
      summary: expect.stringContaining('pg_cron is not installed here') as string,
    })
    expect(await schedule('other')).toMatchObject({
      summary: expect.stringContaining('pg_cron works in database market, not here') as string,
    })
    await admin.query('CREATE EXTENSION pg_cron')
  })

  it('no job, and no right to see one', async () => {
    expect(await schedule()).toMatchObject({
      status: 'WARN',
      summary: 'pg_cron is installed, no refresh is scheduled',
      problems: [{ remedy: expect.stringMatching(/^universes schedule --cron '0 6 \* \* \*'/) as string }],
    })
    await admin.query(
      'GRANT USAGE ON SCHEMA universes TO bob; GRANT SELECT ON ALL TABLES IN SCHEMA public, universes TO bob',
    )
    const bob = await schedule('market', 'bob')
    expect(bob.problems).toMatchObject([{ status: 'WARN', remedy: 'GRANT USAGE ON SCHEMA cron TO bob;' }])
    await paste(bob.problems[0]!.remedy)
    expect((await schedule('market', 'bob')).summary).toBe('pg_cron is installed, no refresh is scheduled')
  })

  it('a job: when, as whom, and how its last run ended', async () => {
    expect(await runCli(['schedule'], { env: { DATABASE_URL: cron!.url() } })).toMatchObject({ code: 0 })
    expect(await schedule()).toMatchObject({
      status: 'PASS',
      summary: expect.stringMatching(/^job \d+: 0 6 \* \* \* as postgres, no run is recorded$/) as string,
    })
    await admin.query(
      `INSERT INTO cron.job_run_details (jobid, runid, status, return_message, start_time, end_time)
       SELECT jobid, 1, 'succeeded', 'SELECT 1', now() - interval '1 hour', now() - interval '1 hour' FROM cron.job`,
    )
    expect((await schedule()).summary).toMatch(/last run succeeded 60 minutes ago$/)
    await admin.query(
      `INSERT INTO cron.job_run_details (jobid, runid, status, return_message, start_time, end_time)
       SELECT jobid, 2, 'failed', 'connection failed', now() - interval '3 minutes', now() - interval '2 minutes' FROM cron.job`,
    )
    expect(await schedule()).toMatchObject({
      status: 'FAIL',
      problems: [
        {
          problem: 'its last run, 2 minutes ago, failed: connection failed',
          remedy: 'ALTER SYSTEM SET cron.use_background_workers = on;\nand restart the server',
        },
      ],
    })
    await admin.query('DELETE FROM cron.job_run_details')
  })

  it('a job that is switched off, and one that works in another database', async () => {
    await admin.query('UPDATE cron.job SET active = false')
    const off = await schedule()
    expect(off.problems).toMatchObject([
      { status: 'FAIL', problem: expect.stringMatching(/^job \d+ is switched off$/) as string },
    ])
    await paste(off.problems[0]!.remedy)
    expect(await schedule()).toMatchObject({ status: 'PASS' })

    await admin.query(`UPDATE cron.job SET database = 'renamed'`)
    const elsewhere = await schedule()
    expect(elsewhere.problems).toMatchObject([
      {
        status: 'FAIL',
        problem: expect.stringMatching(
          /^job \d+ works in database renamed, which does not exist: nothing refreshes this one$/,
        ) as string,
      },
    ])
    await paste(elsewhere.problems[0]!.remedy)
    expect((await schedule()).summary).toBe('pg_cron is installed, no refresh is scheduled')
  })
})
