import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SqlMigration } from './install.js'
import { packageRoot } from '../package.js'

/** Folder of the compiled migrations. */
export const MIGRATIONS_DIR = join(packageRoot, 'dist', 'migrations')

/** Names of the migrations this package ships, in order. */
export function migrationNames(): string[] {
  const files = readdirSync(MIGRATIONS_DIR).filter((file) => file.endsWith('.js'))
  return files.map((file) => file.slice(0, -'.js'.length)).sort()
}

/** Migrations of this package by their names, in the order of the names. */
export async function readMigrations(names: readonly string[]): Promise<SqlMigration[]> {
  const migrations: SqlMigration[] = []
  for (const name of names)
    migrations.push((await import(pathToFileURL(join(MIGRATIONS_DIR, `${name}.js`)).href)) as SqlMigration)
  return migrations
}
