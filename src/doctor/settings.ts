import { formatDuration } from '../operations/duration.js'
import { fail, warn, type Examined, type Problem } from './finding.js'
import { ask, type Patient } from './patient.js'

/** A refresh or load that takes this long is no reason to end it. */
const PATIENCE_MS = 5 * 60_000

const TIMEOUTS: Readonly<Record<string, string>> = {
  statement_timeout: 'a refresh is one statement and would be cut off',
  transaction_timeout: 'a refresh or load is one transaction and would be cut off',
  idle_in_transaction_session_timeout: 'a load whose file comes slowly would be cut off',
}

interface ServerSetting {
  name: string
  /** Milliseconds, or text, as a new session of this role has it. */
  value: string
}

/** Encoding and timeouts with which a session of this role begins. */
export async function checkSettings(patient: Patient): Promise<Examined> {
  const [{ encoding } = { encoding: '' }] = await ask<{ encoding: string }>(
    patient,
    `SELECT current_setting('server_encoding') AS encoding`,
  )
  const rows = await ask<ServerSetting>(
    patient,
    'SELECT name, reset_val AS value FROM pg_settings WHERE name = ANY ($1)',
    [[...Object.keys(TIMEOUTS), 'autovacuum', 'track_counts']],
  )
  const problems: Problem[] = []
  if (encoding !== 'UTF8') {
    problems.push(
      warn(
        `the database is encoded in ${encoding}: names of companies outside it cannot be loaded`,
        `createdb -T template0 -E UTF8 ${patient.database}_utf8\npg_dump ${patient.database} | psql ${patient.database}_utf8`,
      ),
    )
  }
  for (const { name, value } of rows) {
    const problem =
      name in TIMEOUTS ? timeoutProblem(patient, name, Number(value)) : switchProblem(name, value)
    if (problem) problems.push(problem)
  }
  const limits = rows.filter(({ name, value }) => name in TIMEOUTS && Number(value) > 0)
  const timeouts = limits.map(({ name, value }) => `${name} ${formatDuration(Number(value))}`)
  return { summary: [encoding, ...(timeouts.length > 0 ? timeouts : ['no timeouts'])].join(', '), problems }
}

function timeoutProblem(patient: Patient, name: string, milliseconds: number): Problem | undefined {
  if (milliseconds === 0 || milliseconds >= PATIENCE_MS) return undefined
  const problem = `${name} is ${formatDuration(milliseconds)}: ${TIMEOUTS[name]}`
  const remedy = `ALTER ROLE ${patient.role} IN DATABASE "${patient.database}" SET ${name} = 0;`
  // Under ten seconds even an ordinary day does not fit.
  return milliseconds < 10_000 ? fail(problem, remedy) : warn(problem, remedy)
}

function switchProblem(name: string, value: string): Problem | undefined {
  if (value !== 'off') return undefined
  const effect =
    name === 'autovacuum' ? 'dead rows pile up and plans go stale' : 'autovacuum cannot tell what changed'
  return warn(`${name} is off: ${effect}`, `ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf();`)
}
