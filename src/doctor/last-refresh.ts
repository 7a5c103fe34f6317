import type { SyncRun } from '../operations/refresh.js'
import { age } from './events.js'
import { fail, warn, type CheckResult } from './finding.js'
import { queryRows, type Installation } from './installation.js'

/** Allows for refreshes on weekdays only and a holiday on Monday: on Tuesday morning Friday's is the latest. */
const STALE_DAYS = 4

type LastRun = Pick<SyncRun, 'status' | 'triggered_by' | 'error' | 'total_changes'> & { minutes: number }

/** Checks the age and result of the last full refresh. */
export async function checkLastRefresh(installation: Installation): Promise<CheckResult> {
  const [last] = await queryRows<LastRun>(
    installation,
    `SELECT status, triggered_by, error, total_changes,
       (extract(epoch FROM clock_timestamp() - started_at) / 60)::float8 AS minutes
     FROM sync_runs
     WHERE mode = 'full' AND NOT dry_run AND environment = $1
     ORDER BY started_at DESC
     LIMIT 1`,
    [installation.environment],
  )
  const option = installation.environment === 'DEFAULT' ? '' : ` --environment '${installation.environment}'`
  const command = `universes refresh${option}`
  if (!last) {
    return {
      summary: `environment ${installation.environment} was never refreshed`,
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
