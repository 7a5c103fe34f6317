import { describeHolder, lockHolders } from './advisory-lock.js'
import { warn, type CheckResult } from './finding.js'
import { queryRows, type Installation } from './installation.js'

/** Default of settings.alert_run_minutes. */
const DEFAULT_MINUTES = 5

/** Checks the lock that refreshes and loads take: who holds it, and for how long. */
export async function checkLock(installation: Installation): Promise<CheckResult> {
  const [holder] = await lockHolders(installation, 'memberships')
  if (!holder) return { summary: 'no refresh or load is running' }
  const [limit] = await queryRows<{ minutes: number }>(
    installation,
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
