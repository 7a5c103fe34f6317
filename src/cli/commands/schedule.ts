import type { Command } from 'commander'
import type pg from 'pg'
import { withClient } from '../../database/connect.js'
import { printJson, printTable } from '../../console/text.js'
import { connectOptions, ENVIRONMENT, type GlobalOptions } from '../options.js'

/** Arguments of schedule_refresh. */
export interface ScheduleOptions {
  cron: string
  /** Time zone of `cron`; that of pg_cron if omitted. */
  timezone?: string | undefined
  environment: string
}

/** Job as registered with pg_cron. */
export interface ScheduledJob {
  /** bigint as text. */
  job_id: string
  job_name: string
  schedule: string
  /** Time zone of the schedule; null if this role may not read it. */
  timezone: string | null
  command: string
}

/** `universes schedule` and `universes unschedule`: exit code 1 with a remedy if pg_cron cannot be used. */
export function register(program: Command): void {
  program
    .command('schedule')
    .description('run the refresh with pg_cron; replaces an existing job')
    .option('--cron <expression>', 'minute, hour, day of the month, month, weekday', '0 6 * * *')
    .option('--timezone <name>', 'time zone of the expression (default: that of pg_cron, GMT)')
    .addOption(ENVIRONMENT)
    .option('--json', 'print JSON')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ScheduleOptions & GlobalOptions & { json?: boolean }>()
      const job = await withClient(connectOptions(options), (client) => schedule(client, options))
      if (options.json) printJson(job)
      else printJob(job, options.environment)
    })
  program
    .command('unschedule')
    .description('remove the pg_cron job')
    .addOption(ENVIRONMENT)
    .option('--json', 'print JSON')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { environment: string; json?: boolean }>()
      const name = await withClient(connectOptions(options), (client) =>
        unschedule(client, options.environment),
      )
      if (options.json) printJson({ removed: name })
      else console.log(`removed the job "${name}"`)
    })
}

/** Calls schedule_refresh. Rejects with SQLSTATE UV007 without pg_cron, UV002 for an invalid schedule. */
export async function schedule(client: pg.Client, options: ScheduleOptions): Promise<ScheduledJob> {
  const { rows } = await client.query<ScheduledJob>('SELECT * FROM schedule_refresh($1, $2, $3)', [
    options.cron,
    options.timezone ?? null,
    options.environment,
  ])
  return rows[0]!
}

/** Calls unschedule_refresh and returns the job's name. Rejects with SQLSTATE UV003 when there is no job. */
export async function unschedule(client: pg.Client, environment: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>('SELECT unschedule_refresh($1) AS name', [
    environment,
  ])
  return rows[0]!.name
}

function printJob(job: ScheduledJob, environment: string): void {
  printTable(
    ['job', 'value'],
    [
      ['id', job.job_id],
      ['name', job.job_name],
      ['schedule', `${job.schedule} (${job.timezone ?? 'in the time zone of pg_cron'})`],
      ['command', job.command],
    ],
  )
  const end = environment === 'DEFAULT' ? '' : ` --environment '${environment}'`
  console.log(`
next: after its time, look at what it did
  SELECT status, return_message, start_time FROM cron.job_run_details WHERE jobid = ${job.job_id} ORDER BY start_time DESC;
  SELECT status, started_at, total_changes, error FROM sync_runs WHERE triggered_by = 'pg_cron' ORDER BY started_at DESC;
A job that cannot connect: set cron.use_background_workers = on and restart the server. To end it: universes unschedule${end}`)
}
