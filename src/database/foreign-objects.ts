import type pg from 'pg'
import { SQLSTATE, UniversesError } from '../errors.js'
import {
  indexesOf,
  objectsOf,
  readSqlFile,
  type SqlFile,
  type SqlMigration,
  type SqlObject,
} from './install.js'
import { engineSchema } from './schemas.js'

interface ForeignObject {
  object: string
  remedy: string
}

const NEEDED = `
  SELECT e.*, n.oid AS namespace
  FROM jsonb_to_recordset($1) AS e (kind text, schema text, name text, arguments text, "table" text)
  JOIN pg_namespace AS n ON n.nspname = e.schema`

/** Objects with the needed names. Relations and types share one namespace; an index on a table of the package is no conflict. */
const FOREIGN = `
  WITH needed AS (${NEEDED}), found AS (
    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE'
        WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' ELSE 'TABLE' END AS kind,
      format('%I.%I', e.schema, c.relname) AS object
    FROM needed AS e
    JOIN pg_class AS c ON c.relnamespace = e.namespace AND c.relname = e.name
    LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
    LEFT JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE e.kind NOT IN ('FUNCTION', 'TRIGGER') AND (e.kind <> 'INDEX' OR t.relname IS DISTINCT FROM e."table")
    UNION
    SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, format('%I.%I', e.schema, t.typname)
    FROM needed AS e
    JOIN pg_type AS t ON t.typnamespace = e.namespace AND t.typname = e.name AND t.typrelid = 0
    WHERE e.kind NOT IN ('FUNCTION', 'TRIGGER', 'INDEX')
    UNION
    SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END,
      format('%I.%I(%s)', e.schema, p.proname, pg_get_function_identity_arguments(p.oid))
    FROM needed AS e
    JOIN pg_proc AS p ON p.pronamespace = e.namespace AND p.proname = e.name AND oidvectortypes(p.proargtypes) = coalesce((
      SELECT string_agg(coalesce(format_type(to_regtype(a.name), NULL), '?'), ', ' ORDER BY a.position)
      FROM string_to_table(nullif(e.arguments, ''), ', ') WITH ORDINALITY AS a (name, position)), '')
    WHERE e.kind = 'FUNCTION'
    UNION
    SELECT 'TRIGGER', format('%I ON %I.%I', t.tgname, e.schema, c.relname)
    FROM needed AS e
    JOIN pg_class AS c ON c.relnamespace = e.namespace AND c.relname = e."table"
    JOIN pg_trigger AS t ON t.tgrelid = c.oid AND t.tgname = e.name
    WHERE e.kind = 'TRIGGER'
  )
  SELECT lower(f.kind) || ' ' || f.object AS object, format('ALTER %s %s RENAME TO ...;', f.kind, f.object) AS remedy
  FROM found AS f
  ORDER BY 1`

/**
 * Raises UV005 with every foreign object whose name these migrations need. Otherwise CREATE OR REPLACE would overwrite a function, a
 * relation would make the migration fail midway, and a table in the engine's schema would shadow the one that readers use.
 */
export async function assertNoForeignObjects(
  client: pg.Client,
  schema: string,
  migrations: readonly SqlMigration[],
): Promise<void> {
  const needed = neededNames(migrations.flatMap(({ files }) => files))
  const names = needed.map((object) => ({
    ...object,
    schema: object.schema === 'api' ? schema : engineSchema(schema),
  }))
  const { rows } = await client.query<ForeignObject>(FOREIGN, [JSON.stringify(names)])
  if (rows.length === 0) return
  throw new UniversesError('objects that are not of pg-universes have names that it needs', {
    code: SQLSTATE.notAdoptable,
    detail: rows.map(({ object, remedy }) => `${object}: ${remedy}`).join('\n'),
    hint: 'Rename each of them, or install into a schema of its own with --schema.',
  })
}

/** Objects whose names must be free. Adoptable tables may exist, but not in the engine's schema, which comes first in search_path. */
function neededNames(files: readonly SqlFile[]): SqlObject[] {
  const needed = files.flatMap((file) =>
    newObjects(file).map((object) => ({ ...object, adopt: file.adopt === true && object.kind === 'TABLE' })),
  )
  const engine = new Set(needed.filter((object) => object.schema === 'engine').map(({ name }) => name))
  const hidden = needed
    .filter(({ kind, name }) => kind !== 'TRIGGER' && kind !== 'INDEX' && !engine.has(name))
    .map((object) => ({ ...object, schema: 'engine' as const }))
  return [...needed.filter(({ adopt }) => !adopt), ...hidden]
}

/** Objects that this version of a file adds to the version before. */
function newObjects(file: SqlFile): SqlObject[] {
  const objects = allObjects(file)
  if (file.version === 1) return objects
  const before = allObjects({ ...file, version: file.version - 1 })
  const names = new Set(before.map((object) => JSON.stringify(object)))
  return objects.filter((object) => !names.has(JSON.stringify(object)))
}

function allObjects(file: SqlFile): SqlObject[] {
  return [...objectsOf(file), ...indexesOf(readSqlFile(file))]
}
