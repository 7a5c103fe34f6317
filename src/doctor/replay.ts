import pg from 'pg'
import { readCatalog, type CatalogEntry } from './catalog.js'
import type { Installation } from './installation.js'
import { normalizeDefinitions } from './normalize-definitions.js'

/** Objects of the installation, and of a reference installation on the same server. */
export interface Comparison {
  installed: CatalogEntry[]
  expected: CatalogEntry[]
  /** Tables that existed before the package; their owner may alter them. */
  adopted: Set<string>
}

/**
 * Runs the applied migrations in scratch schemas, in a transaction that is rolled back, and reads both installations from the
 * catalog. Both come from the same server, so that its version makes no difference. Adopted tables are adopted from empty copies,
 * because the views over them depend on their column types.
 */
export async function replay({ client, schema, engine, sql }: Installation): Promise<Comparison> {
  const scratch = {
    api: `universes_doctor_${process.pid}_api`,
    engine: `universes_doctor_${process.pid}_engine`,
  }
  const own = pg.escapeIdentifier(schema)
  await client.query('BEGIN')
  try {
    const installed = await readCatalog(client, { api: schema, engine })
    const adopted = await adoptedTables(client, installed)
    await client.query(`CREATE SCHEMA ${scratch.api}; CREATE SCHEMA ${scratch.engine}`)
    await client.query(`SET LOCAL search_path TO ${scratch.engine}, ${scratch.api}, pg_temp`)
    for (const table of adopted) await copyShape(client, { from: own, to: scratch.api }, table)
    for (const statement of sql.statements) await client.query(statement)
    const expected = await readCatalog(client, scratch)
    await normalizeDefinitions(client, installed, expected)
    return { installed, adopted, expected }
  } finally {
    await client.query('ROLLBACK')
  }
}

async function adoptedTables(client: pg.Client, installed: readonly CatalogEntry[]): Promise<Set<string>> {
  const has = (name: string): boolean =>
    installed.some((entry) => entry.kind === 'table' && entry.name === name)
  if (!has('installed_tables')) return new Set()
  const { rows } = await client.query<{ name: string }>('SELECT name FROM installed_tables WHERE NOT created')
  return new Set(rows.map(({ name }) => name).filter(has))
}

/** Copies a table without rows. Defaults lose nextval(): a rollback would not return the numbers drawn from the sequence. */
async function copyShape(
  client: pg.Client,
  { from, to }: { from: string; to: string },
  table: string,
): Promise<void> {
  const name = `${to}.${pg.escapeIdentifier(table)}`
  await client.query(
    `CREATE TABLE ${name} (LIKE ${from}.${pg.escapeIdentifier(table)} INCLUDING ALL EXCLUDING COMMENTS EXCLUDING STATISTICS)`,
  )
  const { rows } = await client.query<{ column: string }>(
    `SELECT quote_ident(a.attname) AS column
     FROM pg_attrdef AS d
     JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
     WHERE d.adrelid = to_regclass($1) AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%'`,
    [name],
  )
  for (const { column } of rows)
    await client.query(`ALTER TABLE ${name} ALTER COLUMN ${column} SET DEFAULT 0`)
}
