import { queryRows, type Installation } from './installation.js'

/** Session that holds one of the package's advisory locks; all null for a prepared transaction, which has no process. */
export interface LockHolder {
  pid: number | null
  application: string | null
  role: string | null
  address: string | null
  state: string | null
  /** Start of the transaction, else of the session. */
  since: Date | null
  seconds: number | null
}

/** Returns the sessions that hold the advisory lock `name` (see lock_key). */
export function lockHolders(installation: Installation, name: string): Promise<LockHolder[]> {
  return queryRows<LockHolder & Record<string, unknown>>(
    installation,
    `SELECT l.pid, a.application_name AS application, a.usename AS role, host(a.client_addr) AS address, a.state,
       coalesce(a.xact_start, a.backend_start) AS since,
       extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.backend_start))::float8 AS seconds
     FROM pg_locks AS l
     LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND (l.classid::bigint << 32) | l.objid::bigint = (SELECT lock_key($1))`,
    [name],
  )
}

/** Describes the holder in one phrase. */
export function describeHolder({ pid, application, role, address, state }: LockHolder): string {
  if (pid === null) return 'a prepared transaction'
  const from = address === null ? '' : ` at ${address}`
  return `process ${pid} (${application || 'no application name'}, role ${role ?? 'unknown'}${from}, ${state ?? 'state hidden'})`
}
