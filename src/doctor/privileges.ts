import { fail, type CheckResult, type Problem } from './finding.js'
import { neededRights } from './needed-rights.js'
import { queryRows, installedNames, type Installation } from './installation.js'

interface MissingRight {
  right: string
  object: string
}

/** Folders of functions that only owners call. */
const FOR_OWNERS = /[\\/](install|roles)[\\/][^\\/]*$|[\\/]save_issuer_format_v\d+\.sql$/

const TABLES = `
  SELECT w.right, format('%I.%I', w.schema, c.relname) AS object
  FROM jsonb_to_recordset($1) AS w (schema name, name name, "right" text)
  JOIN pg_namespace AS n ON n.nspname = w.schema
  JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name AND c.relkind IN ('r', 'p', 'v', 'm')
  WHERE NOT has_table_privilege(c.oid, w.right) AND (w.right = 'SELECT' OR c.relkind IN ('r', 'p'))
  ORDER BY w.right, c.relname`

// Identity columns need no privilege on their sequence; serial columns do.
const SEQUENCES = `
  SELECT 'USAGE, UPDATE' AS right, format('%I.%I', n.nspname, c.relname) AS object
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_class AS t ON t.oid = d.refobjid
  WHERE c.relkind = 'S' AND EXISTS (
      SELECT FROM jsonb_to_recordset($1) AS w (schema name, name name)
      WHERE w.schema = n.nspname AND (w.name = c.relname OR (d.deptype = 'a' AND w.name = t.relname)))
    AND NOT (has_sequence_privilege(c.oid, 'USAGE') AND has_sequence_privilege(c.oid, 'UPDATE'))
  ORDER BY c.relname`

const FUNCTIONS = `
  SELECT 'EXECUTE' AS right, format('%I.%I(%s)', w.schema, p.proname, oidvectortypes(p.proargtypes)) AS object
  FROM jsonb_to_recordset($1) AS w (schema name, name name)
  JOIN pg_namespace AS n ON n.nspname = w.schema
  JOIN pg_proc AS p ON p.pronamespace = n.oid AND p.proname = w.name AND p.prorettype <> 'trigger'::regtype
  WHERE NOT has_function_privilege(p.oid, 'EXECUTE')
  ORDER BY p.proname`

// refresh_rankings() is SECURITY DEFINER: its owner needs the privilege.
const MATERIALIZED_VIEWS = `
  SELECT format('%I.%I', n.nspname, c.relname) AS object, quote_ident(v.rolname) AS owner, quote_ident(r.rolname) AS refresher,
    has_database_privilege(c.relowner, current_database(), 'TEMP') AS "mayCreateTemp",
    CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN has_table_privilege(p.proowner, c.oid, 'MAINTAIN') ELSE false END
      OR pg_has_role(p.proowner, c.relowner, 'USAGE') AS "mayRefresh"
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_roles AS v ON v.oid = c.relowner
  JOIN pg_namespace AS e ON e.nspname = $2
  JOIN pg_proc AS p ON p.pronamespace = e.oid AND p.proname = 'refresh_rankings'
  JOIN pg_roles AS r ON r.oid = p.proowner
  WHERE n.nspname = $1 AND c.relkind = 'm' AND c.relname = ANY ($3)
  ORDER BY c.relname`

/** Checks the privileges that refresh, load and relay need. */
export async function checkPrivileges(installation: Installation): Promise<CheckResult> {
  const names = installedNames(installation)
  const rights = neededRights(installation.sql)
  const relations = names.flatMap((name) =>
    ['SELECT', ...(rights.get(name.name) ?? [])].map((right) => ({ ...name, right })),
  )
  const owners = new Set(
    installation.sql.objects.filter(({ file }) => FOR_OWNERS.test(file)).map(({ name }) => name),
  )
  const called = names.filter(({ name }) => !owners.has(name))
  const lacking = async (sql: string, wanted: readonly object[], kind: string): Promise<Problem[]> =>
    grants(
      installation,
      await queryRows<MissingRight & Record<string, unknown>>(installation, sql, [JSON.stringify(wanted)]),
      kind,
    )
  const problems = [
    ...(await lacking(TABLES, relations, '')),
    ...(await lacking(SEQUENCES, names, 'SEQUENCE ')),
    ...(await lacking(FUNCTIONS, called, 'FUNCTION ')),
    ...(await refreshRights(installation)),
  ]
  const summary =
    problems.length === 0
      ? `role ${installation.role} may refresh, load and publish`
      : `role ${installation.role} lacks rights`
  return { summary, problems }
}

/** One problem per privilege, with the GRANT of all its objects. */
function grants({ role }: Installation, missing: readonly MissingRight[], kind: string): Problem[] {
  return [...new Set(missing.map(({ right }) => right))].map((right) => {
    const objects = missing.filter((lack) => lack.right === right).map(({ object }) => object)
    return fail(
      `no ${right} on ${objects.join(', ')}`,
      `GRANT ${right} ON ${kind}${objects.join(', ')} TO ${role};`,
    )
  })
}

/** Checks REFRESH MATERIALIZED VIEW CONCURRENTLY: only owners may run it, and it creates a temporary table as the owner. */
async function refreshRights(installation: Installation): Promise<Problem[]> {
  const names = installation.sql.objects.filter(({ schema }) => schema === 'api').map(({ name }) => name)
  const views = await queryRows<{
    object: string
    owner: string
    refresher: string
    mayCreateTemp: boolean
    mayRefresh: boolean
  }>(installation, MATERIALIZED_VIEWS, [installation.schema, installation.engine, names])
  const problems = views
    .filter(({ mayRefresh }) => !mayRefresh)
    .map(({ object, owner, refresher }) =>
      fail(
        `materialized view ${object} belongs to ${owner}: refresh_rankings() runs as ${refresher}, which may not refresh it`,
        `ALTER MATERIALIZED VIEW ${object} OWNER TO ${refresher};`,
      ),
    )
  const owners = new Set(views.filter(({ mayCreateTemp }) => !mayCreateTemp).map(({ owner }) => owner))
  for (const owner of owners) {
    problems.push(
      fail(
        `role ${owner} may not create temporary tables: materialized views cannot be refreshed concurrently`,
        `GRANT TEMPORARY ON DATABASE "${installation.database}" TO ${owner};`,
      ),
    )
  }
  return problems
}
