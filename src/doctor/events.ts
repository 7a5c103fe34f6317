import { describeHolder, lockHolders } from './advisory-lock.js'
import { fail, warn, type CheckResult } from './finding.js'
import { queryRows, type Installation } from './installation.js'

interface Waiting {
  events: number
  minutes: number
  limit: number
  everPublished: boolean
}

/** Default of settings.alert_event_lag_minutes. */
const DEFAULT_MINUTES = 10

/** Checks the age of the oldest unpublished event, and that a relay is connected. */
export async function checkEvents(installation: Installation): Promise<CheckResult> {
  const [row] = await queryRows<Waiting>(
    installation,
    `SELECT u.events::float8 AS events, (u.seconds_waiting / 60)::float8 AS minutes,
       coalesce((SELECT value FROM settings WHERE name = 'alert_event_lag_minutes'), ${DEFAULT_MINUTES})::float8 AS limit,
       EXISTS (SELECT FROM universe_events WHERE published_at IS NOT NULL) AS "everPublished"
     FROM unpublished_events AS u`,
  )
  const { events, minutes, limit, everPublished } = row!
  const [relay] = await lockHolders(installation, 'relay')
  const worker = relay ? `relay: ${describeHolder(relay)}` : 'no relay is connected'
  const waiting =
    events === 0
      ? 'no event waits'
      : `${events.toLocaleString('en-US')} ${events === 1 ? 'event waits' : 'events wait'}, the oldest for ${age(minutes)}`
  const summary = `${waiting}; ${worker}`
  if (events === 0 || (minutes <= limit && relay)) return { summary }
  const start = 'universes relay, under a supervisor; or universes relay --once from cron'
  if (minutes <= limit) return { summary, problems: [warn('events wait and nobody publishes them', start)] }
  const late = `an event has waited longer than ${limit} minutes (settings.alert_event_lag_minutes)`
  if (relay) {
    return {
      summary,
      problems: [
        fail(
          `${late} although a relay is connected`,
          'Read its log: Redis may refuse it. universes doctor with its REDIS_URL says how',
        ),
      ],
    }
  }
  const never = everPublished ? '' : '; no event was ever published'
  return { summary, problems: [fail(`${late} and no relay is connected${never}`, start)] }
}

/** `45 seconds`, `90 minutes`, `5 hours`, `3 days` */
export function age(minutes: number): string {
  if (minutes < 1) return `${Math.round(minutes * 60)} seconds`
  if (minutes < 120) return `${Math.round(minutes)} minutes`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`
}
