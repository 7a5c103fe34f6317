import { join } from 'node:path'
import type { MigrationBuilder } from 'node-pg-migrate'
import {
  objectsOf,
  readSqlFile,
  SQL_FOLDER,
  sqlFileName,
  type SqlFile,
  type SqlMigration,
} from '../database/install.js'
import { readMigrations } from '../database/read-migrations.js'

/** Trigger that a migration creates. */
export interface PackageTrigger {
  name: string
  schema: 'api' | 'engine'
  table: string
  /** CREATE TRIGGER statement, with a placeholder for the schema that readers use. */
  statement: string
}

/** Object that is not part of a table. */
export interface PackageObject {
  schema: 'api' | 'engine'
  name: string
  /** Full path of the latest version of its file. */
  file: string
  /** Full path of the file of its seed rows. */
  seed: string | undefined
}

/** SQL of a list of migrations. */
export interface PackageSql {
  /** Every statement, in order. */
  statements: string[]
  /** Text of the latest version of every file. */
  texts: string[]
  objects: PackageObject[]
  triggers: PackageTrigger[]
}

/** Collects the statements that these migrations would execute, without executing them. */
export async function readPackageSql(names: readonly string[]): Promise<PackageSql> {
  return packageSql(await readMigrations(names))
}

/** SQL of migrations whose files are below `folder`. */
export function packageSql(migrations: readonly SqlMigration[], folder = SQL_FOLDER): PackageSql {
  const statements: string[] = []
  const recorder = { sql: (text: string) => statements.push(text) } as unknown as MigrationBuilder
  for (const migration of migrations) migration.up(recorder)
  const files = latestVersions(migrations.flatMap((migration) => migration.files))
  const texts = files.map((file) => readSqlFile(file, folder))
  return { statements, texts, objects: packageObjects(files, folder), triggers: texts.flatMap(triggersOf) }
}

/** The version of each file that is installed last, in the order in which the files come first. */
function latestVersions(files: readonly SqlFile[]): SqlFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()]
}

function packageObjects(files: readonly SqlFile[], folder: string): PackageObject[] {
  const pathOf = (file: SqlFile): string => join(folder, sqlFileName(file))
  const seeds = new Map(files.map((file) => [file.path, pathOf(file)]))
  return files.flatMap((file) =>
    objectsOf(file, folder)
      .filter(({ kind }) => kind !== 'TRIGGER')
      .map(({ schema, name }) => ({
        schema,
        name,
        file: pathOf(file),
        seed: seeds.get(`${file.path}_seed`),
      })),
  )
}

function triggersOf(text: string): PackageTrigger[] {
  const created = text.matchAll(/^CREATE TRIGGER (\w+)\s[^;]*?\sON (@api@\.)?(\w+)\s[^;]*;/gm)
  return [...created].map(([statement, name = '', api, table = '']) => ({
    name,
    schema: api === undefined ? 'engine' : 'api',
    table,
    statement: statement.replaceAll(/\s+/g, ' '),
  }))
}
