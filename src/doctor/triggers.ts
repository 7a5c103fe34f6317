import { createTrigger } from './drift-remedy.js'
import { fail, type CheckResult, type Problem } from './finding.js'
import { queryRows, type Installation } from './installation.js'

/** Changes written while a trigger was disabled were not tracked: only a forced refresh finds them. */
const CATCH_UP = 'universes refresh --force'

/** Checks that every trigger of the package exists and fires; without them changes are not tracked. */
export async function checkTriggers(installation: Installation): Promise<CheckResult> {
  const { triggers } = installation.sql
  const rows = await queryRows<{ schema: string; name: string; table: string; enabled: string }>(
    installation,
    `SELECT n.nspname AS schema, t.tgname AS name, c.relname AS table, t.tgenabled AS enabled
     FROM pg_trigger AS t
     JOIN pg_class AS c ON c.oid = t.tgrelid
     JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname IN ($1, $2) AND NOT t.tgisinternal`,
    [installation.schema, installation.engine],
  )
  const problems: Problem[] = []
  for (const trigger of triggers) {
    const { name, table } = trigger
    const schema = trigger.schema === 'api' ? installation.schema : installation.engine
    const found = rows.find((row) => row.schema === schema && row.name === name && row.table === table)
    if (found === undefined) {
      const remedy = `${createTrigger(installation, trigger)}\n${CATCH_UP}`
      problems.push(fail(`trigger ${name} of ${table} is missing: changes go unseen`, remedy))
    } else if (found.enabled === 'D' || found.enabled === 'R') {
      const enable = `ALTER TABLE ${trigger.schema === 'api' ? installation.quotedSchema : installation.quotedEngine}.${table} ENABLE TRIGGER ${name};`
      problems.push(
        fail(`trigger ${name} of ${table} is disabled: changes go unseen`, `${enable}\n${CATCH_UP}`),
      )
    }
  }
  const silent = problems.length
  const [role] = await queryRows<{ value: string }>(
    installation,
    `SELECT setting AS value FROM pg_settings WHERE name = 'session_replication_role' AND setting <> 'origin'`,
  )
  if (role) {
    const reset = `ALTER ROLE ${installation.role} IN DATABASE "${installation.database}" SET session_replication_role = origin;`
    problems.push(
      fail(
        `session_replication_role is ${role.value}: no trigger fires for role ${installation.role}`,
        `${reset}\n${CATCH_UP}`,
      ),
    )
  }
  const summary =
    silent === 0
      ? `all ${triggers.length} are there and enabled`
      : `${silent} of ${triggers.length} do not fire`
  return { summary, problems }
}
