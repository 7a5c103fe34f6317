import type { SyncRun } from '../operations/refresh.js'
import { age } from './events.js'
import { fail, warn, type Examined } from './finding.js'
import { ask, type Patient } from './patient.js'

/** Weekdays only, and a holiday after the weekend: a Friday's refresh is the newest on Tuesday morning. */
const STALE_DAYS = 4

type LastRun = Pick<SyncRun, 'status' | 'triggered_by' | 'error' | 'total_changes'> & { minutes: number }

/** When the nightly job last ran in full, and how it ended. */
export async function checkLastRefresh(patient: Patient): Promise<Examined> {
  const [last] = await ask<LastRun>(
    patient,
    `SELECT status, triggered_by, error, total_changes,
       (extract(epoch FROM clock_timestamp() - started_at) / 60)::float8 AS minutes
     FROM sync_runs
     WHERE mode = 'full' AND NOT dry_run AND environment = $1
     ORDER BY started_at DESC
     LIMIT 1`,
    [patient.environment],
  )
  const option = patient.environment === 'DEFAULT' ? '' : ` --environment '${patient.environment}'`
  const command = `universes refresh${option}`
  if (!last) {
    return {
      summary: `environment ${patient.environment} was never refreshed`,
      problems: [warn('no full refresh has run: derived universes are empty', command)],
    }
  }
  const when = `${age(last.minutes)} ago, by ${last.triggered_by}`
  if (last.status === 'failed') {
    const { message = 'no message', sqlstate = '', hint } = last.error ?? {}
    return {
      summary: `the last full refresh failed ${when}`,
      problems: [
        fail(
          `${sqlstate} ${message}: the universes are as they were before it`.trim(),
          hint ? `${hint}\n${command}` : command,
        ),
      ],
    }
  }
  const summary = `${when}: ${last.total_changes.toLocaleString('en-US')} changes`
  if (last.minutes <= STALE_DAYS * 1440) return { summary }
  return {
    summary,
    problems: [
      warn(
        `no full refresh for more than ${STALE_DAYS} days`,
        `${command}\nuniverses schedule, or a crontab line`,
      ),
    ],
  }
}
