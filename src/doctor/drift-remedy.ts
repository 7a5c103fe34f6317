import type { CatalogEntry } from './catalog.js'
import { fail, warn, type Problem } from './finding.js'
import type { PackageObject, PackageTrigger } from './package-sql.js'
import type { Installation } from './installation.js'

/** Problem: an object of the package is missing from the database. */
export function missing(installation: Installation, entry: CatalogEntry): Problem {
  const { kind, key } = entry
  const table = `${schemaOf(installation, entry)}.${entry.parent}`
  const what = entry.parent === null ? `${kind} ${key}` : `${kind} ${key} of ${entry.parent}`
  switch (kind) {
    case 'column':
      return fail(`${what} is missing`, `ALTER TABLE ${table} ADD COLUMN ${key} ${columnDefinition(entry)};`)
    case 'constraint':
      return fail(`${what} is missing`, `ALTER TABLE ${table} ADD ${key};`)
    case 'index':
      return fail(`${what} is missing`, indexStatement(installation, entry))
    case 'table':
      return fail(
        `${what} is missing, and its rows with it`,
        `Restore it from a backup; an empty one: ${runFile(installation, entry)}`,
      )
    default:
      return fail(`${what} is missing`, runFile(installation, entry))
  }
}

/** Problem: an object differs from the one of the package. */
export function changed(
  installation: Installation,
  wanted: CatalogEntry,
  found: CatalogEntry,
  facets: readonly string[],
): Problem {
  const of = wanted.parent === null ? '' : ` of ${wanted.parent}`
  const only = facets[0] ?? ''
  const problem = `${wanted.kind} ${wanted.key}${of} differs: ${facets.join(', ')}`
  const path = schemaOf(installation, wanted)
  switch (wanted.kind) {
    case 'column':
      return fail(describe(problem, wanted, found, facets), alterColumn(installation, wanted, facets))
    case 'table':
      return fail(
        only === 'row security'
          ? `table ${wanted.key} has row security: rows may be hidden from the refresh`
          : problem,
        only === 'row security'
          ? `ALTER TABLE ${path}.${wanted.key} DISABLE ROW LEVEL SECURITY;`
          : `ALTER TABLE ${path}.${wanted.key} SET ${wanted.facets['logged'] ? 'LOGGED' : 'UNLOGGED'};`,
      )
    case 'trigger': {
      const own = installation.sql.triggers.find(
        ({ schema, name, table }) =>
          schema === wanted.schema && name === wanted.name && table === wanted.parent,
      )
      return fail(
        problem,
        `DROP TRIGGER ${wanted.key} ON ${path}.${wanted.parent}; ${own === undefined ? '' : createTrigger(installation, own)}`,
      )
    }
    case 'materialized view':
      return facets.length === 1 && only === 'populated'
        ? fail(
            `materialized view ${wanted.key} holds no data`,
            `REFRESH MATERIALIZED VIEW ${path}.${wanted.key};`,
          )
        : fail(problem, runFile(installation, wanted, `DROP MATERIALIZED VIEW ${path}.${wanted.key}`))
    case 'view':
      return fail(problem, replaceView(installation, wanted))
    case 'function':
      return fail(
        problem,
        runFile(
          installation,
          wanted,
          facets.includes('result') || facets.includes('arguments')
            ? `DROP FUNCTION ${path}.${wanted.key}`
            : undefined,
        ),
      )
    default:
      return fail(problem, `Compare it with ${objectOf(installation, wanted)?.file}`)
  }
}

/** Problem: somebody added a part to a table, or an overload to a function, of the package. */
export function addition(installation: Installation, entry: CatalogEntry): Problem {
  const { kind, parent, key, name } = entry
  const schema = schemaOf(installation, entry)
  if (kind === 'function') {
    return warn(
      `function ${key} is not the package's, which has one of that name with other arguments: calls may reach it`,
      `DROP FUNCTION ${schema}.${key};`,
    )
  }
  const table = `${schema}.${parent}`
  const statement =
    kind === 'trigger'
      ? `DROP TRIGGER ${key} ON ${table};`
      : `ALTER TABLE ${table} DROP ${kind.toUpperCase()} ${kind === 'constraint' ? `"${name}"` : key};`
  return warn(`${kind} ${key} of ${parent} is not the package's`, `If nobody needs it: ${statement}`)
}

/** Command that runs the files of an object and of its rows as the migrations would. */
function runFile(installation: Installation, entry: CatalogEntry, before?: string): string {
  const object = objectOf(installation, entry)
  const files = [object?.file, object?.seed].filter((file) => file !== undefined)
  return `${withSchemas(installation, files)} | ${psql(installation, before)}`
}

function replaceView(installation: Installation, entry: CatalogEntry): string {
  const files = [objectOf(installation, entry)?.file].filter((file) => file !== undefined)
  return `${withSchemas(installation, files, ['s/^CREATE VIEW/CREATE OR REPLACE VIEW/'])} | ${psql(installation)}`
}

function withSchemas(
  { quotedSchema, quotedEngine }: Installation,
  files: readonly string[],
  edits: readonly string[] = [],
): string {
  const all = [...edits, `s/@api@/${quotedSchema}/g`, `s/@engine@/${quotedEngine}/g`]
  return `sed ${all.map((edit) => `-e '${edit}'`).join(' ')} ${files.map((file) => `'${file}'`).join(' ')}`
}

function psql({ quotedSchema, quotedEngine }: Installation, before?: string): string {
  const drop = before === undefined ? '' : ` -c '${before}'`
  return `psql "$DATABASE_URL" -1 -c 'SET search_path TO ${quotedEngine}, ${quotedSchema}, pg_temp'${drop} -f -`
}

function objectOf({ sql }: Installation, { schema, name }: CatalogEntry): PackageObject | undefined {
  return sql.objects.find((object) => object.schema === schema && object.name === name)
}

function schemaOf(
  { quotedSchema, quotedEngine }: Installation,
  { schema }: { schema: 'api' | 'engine' },
): string {
  return schema === 'api' ? quotedSchema : quotedEngine
}

function columnDefinition({ facets }: CatalogEntry): string {
  if (facets['generated']) return `${facets['type']} GENERATED ALWAYS AS (${facets['default']}) STORED`
  const always = facets['identity'] ? ' GENERATED BY DEFAULT AS IDENTITY' : ''
  const value = facets['default'] === null ? '' : ` DEFAULT ${facets['default']}`
  return `${facets['type']}${always}${value}${facets['not null'] && !facets['identity'] ? ' NOT NULL' : ''}`
}

function alterColumn(installation: Installation, entry: CatalogEntry, names: readonly string[]): string {
  const { parent, key, facets } = entry
  const changes = names.map((name) => {
    const to = facets[name]
    if (name === 'type') return `ALTER COLUMN ${key} TYPE ${to} USING ${key}::${to}`
    if (name === 'not null') return `ALTER COLUMN ${key} ${to ? 'SET' : 'DROP'} NOT NULL`
    if (name === 'default') return `ALTER COLUMN ${key} ${to === null ? 'DROP DEFAULT' : `SET DEFAULT ${to}`}`
    return `ALTER COLUMN ${key} ${to ? 'ADD GENERATED BY DEFAULT AS' : 'DROP'} IDENTITY`
  })
  return `ALTER TABLE ${schemaOf(installation, entry)}.${parent} ${changes.join(', ')};`
}

function describe(
  problem: string,
  wanted: CatalogEntry,
  found: CatalogEntry,
  names: readonly string[],
): string {
  const values = names.map(
    (name) => `${name} is ${found.facets[name] ?? 'none'}, not ${wanted.facets[name] ?? 'none'}`,
  )
  return `${problem.slice(0, problem.indexOf(' differs'))}: ${values.join(', ')}`
}

function indexStatement(installation: Installation, entry: CatalogEntry): string {
  const table = `ON ${schemaOf(installation, entry)}.`
  return `${entry.key.replace('INDEX ON ', `INDEX CONCURRENTLY ${entry.name} ${table}`)};`
}

/** Returns the CREATE TRIGGER statement with schema-qualified names of table and function. */
export function createTrigger(installation: Installation, trigger: PackageTrigger): string {
  return trigger.statement
    .replace(/ ON (?:@api@\.)?(\w+) /, ` ON ${schemaOf(installation, trigger)}.$1 `)
    .replace(/EXECUTE FUNCTION /, `EXECUTE FUNCTION ${installation.quotedEngine}.`)
}
