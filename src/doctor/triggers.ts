import { createTrigger } from './drift-remedy.js'
import { fail, type Examined, type Problem } from './finding.js'
import { ask, type Patient } from './patient.js'

/** What was written while a trigger slept is not marked: only a refresh of everything sees it. */
const CATCH_UP = 'universes refresh --force'

/** Whether every trigger of the package is there and fires. Without them changes go unseen. */
export async function checkTriggers(patient: Patient): Promise<Examined> {
  const { triggers } = patient.sql
  const rows = await ask<{ schema: string; name: string; table: string; enabled: string }>(
    patient,
    `SELECT n.nspname AS schema, t.tgname AS name, c.relname AS table, t.tgenabled AS enabled
     FROM pg_trigger AS t
     JOIN pg_class AS c ON c.oid = t.tgrelid
     JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname IN ($1, $2) AND NOT t.tgisinternal`,
    [patient.schema, patient.engine],
  )
  const problems: Problem[] = []
  for (const trigger of triggers) {
    const { name, table } = trigger
    const schema = trigger.schema === 'api' ? patient.schema : patient.engine
    const found = rows.find((row) => row.schema === schema && row.name === name && row.table === table)
    if (found === undefined) {
      const remedy = `${createTrigger(patient, trigger)}\n${CATCH_UP}`
      problems.push(fail(`trigger ${name} of ${table} is missing: changes go unseen`, remedy))
    } else if (found.enabled === 'D' || found.enabled === 'R') {
      const enable = `ALTER TABLE ${trigger.schema === 'api' ? patient.quotedSchema : patient.quotedEngine}.${table} ENABLE TRIGGER ${name};`
      problems.push(
        fail(`trigger ${name} of ${table} is disabled: changes go unseen`, `${enable}\n${CATCH_UP}`),
      )
    }
  }
  const silent = problems.length
  const [role] = await ask<{ value: string }>(
    patient,
    `SELECT setting AS value FROM pg_settings WHERE name = 'session_replication_role' AND setting <> 'origin'`,
  )
  if (role) {
    const reset = `ALTER ROLE ${patient.role} IN DATABASE "${patient.database}" SET session_replication_role = origin;`
    problems.push(
      fail(
        `session_replication_role is ${role.value}: no trigger fires for role ${patient.role}`,
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
