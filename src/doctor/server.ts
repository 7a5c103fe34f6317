import { fail, warn, type CheckResult } from './finding.js'
import { queryRows, type Installation } from './installation.js'

/** Versions of PostgreSQL that the package is tested on. */
const OLDEST = 15
const NEWEST = 18

/** Checks the version of the server, and that it accepts writes. */
export async function checkServer(installation: Installation): Promise<CheckResult> {
  const [row] = await queryRows<{ version: string; major: number; standby: boolean; readOnly: boolean }>(
    installation,
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
       current_setting('server_version_num')::integer / 10000 AS major,
       pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only')::boolean AS "readOnly"`,
  )
  const { version, major, standby, readOnly } = row!
  const problems = []
  if (major < OLDEST) {
    problems.push(
      fail(
        `PostgreSQL ${major} is not supported: ${OLDEST} is the oldest`,
        `Upgrade the server: pg_upgrade, or pg_dump into PostgreSQL ${NEWEST}.`,
      ),
    )
  }
  if (major > NEWEST) {
    problems.push(
      warn(
        `PostgreSQL ${major} is newer than this version of pg-universes knows`,
        'npm install pg-universes@latest',
      ),
    )
  }
  if (standby) {
    problems.push(
      fail(
        'this server is a standby: it takes no writes',
        'Point DATABASE_URL at the primary: SELECT sender_host, sender_port FROM pg_stat_wal_receiver;',
      ),
    )
  } else if (readOnly) {
    problems.push(
      fail(
        `transactions of role ${installation.role} are read-only here`,
        `ALTER ROLE ${installation.role} IN DATABASE "${installation.database}" SET default_transaction_read_only = off;`,
      ),
    )
  }
  return { summary: `PostgreSQL ${version}`, problems }
}
