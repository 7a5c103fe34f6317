import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MigrationBuilder } from 'node-pg-migrate'
import { MIGRATIONS_DIR } from '../database/migrate.js'
import { packageRoot } from '../database/package-root.js'

/** A trigger as the package makes it. */
export interface PackageTrigger {
  name: string
  table: string
  /** Its CREATE TRIGGER statement. */
  statement: string
}

/** What a list of migrations installs. */
export interface PackageSql {
  /** Every statement, in order. */
  statements: string[]
  /** Path of the file that each object comes from, newest version, by the object's name; seeds included. */
  files: Map<string, string>
  triggers: PackageTrigger[]
}

/** Reads what these migrations would execute, without executing it. */
export async function readPackageSql(migrations: readonly string[]): Promise<PackageSql> {
  const statements: string[] = []
  const recorder = { sql: (text: string) => statements.push(text) } as unknown as MigrationBuilder
  for (const name of migrations) {
    const file = pathToFileURL(join(MIGRATIONS_DIR, `${name}.js`)).href
    const migration = (await import(file)) as { up(pgm: MigrationBuilder): void }
    migration.up(recorder)
  }
  return { statements, files: filesOf(statements), triggers: statements.flatMap(triggersOf) }
}

function filesOf(statements: readonly string[]): Map<string, string> {
  const folder = join(packageRoot, 'sql')
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .map((file) => ({ path: join(folder, file), text: readFileSync(join(folder, file), 'utf8') }))
  const files = new Map<string, string>()
  for (const statement of statements) {
    const source = texts.find(({ text }) => statement.includes(text))
    if (source) files.set(basename(source.path).replace(/_v\d+\.sql$/, ''), source.path)
  }
  return files
}

function triggersOf(statement: string): PackageTrigger[] {
  const created = statement.matchAll(/^CREATE TRIGGER (\w+)\s[^;]*?\sON (\w+)\s[^;]*;/gm)
  return [...created].map(([text, name = '', table = '']) => ({
    name,
    table,
    statement: text.replaceAll(/\s+/g, ' '),
  }))
}
