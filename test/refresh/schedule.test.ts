import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ScheduledJob } from '../../src/cli/commands/schedule.js'
import {
  runCli,
  startPostgres15WithCron,
  testDatabase,
  type CliResult,
  type TestDatabase,
} from '../support/index.js'

const DAY = 86_400_000

describe('a schedule in a time zone', () => {
  let db: TestDatabase

  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
  })

  async function translate(cron: string, timezone: string) {
    const rows = await db.query<{ schedule: string; condition: string | null }>(
      'SELECT * FROM cron_in_timezone($1, $2)',
      [cron, timezone],
    )
    return rows[0]!
  }

  /** The times, within 360 days, at which pg_cron wakes the job and its condition holds. */
  async function runs(schedule: string, time: string, timezone: string): Promise<Date[]> {
    const [minutes, hours] = schedule.split(' ').map((field) => field.split(',').map(Number))
    const rows = await db.query<{ at: Date }>(
      `SELECT w.at
       FROM (SELECT (current_date + d + make_time(h, m, 0)) AT TIME ZONE 'GMT' AS at
             FROM generate_series(1, 360) AS d, unnest($1::int[]) AS h, unnest($2::int[]) AS m) AS w
       WHERE refresh_is_due($3::time, $4, NULL, w.at + interval '7 seconds')
       ORDER BY w.at`,
      [hours, minutes, time, timezone],
    )
    return rows.map((row) => row.at)
  }

  function local(at: Date, timeZone: string): { day: string; time: string } {
    const text = at.toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    const [day, time] = text.split(' ')
    return { day: day!, time: time! }
  }

  it.each([
    ['America/New_York', '06:00'],
    ['America/New_York', '23:50'],
    ['Europe/London', '00:15'],
    ['Europe/Berlin', '18:30'],
    ['America/St_Johns', '06:00'],
    ['Australia/Sydney', '09:45'],
    ['Australia/Lord_Howe', '06:00'],
  ])('%s %s runs exactly once a day, at that time, all year', async (timezone, time) => {
    const [hour, minute] = time.split(':').map(Number)
    const { schedule, condition } = await translate(`${minute} ${hour} * * *`, timezone)
    expect(condition).toBe(`universes.refresh_is_due('${time}', '${timezone}')`)
    const times = (await runs(schedule, time, timezone)).map((at) => local(at, timezone))
    expect(new Set(times.map(({ day }) => day)).size).toBe(times.length)
    expect(times.length).toBeGreaterThanOrEqual(359)
    expect(new Set(times.map((run) => run.time))).toEqual(new Set([time]))
  })

  it('runs once on the days on which its hour is skipped or comes twice', async () => {
    for (const time of ['01:30', '02:30']) {
      const { schedule } = await translate(`30 ${Number(time.slice(0, 2))} * * *`, 'America/New_York')
      const times = (await runs(schedule, time, 'America/New_York')).map((at) =>
        local(at, 'America/New_York'),
      )
      const days = times.map(({ day }) => Date.parse(day) / DAY)
      expect(days).toEqual(days.map((_, index) => days[0]! + index))
      const elsewhere = times.filter((run) => run.time !== time).map((run) => run.time)
      expect(elsewhere).toEqual(time === '02:30' ? ['03:30'] : [])
    }
  })

  it('keeps the weekday of the time zone, where it is another one at Greenwich', async () => {
    expect(await translate('0 6 * * 1-3,5,7', 'Asia/Tokyo')).toEqual({
      schedule: '0 21 * * *',
      condition: "universes.refresh_is_due('06:00', 'Asia/Tokyo', '{0,1,2,3,5}')",
    })
    const [row] = await db.query(
      `SELECT refresh_is_due('06:00', 'Asia/Tokyo', '{1}', '2026-03-01 21:00Z') AS monday,
              refresh_is_due('06:00', 'Asia/Tokyo', '{1}', '2026-03-02 21:00Z') AS tuesday`,
    )
    expect(row).toEqual({ monday: true, tuesday: false })
  })

  it('counts a start up to half an hour late, past midnight too, and none before', async () => {
    const [row] = await db.query(
      `SELECT refresh_is_due('23:50', 'America/New_York', '{5}', '2026-07-04 03:49:59Z') AS before,
              refresh_is_due('23:50', 'America/New_York', '{5}', '2026-07-04 03:50:00Z') AS sharp,
              refresh_is_due('23:50', 'America/New_York', '{5}', '2026-07-04 04:19:59Z') AS late,
              refresh_is_due('23:50', 'America/New_York', '{5}', '2026-07-04 04:20:00Z') AS too_late`,
    )
    expect(row).toEqual({ before: false, sharp: true, late: true, too_late: false })
  })

  it('needs no condition without daylight saving, and no translation for UTC', async () => {
    expect(await translate('0 6 * * *', 'asia/kolkata')).toEqual({ schedule: '30 0 * * *', condition: null })
    expect(await translate('*/5 1 2 * mon', 'UTC')).toEqual({ schedule: '*/5 1 2 * mon', condition: null })
  })

  it.each(['*/5 * * * *', '0 6 1 * *', '0 6 * * mon', '0 6 * * 5-1', '0 24 * * *', '60 6 * * *', '@daily'])(
    'refuses %s, which has no translation',
    async (cron) => {
      await expect(translate(cron, 'America/New_York')).rejects.toMatchObject({
        code: 'UV002',
        message: `cannot translate schedule '${cron}' from America/New_York to GMT`,
      })
    },
  )
})

describe('without pg_cron', () => {
  it.each(['schedule', 'unschedule'])('%s says what is missing and what to do', async (command) => {
    const db = await testDatabase(import.meta.url)
    const { code, stdout, stderr } = await runCli([command], { env: { DATABASE_URL: db.url } })
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain(`error: pg_cron cannot be used in database ${db.name}`)
    expect(stderr).toMatch(
      /detail: pg_cron is (not available|available on this server, but not preloaded|preloaded)/,
    )
    expect(stderr).toContain(`cron.database_name = '${db.name}'`)
    expect(stderr).toContain('CREATE EXTENSION pg_cron;')
    expect(stderr).toContain('GRANT USAGE ON SCHEMA cron TO ')
    expect(stderr).toContain('sqlstate: UV007')
    if (command === 'schedule')
      expect(stderr).toContain(`0 6 * * * psql "$DATABASE_URL" -c "SELECT public.refresh_universes()"`)
  })

  it('an unknown time zone and an environment that is too long are wrong usage', async () => {
    const db = await testDatabase(import.meta.url)
    const env = { DATABASE_URL: db.url }
    const zone = await runCli(['schedule', '--timezone', 'America/Springfield'], { env })
    expect(zone).toMatchObject({ code: 2, stderr: expect.stringContaining('America/Springfield') as string })
    const name = await runCli(['schedule', '--environment', 'x'.repeat(60)], { env })
    expect(name).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be scheduled') as string })
  })
})

const cron = await startPostgres15WithCron('market')

describe.skipIf(cron === undefined)('with pg_cron', () => {
  const schema = 'market data'
  let admin: pg.Pool

  const universes = (args: string[], database = 'market', user = 'postgres'): Promise<CliResult> =>
    runCli(args, {
      env: { DATABASE_URL: cron!.url(database).replace('postgres@', `${user}@`), UNIVERSES_SCHEMA: schema },
    })

  const jobs = async () =>
    (await admin.query<Record<string, unknown>>('SELECT jobname, username, schedule, command FROM cron.job'))
      .rows

  async function onServer(database: string, sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: cron!.url(database) })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }

  beforeAll(async () => {
    await onServer('postgres', 'CREATE DATABASE market')
    await onServer('postgres', 'CREATE DATABASE other')
    await onServer('postgres', 'CREATE ROLE bob LOGIN')
    for (const database of ['market', 'other'])
      expect(await universes(['migrate', 'up'], database)).toMatchObject({ code: 0, stderr: '' })
    admin = new pg.Pool({ connectionString: cron!.url('market') })
    admin.on('error', () => undefined)
  })

  afterAll(() => admin.end())

  it('asks for the extension where only that is missing', async () => {
    const { code, stderr } = await universes(['schedule'])
    expect(code).toBe(1)
    expect(stderr).toContain(
      'detail: pg_cron is preloaded, but the extension does not exist in this database.',
    )
    expect(stderr).toContain('remedy: As a superuser in this database: CREATE EXTENSION pg_cron;')
    expect(stderr).not.toContain('postgresql.conf')
    await admin.query('CREATE EXTENSION pg_cron')
  })

  it('asks for the grant where only that is missing, and works with it', async () => {
    await admin.query(`GRANT USAGE ON SCHEMA "${schema}", "${schema}_universes" TO bob`)
    const refused = await universes(['schedule'], 'market', 'bob')
    expect(refused.code).toBe(1)
    const [remedy] = /(?<=remedy: As a superuser in this database: ).*/.exec(refused.stderr)!
    await admin.query(remedy)
    expect(await universes(['schedule'], 'market', 'bob')).toMatchObject({ code: 0, stderr: '' })
    expect(await jobs()).toMatchObject([{ username: 'bob' }])
  })

  it('scheduling again replaces the job, whoever made it', async () => {
    const made = await universes(['schedule', '--cron', '15 5 * * 1-5', '--json'])
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const again = await universes(['schedule', '--timezone', 'America/New_York', '--json'])
    const job = JSON.parse(again.stdout) as ScheduledJob
    expect(job).toEqual({
      job_id: (JSON.parse(made.stdout) as ScheduledJob).job_id,
      job_name: `pg-universes refresh "${schema}" DEFAULT`,
      schedule: '0 10,11 * * *',
      timezone: 'GMT',
      command:
        `SELECT "${schema}".refresh_universes(p_environment => 'DEFAULT', p_triggered_by => 'pg_cron')` +
        ` WHERE "${schema}_universes".refresh_is_due('06:00', 'America/New_York')`,
    })
    expect(await jobs()).toEqual([
      { jobname: job.job_name, username: 'postgres', schedule: job.schedule, command: job.command },
    ])
  })

  it('what pg_cron does not understand is wrong usage and leaves the job as it was', async () => {
    const before = await jobs()
    const { code, stderr } = await universes(['schedule', '--cron', '99 6 * * *'])
    expect(code).toBe(2)
    expect(stderr).toContain('error: invalid schedule: 99 6 * * *')
    expect(await jobs()).toEqual(before)
  })

  it('the job runs the refresh, and the run is visible', { timeout: 240_000 }, async () => {
    const minute = new Date(Math.ceil((Date.now() + 10_000) / 60_000) * 60_000)
    const [hours, minutes] = minute
      .toLocaleTimeString('sv-SE', { timeZone: 'Asia/Kolkata' })
      .split(':')
      .map(Number)
    const weekly = ['--cron', `${minutes} ${hours} * * 0-6`, '--timezone', 'Asia/Kolkata']
    const made = await universes(['schedule', ...weekly])
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const [id] = /(?<=jobid = )\d+/.exec(made.stdout)!

    const ran = async () =>
      await admin.query<{ status: string; return_message: string }>(
        `SELECT status, return_message FROM cron.job_run_details WHERE jobid = $1 AND end_time IS NOT NULL`,
        [id],
      )
    while ((await ran()).rowCount === 0) await sleep(500)
    expect((await ran()).rows).toEqual([{ status: 'succeeded', return_message: 'SELECT 1' }])
    const { rows } = await admin.query(
      `SELECT status, mode, environment, total_changes >= 0 AS counted, error FROM "${schema}".sync_runs
       WHERE triggered_by = 'pg_cron'`,
    )
    expect(rows).toEqual([
      { status: 'completed', mode: 'full', environment: 'DEFAULT', counted: true, error: null },
    ])
  })

  it('the condition decides whether the command runs anything', async () => {
    const [job] = await jobs()
    const command = job!['command'] as string
    const at = (hoursAgo: number) =>
      command
        .replace(/'\d\d:\d\d'/, `to_char(now() - interval '${hoursAgo} hours', 'HH24:MI')::time`)
        .replace("'Asia/Kolkata'", `current_setting('TimeZone')`)
    expect(await admin.query(at(0))).toMatchObject({ rowCount: 1 })
    expect(await admin.query(at(2))).toMatchObject({ rowCount: 0 })
  })

  it('serves another database from where pg_cron is, as the remedy says', async () => {
    const refused = await universes(['schedule', '--environment', 'PAPER'], 'other')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain("works in another database: cron.database_name is 'market'")
    const [statement] = /SELECT cron\.schedule_in_database.*;/.exec(refused.stderr)!
    await admin.query(statement)
    const { rows } = await admin.query(`SELECT jobname, command FROM cron.job WHERE database = 'other'`)
    expect(rows).toEqual([
      {
        jobname: `pg-universes refresh "${schema}" PAPER other`,
        command: `SELECT "${schema}".refresh_universes(p_environment => 'PAPER', p_triggered_by => 'pg_cron')`,
      },
    ])
    const remedy = await universes(['unschedule', '--environment', 'PAPER'], 'other')
    await admin.query(/SELECT cron\.unschedule.*;/.exec(remedy.stderr)![0])
    expect(await jobs()).toHaveLength(1)
  })

  it('unschedule removes the job, once', async () => {
    expect(await universes(['unschedule'])).toMatchObject({
      code: 0,
      stdout: `removed the job "pg-universes refresh "${schema}" DEFAULT"\n`,
    })
    expect(await jobs()).toEqual([])
    const again = await universes(['unschedule'])
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('no refresh is scheduled for environment DEFAULT')
    expect(again.stderr).toContain('sqlstate: UV003')
  })
})
