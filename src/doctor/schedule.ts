import { age } from './events.js'
import { fail, warn, type CheckResult, type Problem } from './finding.js'
import { queryRows, type Installation } from './installation.js'

interface CronState {
  created: boolean
  usable: boolean | null
  /** Database of pg_cron; null if it is not loaded or not visible to this role. */
  home: string | null
}

interface CronJob {
  id: string
  name: string
  schedule: string
  database: string
  /** False if that database does not exist. */
  exists: boolean
  active: boolean
  username: string
}

interface CronRun {
  status: string
  message: string | null
  minutes: number
}

const NO_JOB_NEEDED = 'something else has to start the refresh, such as a crontab line'

/** Checks the pg_cron job that refreshes this installation, and its last run. */
export async function checkSchedule(installation: Installation): Promise<CheckResult> {
  const [state] = await queryRows<CronState & Record<string, unknown>>(
    installation,
    `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') AS created,
       (SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = 'cron') AS usable,
       (SELECT setting FROM pg_settings WHERE name = 'cron.database_name') AS home`,
  )
  const { created, usable, home } = state!
  if (!created) {
    const place =
      home === null || home === installation.database
        ? 'is not installed here'
        : `works in database ${home}, not here`
    return { summary: `pg_cron ${place}: ${NO_JOB_NEEDED}` }
  }
  if (!usable) {
    return {
      summary: 'pg_cron is installed',
      problems: [
        warn(
          `role ${installation.role} may not see its jobs`,
          `GRANT USAGE ON SCHEMA cron TO ${installation.role};`,
        ),
      ],
    }
  }
  const [job] = await findJob(installation)
  return job ? examineJob(installation, job) : noJob(installation)
}

/** Finds the job by name; prefers one of this database. */
function findJob(installation: Installation): Promise<CronJob[]> {
  return queryRows<CronJob & Record<string, unknown>>(
    installation,
    `SELECT j.jobid::text AS id, j.jobname AS name, j.schedule, j.database, j.active, j.username,
       EXISTS (SELECT FROM pg_database AS d WHERE d.datname = j.database) AS exists
     FROM cron.job AS j
     WHERE j.jobname = $1
     ORDER BY j.database = current_database() DESC, j.active DESC
     LIMIT 1`,
    [`pg-universes refresh ${installation.quotedSchema} ${installation.environment}`],
  )
}

function command({ environment }: Installation): string {
  return `universes schedule --cron '0 6 * * *'${environment === 'DEFAULT' ? '' : ` --environment '${environment}'`}`
}

function noJob(installation: Installation): CheckResult {
  const which = `of environment ${installation.environment}`
  return {
    summary: 'pg_cron is installed, no refresh is scheduled',
    problems: [
      warn(
        `role ${installation.role} sees no job for the refresh ${which}`,
        `${command(installation)}, unless ${NO_JOB_NEEDED.replace('has to start', 'starts')}`,
      ),
    ],
  }
}

async function examineJob(installation: Installation, job: CronJob): Promise<CheckResult> {
  const problems: Problem[] = []
  if (job.database !== installation.database) {
    const why = job.exists ? '' : ', which does not exist'
    problems.push(
      fail(
        `job ${job.id} works in database ${job.database}${why}: nothing refreshes this one`,
        `SELECT cron.unschedule(${job.id});\n${command(installation)}`,
      ),
    )
  }
  if (!job.active)
    problems.push(fail(`job ${job.id} is switched off`, `SELECT cron.alter_job(${job.id}, active => true);`))
  const [run] = await lastRun(installation, job.id)
  if (run?.status === 'failed') {
    problems.push(
      fail(
        `its last run, ${age(run.minutes)} ago, failed: ${run.message ?? 'no message'}`,
        runRemedy(run.message ?? ''),
      ),
    )
  }
  const last = run ? `last run ${run.status} ${age(run.minutes)} ago` : 'no run is recorded'
  return { summary: `job ${job.id}: ${job.schedule} as ${job.username}, ${last}`, problems }
}

function lastRun(installation: Installation, id: string): Promise<CronRun[]> {
  return queryRows<CronRun & Record<string, unknown>>(
    installation,
    `SELECT status, return_message AS message,
       (extract(epoch FROM clock_timestamp() - coalesce(end_time, start_time, clock_timestamp())) / 60)::float8 AS minutes
     FROM cron.job_run_details
     WHERE jobid = $1 AND status IN ('succeeded', 'failed')
     ORDER BY runid DESC
     LIMIT 1`,
    [id],
  )
}

function runRemedy(message: string): string {
  if (/connect/i.test(message))
    return 'ALTER SYSTEM SET cron.use_background_workers = on;\nand restart the server'
  return 'universes refresh --verbose shows the same failure with its remedy'
}
