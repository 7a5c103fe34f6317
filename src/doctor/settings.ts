import { formatDuration } from '../operations/duration.js'
import { fail, warn, type CheckResult, type Problem } from './finding.js'
import { queryRows, type Installation } from './installation.js'

/** A timeout of at least this long does not cut off an ordinary refresh or load. */
const AMPLE_MS = 5 * 60_000

const TIMEOUTS: Readonly<Record<string, string>> = {
  statement_timeout: 'a refresh is one statement and would be cut off',
  transaction_timeout: 'a refresh or load is one transaction and would be cut off',
  idle_in_transaction_session_timeout: 'a load whose file comes slowly would be cut off',
}

interface ServerSetting {
  name: string
  /** Value in a new session of this role; timeouts in milliseconds. */
  value: string
}

/** Checks the encoding of the database, and timeouts and switches of a new session of this role. */
export async function checkSettings(installation: Installation): Promise<CheckResult> {
  const [{ encoding } = { encoding: '' }] = await queryRows<{ encoding: string }>(
    installation,
    `SELECT current_setting('server_encoding') AS encoding`,
  )
  const rows = await queryRows<ServerSetting>(
    installation,
    'SELECT name, reset_val AS value FROM pg_settings WHERE name = ANY ($1)',
    [[...Object.keys(TIMEOUTS), 'autovacuum', 'track_counts']],
  )
  const problems: Problem[] = []
  if (encoding !== 'UTF8') {
    problems.push(
      warn(
        `the database is encoded in ${encoding}: names of companies outside it cannot be loaded`,
        `createdb -T template0 -E UTF8 ${installation.database}_utf8\npg_dump ${installation.database} | psql ${installation.database}_utf8`,
      ),
    )
  }
  for (const { name, value } of rows) {
    const problem =
      name in TIMEOUTS ? timeoutProblem(installation, name, Number(value)) : switchProblem(name, value)
    if (problem) problems.push(problem)
  }
  const limits = rows.filter(({ name, value }) => name in TIMEOUTS && Number(value) > 0)
  const timeouts = limits.map(({ name, value }) => `${name} ${formatDuration(Number(value))}`)
  return { summary: [encoding, ...(timeouts.length > 0 ? timeouts : ['no timeouts'])].join(', '), problems }
}

function timeoutProblem(installation: Installation, name: string, milliseconds: number): Problem | undefined {
  if (milliseconds === 0 || milliseconds >= AMPLE_MS) return undefined
  const problem = `${name} is ${formatDuration(milliseconds)}: ${TIMEOUTS[name]}`
  const remedy = `ALTER ROLE ${installation.role} IN DATABASE "${installation.database}" SET ${name} = 0;`
  // An ordinary refresh takes more than ten seconds.
  return milliseconds < 10_000 ? fail(problem, remedy) : warn(problem, remedy)
}

function switchProblem(name: string, value: string): Problem | undefined {
  if (value !== 'off') return undefined
  const effect =
    name === 'autovacuum' ? 'dead rows pile up and plans go stale' : 'autovacuum cannot tell what changed'
  return warn(`${name} is off: ${effect}`, `ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf();`)
}
