import { describeHolder, lockHolders } from './advisory-lock.js'
import { warn, type Examined } from './finding.js'
import { ask, type Patient } from './patient.js'

/** Where settings does not say how long a refresh may run. */
const DEFAULT_MINUTES = 5

/** Who keeps every refresh and load out right now, and whether for too long. */
export async function checkLock(patient: Patient): Promise<Examined> {
  const [holder] = await lockHolders(patient, 'memberships')
  if (!holder) return { summary: 'no refresh or load is running' }
  const [limit] = await ask<{ minutes: number }>(
    patient,
    `SELECT value::float8 AS minutes FROM settings WHERE name = 'alert_run_minutes'`,
  )
  const minutes = (holder.seconds ?? 0) / 60
  const summary = `held for ${minutes.toFixed(1)} minutes by ${describeHolder(holder)}`
  const isIdle = holder.state?.startsWith('idle in transaction') ?? false
  if (minutes <= (limit?.minutes ?? DEFAULT_MINUTES) && holder.pid !== null) return { summary }
  const remedy =
    holder.pid === null
      ? `SELECT gid, prepared, owner FROM pg_prepared_xacts;\nROLLBACK PREPARED '<gid>';`
      : `If nobody needs it (its work is rolled back): SELECT pg_terminate_backend(${holder.pid});`
  const problem = `${isIdle ? 'a transaction that does nothing' : 'one transaction'} keeps every refresh and load out`
  return { summary, problems: [warn(problem, remedy)] }
}
