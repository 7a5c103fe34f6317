import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/package.js'
import type { TestDatabase } from '../support/index.js'
import { settled } from './compare.js'
import { psql } from './starter-database.js'

/** A function, view or table of the API schema, as the catalog describes it. */
export interface ApiObject {
  kind: 'function' | 'table' | 'view' | 'materialized view'
  name: string
  /** Arguments with types and defaults, one per element; empty for relations. */
  arguments: { name: string; type: string; default: string | null }[]
  /** Return type of a function. */
  returns: string | null
  columns: { name: string; type: string; comment: string | null }[]
  comment: string
}

const EXAMPLES = join(packageRoot, 'docs', 'sql-examples.sql')
const HEAD = `# SQL reference

Every function, view and table of the API schema, generated from the catalog and its comments; the calls run on the starter data. \`npm run docs:sql\`
writes this page, a test keeps it current. Calls need no prefix where the API schema (\`public\`, or \`--schema NAME\`) is on the search_path.

Weights are percent of the fund, market caps US dollars, timestamps \`timestamptz\`. Errors carry a SQLSTATE: \`UV001\` another refresh or load is running,
\`UV002\` invalid argument, \`UV003\` not found, \`UV005\` an existing object is in the way, \`UV007\` pg_cron is missing.
`

/** Statements of docs/sql-examples.sql by the name above each: \`-- universe_symbols\`. */
export function examples(): Map<string, string> {
  const parts = readFileSync(EXAMPLES, 'utf8').split(/^-- (\w+)\n/m)
  const pairs: [string, string][] = []
  for (let at = 1; at + 1 < parts.length; at += 2) pairs.push([parts[at] ?? '', (parts[at + 1] ?? '').trim()])
  return new Map(pairs)
}

/** Everything in the API schema of a fresh installation. */
export async function apiObjects(db: TestDatabase): Promise<ApiObject[]> {
  const functions = await db.query<ApiObject>(
    `SELECT 'function' AS kind, p.proname AS name, '[]'::jsonb AS columns,
       pg_get_function_result(p.oid) AS returns, coalesce(obj_description(p.oid, 'pg_proc'), '') AS comment,
       coalesce((
         SELECT jsonb_agg(jsonb_build_object('name', a.name, 'type', format_type(a.type, NULL),
           'default', pg_get_function_arg_default(p.oid, a.position::integer)) ORDER BY a.position)
         FROM unnest(p.proargnames[1:p.pronargs], p.proargtypes::oid[]) WITH ORDINALITY AS a (name, type, position)
       ), '[]') AS arguments
     FROM pg_proc AS p
     WHERE p.pronamespace = 'public'::regnamespace
     ORDER BY p.proname COLLATE "C"`,
  )
  const relations = await db.query<ApiObject>(
    `SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind, c.relname AS name,
       '[]'::jsonb AS arguments, NULL AS returns, coalesce(obj_description(c.oid, 'pg_class'), '') AS comment,
       (
         SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
           'comment', col_description(c.oid, a.attnum)) ORDER BY a.attnum)
         FROM pg_attribute AS a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       ) AS columns
     FROM pg_class AS c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
     ORDER BY array_position('{r,p,v,m}', c.relkind::text), c.relname COLLATE "C"`,
  )
  return functions.concat(relations)
}

/** The page: functions, then tables and views. Runs every example. */
export async function sqlReference(db: TestDatabase): Promise<string> {
  const objects = await apiObjects(db)
  const statements = examples()
  const sections: string[] = []
  for (const object of objects) sections.push(await section(db, object, statements.get(object.name)))
  const functions = objects.filter(({ kind }) => kind === 'function').length
  return [
    HEAD,
    '## Functions\n',
    ...sections.slice(0, functions),
    '## Tables and views\n',
    ...sections.slice(functions),
  ].join('\n')
}

async function section(db: TestDatabase, object: ApiObject, example: string | undefined): Promise<string> {
  const { text, parameters } = splitComment(object.comment)
  const lines = [`### ${object.name}\n`]
  if (object.kind === 'function') lines.push(`\`\`\`\n${signature(object)}\n\`\`\`\n`)
  lines.push(object.kind === 'function' ? `${text}\n` : `${capital(object.kind)}. ${text}\n`)
  if (object.arguments.length > 0)
    lines.push(
      table(
        ['parameter', 'meaning'],
        object.arguments.map((a) => [`\`${a.name}\``, parameters.get(a.name) ?? '']),
      ),
    )
  if (object.columns.length > 0)
    lines.push(
      table(
        ['column', 'type', 'meaning'],
        object.columns.map((c) => [`\`${c.name}\``, c.type, c.comment ?? '']),
      ),
    )
  if (example !== undefined) lines.push(await call(db, example))
  return lines.join('\n')
}

/** The call and its result; one that needs an extension the test server lacks is only shown. */
async function call(db: TestDatabase, example: string): Promise<string> {
  const shown = `\`\`\`sql\n${example}\n\`\`\`\n`
  if (example.startsWith('-- needs ')) return shown
  return `${shown}\`\`\`text\n${printed(await psql(db.url, example))}\n\`\`\`\n`
}

/** A comment's lines \`p_name: meaning\` become the table of parameters, its other lines the text. */
export function splitComment(comment: string): { text: string; parameters: Map<string, string> } {
  const parameters = new Map<string, string>()
  const text: string[] = []
  for (const line of comment.split('\n')) {
    const parameter = /^(p_\w+): (.*)$/.exec(line.trim())
    if (parameter) parameters.set(parameter[1] ?? '', parameter[2] ?? '')
    else text.push(line.trim())
  }
  return {
    text: text
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    parameters,
  }
}

function signature({ name, arguments: list, returns }: ApiObject): string {
  const written = list.map(
    (a) => `    ${a.name} ${a.type}${a.default === null ? '' : ` DEFAULT ${a.default}`}`,
  )
  const head = list.length === 0 ? `${name}()` : `${name}(\n${written.join(',\n')}\n)`
  return `${head}\nRETURNS ${returns}`
}

/** Output of psql with everything that differs from run to run replaced by its kind, and without trailing blanks. */
function printed(output: string): string {
  return settled(output)
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()
}

function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return `${[line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
