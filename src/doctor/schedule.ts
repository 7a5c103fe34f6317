import { age } from './events.js'
import { fail, warn, type Examined, type Problem } from './finding.js'
import { ask, type Patient } from './patient.js'

interface CronState {
  created: boolean
  usable: boolean | null
  /** Database in which pg_cron works; null where it is not loaded or this role may not see it. */
  home: string | null
}

interface CronJob {
  id: string
  name: string
  schedule: string
  database: string
  /** Whether that database exists. */
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

/** Whether pg_cron refreshes this installation, and how its last run ended. */
export async function checkSchedule(patient: Patient): Promise<Examined> {
  const [state] = await ask<CronState & Record<string, unknown>>(
    patient,
    `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') AS created,
       (SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = 'cron') AS usable,
       (SELECT setting FROM pg_settings WHERE name = 'cron.database_name') AS home`,
  )
  const { created, usable, home } = state!
  if (!created) {
    const place =
      home === null || home === patient.database
        ? 'is not installed here'
        : `works in database ${home}, not here`
    return { summary: `pg_cron ${place}: ${NO_JOB_NEEDED}` }
  }
  if (!usable) {
    return {
      summary: 'pg_cron is installed',
      problems: [
        warn(`role ${patient.role} may not see its jobs`, `GRANT USAGE ON SCHEMA cron TO ${patient.role};`),
      ],
    }
  }
  const [job] = await findJob(patient)
  return job ? examineJob(patient, job) : noJob(patient)
}

/** The job of this database first, should there be one for another database of the same name. */
function findJob(patient: Patient): Promise<CronJob[]> {
  return ask<CronJob & Record<string, unknown>>(
    patient,
    `SELECT j.jobid::text AS id, j.jobname AS name, j.schedule, j.database, j.active, j.username,
       EXISTS (SELECT FROM pg_database AS d WHERE d.datname = j.database) AS exists
     FROM cron.job AS j
     WHERE j.jobname = $1
     ORDER BY j.database = current_database() DESC, j.active DESC
     LIMIT 1`,
    [`pg-universes refresh ${patient.quotedSchema} ${patient.environment}`],
  )
}

function command({ environment }: Patient): string {
  return `universes schedule --cron '0 6 * * *'${environment === 'DEFAULT' ? '' : ` --environment '${environment}'`}`
}

function noJob(patient: Patient): Examined {
  const which = `of environment ${patient.environment}`
  return {
    summary: 'pg_cron is installed, no refresh is scheduled',
    problems: [
      warn(
        `role ${patient.role} sees no job for the refresh ${which}`,
        `${command(patient)}, unless ${NO_JOB_NEEDED.replace('has to start', 'starts')}`,
      ),
    ],
  }
}

async function examineJob(patient: Patient, job: CronJob): Promise<Examined> {
  const problems: Problem[] = []
  if (job.database !== patient.database) {
    const why = job.exists ? '' : ', which does not exist'
    problems.push(
      fail(
        `job ${job.id} works in database ${job.database}${why}: nothing refreshes this one`,
        `SELECT cron.unschedule(${job.id});\n${command(patient)}`,
      ),
    )
  }
  if (!job.active)
    problems.push(fail(`job ${job.id} is switched off`, `SELECT cron.alter_job(${job.id}, active => true);`))
  const [run] = await lastRun(patient, job.id)
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

function lastRun(patient: Patient, id: string): Promise<CronRun[]> {
  return ask<CronRun & Record<string, unknown>>(
    patient,
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
