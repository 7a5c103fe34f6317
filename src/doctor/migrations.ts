import { migrationNames } from '../database/read-migrations.js'
import { fail, type CheckResult } from './finding.js'
import type { Installation } from './installation.js'

/** Compares the installed migrations with those of this package. */
export function checkMigrations({
  applied,
  schema,
  usable,
  closed,
  readable,
  quotedSchema,
  quotedEngine,
  role,
}: Installation): CheckResult {
  const shipped = migrationNames()
  const pending = shipped.filter((name) => !applied.includes(name))
  const unknown = applied.filter((name) => !shipped.includes(name))
  const up = schema === 'public' ? 'universes migrate up' : `universes migrate up --schema '${schema}'`
  if (closed.length > 0) {
    return {
      summary: `role ${role} may not look into schema ${closed.join(', ')}`,
      problems: closed.map((name) =>
        fail(`no USAGE on schema ${name}`, `GRANT USAGE ON SCHEMA ${name} TO ${role};`),
      ),
    }
  }
  if (readable === false) {
    const table = `${quotedEngine}.universes_migrations`
    return {
      summary: `role ${role} may not read which migrations are installed`,
      problems: [fail(`no SELECT on ${table}`, `GRANT SELECT ON ${table} TO ${role};`)],
    }
  }
  if (applied.length === 0) {
    const why =
      usable === null ? `there is no schema ${quotedSchema}` : `schema ${quotedSchema} has no migration`
    return {
      summary: `not installed: ${why}`,
      problems: [fail('pg-universes is not installed here', `${up}, or name the right schema with --schema`)],
    }
  }
  const problems = []
  if (pending.length > 0) problems.push(fail(`pending: ${pending.join(', ')}`, up))
  if (unknown.length > 0) {
    problems.push(
      fail(
        `the database is ahead of this package: it does not know ${unknown.join(', ')}`,
        'npm install pg-universes@latest',
      ),
    )
  }
  const [last] = applied.slice(-1)
  return {
    summary:
      problems.length === 0
        ? `all ${shipped.length} migrations are installed, the last is ${last}`
        : `${applied.length} migrations are installed, ${shipped.length} shipped`,
    problems,
    details: applied,
  }
}
