import { fail, type Examined, type Problem } from './finding.js'
import { neededRights } from './needed-rights.js'
import { ask, type Patient } from './patient.js'

interface Lack {
  right: string
  object: string
}

/** Files of functions that install, adopt and grant. */
const FOR_OWNERS = /[\\/](install|roles)[\\/][^\\/]*$/

const TABLES = `
  SELECT w.right, quote_ident(c.relname) AS object
  FROM jsonb_to_recordset($2) AS w (name text, "right" text)
  JOIN pg_class AS c ON c.relname = w.name AND c.relkind IN ('r', 'p', 'v', 'm')
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND NOT has_table_privilege(c.oid, w.right)
    AND (w.right = 'SELECT' OR c.relkind IN ('r', 'p'))
  ORDER BY w.right, c.relname`

// Identity columns need no right on their sequence; those of an older serial column do.
const SEQUENCES = `
  SELECT 'USAGE, UPDATE' AS right, quote_ident(c.relname) AS object
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_class AS t ON t.oid = d.refobjid
  WHERE n.nspname = $1 AND c.relkind = 'S' AND (c.relname = ANY ($2) OR (d.deptype = 'a' AND t.relname = ANY ($2)))
    AND NOT (has_sequence_privilege(c.oid, 'USAGE') AND has_sequence_privilege(c.oid, 'UPDATE'))
  ORDER BY c.relname`

const FUNCTIONS = `
  SELECT 'EXECUTE' AS right, p.oid::regprocedure::text AS object
  FROM pg_proc AS p
  JOIN pg_namespace AS n ON n.oid = p.pronamespace
  WHERE n.nspname = $1 AND p.proname = ANY ($2) AND p.prorettype <> 'trigger'::regtype
    AND NOT has_function_privilege(p.oid, 'EXECUTE')
  ORDER BY p.proname`

// What SECURITY DEFINER functions do, their owner has to be allowed.
const MATERIALIZED_VIEWS = `
  SELECT quote_ident(c.relname) AS object, quote_ident(v.rolname) AS owner, quote_ident(r.rolname) AS refresher,
    has_database_privilege(c.relowner, current_database(), 'TEMP') AS "mayCreateTemp",
    CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN has_table_privilege(p.proowner, c.oid, 'MAINTAIN') ELSE false END
      OR pg_has_role(p.proowner, c.relowner, 'USAGE') AS "mayRefresh"
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_roles AS v ON v.oid = c.relowner
  JOIN pg_proc AS p ON p.pronamespace = n.oid AND p.proname = 'refresh_rankings'
  JOIN pg_roles AS r ON r.oid = p.proowner
  WHERE n.nspname = $1 AND c.relkind = 'm' AND c.relname = ANY ($2)
  ORDER BY c.relname`

/** Whether this role may do what refresh, load and relay do. */
export async function checkPrivileges(patient: Patient): Promise<Examined> {
  const names = [...patient.sql.files.keys()]
  const called = names.filter((name) => !FOR_OWNERS.test(patient.sql.files.get(name) ?? ''))
  const wanted = [
    ...names.map((name) => ({ name, right: 'SELECT' })),
    ...[...neededRights(patient.sql)].flatMap(([name, rights]) =>
      [...rights].map((right) => ({ name, right })),
    ),
  ]
  const problems = [
    ...grants(
      patient,
      await ask<Lack & Record<string, unknown>>(patient, TABLES, [patient.schema, JSON.stringify(wanted)]),
      '',
    ),
    ...grants(
      patient,
      await ask<Lack & Record<string, unknown>>(patient, SEQUENCES, [patient.schema, names]),
      'SEQUENCE ',
    ),
    ...grants(
      patient,
      await ask<Lack & Record<string, unknown>>(patient, FUNCTIONS, [patient.schema, called]),
      'FUNCTION ',
    ),
    ...(await refreshRights(patient, names)),
  ]
  const summary =
    problems.length === 0
      ? `role ${patient.role} may refresh, load and publish`
      : `role ${patient.role} lacks rights`
  return { summary, problems }
}

/** One GRANT per kind of right. */
function grants({ quotedSchema, role }: Patient, lacks: readonly Lack[], kind: string): Problem[] {
  return [...new Set(lacks.map(({ right }) => right))].map((right) => {
    const objects = lacks.filter((lack) => lack.right === right).map(({ object }) => object)
    const qualified = objects.map((object) =>
      object.startsWith(`${quotedSchema}.`) ? object : `${quotedSchema}.${object}`,
    )
    return fail(
      `no ${right} on ${objects.join(', ')}`,
      `GRANT ${right} ON ${kind}${qualified.join(', ')} TO ${role};`,
    )
  })
}

/** REFRESH MATERIALIZED VIEW CONCURRENTLY is the owner's, and makes a temporary table in the owner's name. */
async function refreshRights(patient: Patient, names: readonly string[]): Promise<Problem[]> {
  const { quotedSchema } = patient
  const views = await ask<{
    object: string
    owner: string
    refresher: string
    mayCreateTemp: boolean
    mayRefresh: boolean
  }>(patient, MATERIALIZED_VIEWS, [patient.schema, names])
  const problems = views
    .filter(({ mayRefresh }) => !mayRefresh)
    .map(({ object, owner, refresher }) =>
      fail(
        `materialized view ${object} belongs to ${owner}: refresh_rankings() runs as ${refresher}, which may not refresh it`,
        `ALTER MATERIALIZED VIEW ${quotedSchema}.${object} OWNER TO ${refresher};`,
      ),
    )
  const owners = new Set(views.filter(({ mayCreateTemp }) => !mayCreateTemp).map(({ owner }) => owner))
  for (const owner of owners) {
    problems.push(
      fail(
        `role ${owner} may not create temporary tables: materialized views cannot be refreshed concurrently`,
        `GRANT TEMPORARY ON DATABASE "${patient.database}" TO ${owner};`,
      ),
    )
  }
  return problems
}
