import type pg from 'pg'

/** One object, or one part of a table, as read from the system catalogs. */
export interface CatalogEntry {
  schema: 'api' | 'engine'
  kind:
    | 'function'
    | 'view'
    | 'materialized view'
    | 'table'
    | 'type'
    | 'sequence'
    | 'column'
    | 'constraint'
    | 'index'
    | 'trigger'
  /** Table or view that the part belongs to; null for an object. */
  parent: string | null
  /** The same for matching entries of two installations: the signature of a function, the definition of a constraint or index. */
  key: string
  /** Name without arguments. */
  name: string
  /** Compared properties by the name shown to the user. */
  facets: Record<string, string | boolean | null>
}

/** Returns a key that is the same for matching entries of two installations. */
export function identity({ schema, kind, parent, key }: CatalogEntry): string {
  return JSON.stringify([schema, kind, parent, key])
}

/**
 * Reads the objects of both schemas. They must come first in search_path, the engine's first, so that PostgreSQL prints definitions
 * without their names.
 */
export async function readCatalog(client: pg.Client, schemas: Schemas): Promise<CatalogEntry[]> {
  return (await client.query<CatalogEntry>(CATALOG, [schemas.api, schemas.engine])).rows
}

/** Names of the two schemas of an installation. */
export interface Schemas {
  api: string
  engine: string
}

const HERE = `IN (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname IN ($1, $2))`
const PLACE = `(SELECT CASE n.nspname WHEN $1 THEN 'api' ELSE 'engine' END FROM pg_namespace AS n WHERE n.oid = NAMESPACE)`
const place = (column: string): string => PLACE.replace('NAMESPACE', column)
const WITHOUT_NAMES = `replace(replace(TEXT, quote_ident($2), '<engine>'), quote_ident($1), '<api>')`
const withoutNames = (text: string): string => WITHOUT_NAMES.replace('TEXT', text)
const BOOKKEEPING = `'universes_migrations'`

const FUNCTIONS = `
  SELECT ${place('p.pronamespace')} AS schema, 'function' AS kind, NULL::text AS parent, format('%I(%s)', p.proname, oidvectortypes(p.proargtypes)) AS key, p.proname::text AS name,
    jsonb_build_object('body', CASE WHEN p.proname IN ('api_schema', 'engine_schema') THEN ${withoutNames('p.prosrc')} ELSE p.prosrc END, 'arguments', pg_get_function_arguments(p.oid), 'result', pg_get_function_result(p.oid),
      'language', l.lanname, 'volatility', p.provolatile, 'security definer', p.prosecdef, 'strict', p.proisstrict,
      'parallel safety', p.proparallel, 'settings', (
        SELECT string_agg(${withoutNames('s')}, '; ' ORDER BY s)
        FROM unnest(p.proconfig) AS s)) AS facets
  FROM pg_proc AS p
  JOIN pg_language AS l ON l.oid = p.prolang
  WHERE p.pronamespace ${HERE}
    AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`

const COLUMN_LIST = `(
  SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
  FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`

const RELATIONS = `
  SELECT ${place('c.relnamespace')}, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'c' THEN 'type' WHEN 'S' THEN 'sequence'
      ELSE 'table' END,
    NULL, quote_ident(c.relname), c.relname,
    CASE
      WHEN c.relkind IN ('v', 'm') THEN jsonb_build_object('definition', pg_get_viewdef(c.oid), 'columns', ${COLUMN_LIST},
        'options', array_to_string(c.reloptions, ', '), 'populated', c.relispopulated)
      WHEN c.relkind = 'c' THEN jsonb_build_object('attributes', ${COLUMN_LIST})
      WHEN c.relkind = 'S' THEN (SELECT jsonb_build_object('type', format_type(s.seqtypid, NULL), 'increment', s.seqincrement::text)
        FROM pg_sequence AS s WHERE s.seqrelid = c.oid)
      ELSE jsonb_build_object('row security', c.relrowsecurity, 'logged', c.relpersistence = 'p')
    END
  FROM pg_class AS c
  WHERE c.relnamespace ${HERE} AND c.relkind IN ('r', 'p', 'v', 'm', 'c', 'S') AND c.relname <> ${BOOKKEEPING}
    AND NOT (c.relkind = 'S' AND EXISTS (
      SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')))`

const COLUMNS = `
  SELECT ${place('c.relnamespace')}, 'column', c.relname, quote_ident(a.attname), a.attname,
    jsonb_build_object('type', format_type(a.atttypid, a.atttypmod), 'not null', a.attnotnull, 'identity', a.attidentity <> '',
      'generated', a.attgenerated <> '', 'default', pg_get_expr(d.adbin, d.adrelid))
  FROM pg_attribute AS a
  JOIN pg_class AS c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace ${HERE} AND c.relkind IN ('r', 'p') AND c.relname <> ${BOOKKEEPING}
    AND a.attnum > 0 AND NOT a.attisdropped`

// Without NOT NULL constraints, which are rows of pg_constraint only from PostgreSQL 18 on: the columns cover them.
const CONSTRAINTS = `
  SELECT ${place('c.relnamespace')}, 'constraint', c.relname, pg_get_constraintdef(k.oid), k.conname, '{}'::jsonb
  FROM pg_constraint AS k
  JOIN pg_class AS c ON c.oid = k.conrelid
  WHERE c.relnamespace ${HERE} AND c.relkind IN ('r', 'p') AND c.relname <> ${BOOKKEEPING}
    AND k.contype IN ('p', 'u', 'f', 'c', 'x')`

const INDEXES = `
  SELECT DISTINCT ON (t.oid, d.definition) ${place('x.relnamespace')}, 'index', t.relname, d.definition, x.relname, '{}'::jsonb
  FROM pg_index AS i
  JOIN pg_class AS x ON x.oid = i.indexrelid
  JOIN pg_class AS t ON t.oid = i.indrelid
  CROSS JOIN LATERAL (
    SELECT replace(replace(pg_get_indexdef(x.oid, 0, true), ' INDEX ' || quote_ident(x.relname) || ' ON ', ' INDEX ON '),
      ' ON ONLY ', ' ON ') AS definition
  ) AS d
  WHERE x.relnamespace ${HERE} AND t.relname <> ${BOOKKEEPING} AND i.indisvalid
    AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))`

const TRIGGERS = `
  SELECT ${place('c.relnamespace')}, 'trigger', c.relname, quote_ident(t.tgname), t.tgname, jsonb_build_object('definition', pg_get_triggerdef(t.oid, true))
  FROM pg_trigger AS t
  JOIN pg_class AS c ON c.oid = t.tgrelid
  WHERE c.relnamespace ${HERE} AND NOT t.tgisinternal`

const CATALOG = [FUNCTIONS, RELATIONS, COLUMNS, CONSTRAINTS, `(${INDEXES})`, TRIGGERS].join(' UNION ALL ')
