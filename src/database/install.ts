import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrationBuilder } from 'node-pg-migrate'
import { packageRoot } from '../package.js'

/**
 * One versioned file: its path below `sql/` without `_vNN.sql`, and the version to install.
 * `adopt` marks a table that may already exist: see `sql/install/adopt_table_v01.sql`.
 */
export interface SqlFile {
  path: string
  version: number
  adopt?: boolean
}

/** An object that a file creates, or an index on it. */
export interface SqlObject {
  kind: string
  schema: 'api' | 'engine'
  name: string
  /** Argument types of a function, as COMMENT ON names them. */
  arguments: string | null
  /** Table of a trigger or index, in the same schema. */
  table: string | null
}

/** A migration that installs files; `files` lists them for other readers, such as doctor. */
export interface SqlMigration {
  files: readonly SqlFile[]
  up(this: void, pgm: MigrationBuilder): void
  down(this: void, pgm: MigrationBuilder): void
}

/** Shorthand for a list of files at version 1. */
export function firstVersions(...paths: string[]): SqlFile[] {
  return paths.map((path) => ({ path, version: 1 }))
}

/** Folder of the versioned files. */
export const SQL_FOLDER = join(packageRoot, 'sql')

/** Installs the files in order; `down` brings each back to the version before, version 1 is dropped, in reverse order. */
export function migration(files: readonly SqlFile[], folder = SQL_FOLDER): SqlMigration {
  return {
    files,
    up: (pgm) => {
      for (const file of files) pgm.sql(installStatement(file, folder, readSqlFile(file, folder)))
    },
    down: (pgm) => {
      for (const file of [...files].reverse()) pgm.sql(revertStatement(file, folder))
    },
  }
}

/** Installs the files that `migration` itself needs; they are recorded once all of them exist. */
export function bootstrap(files: readonly SqlFile[]): SqlMigration {
  return {
    files,
    up: (pgm) => {
      for (const file of files) pgm.sql(inSchemas(readSqlFile(file)))
      for (const file of files) pgm.sql(`SELECT register_file(${parametersOf(file)})`)
    },
    down: (pgm) => {
      const objects = files.flatMap((file) => createdBy(readSqlFile(file)))
      for (const object of objects.reverse()) pgm.sql(inSchemas(`DROP ${object.kind} ${identityOf(object)}`))
    },
  }
}

/** Path of one version of a file below `sql/`. */
export function sqlFileName({ path, version }: SqlFile): string {
  return `${path}_v${String(version).padStart(2, '0')}.sql`
}

/** Text of one version of a file. */
export function readSqlFile(file: SqlFile, folder = SQL_FOLDER): string {
  return readFileSync(join(folder, sqlFileName(file)), 'utf8')
}

/** Objects that exist once this version is installed. Later versions of a table only alter it, so they add to those of the first. */
export function objectsOf(file: SqlFile, folder = SQL_FOLDER): SqlObject[] {
  const objects = createdBy(readSqlFile(file, folder))
  if (!isAltered(file, folder)) return objects
  const before = objectsOf({ ...file, version: file.version - 1 }, folder)
  const names = new Set(before.map(identityOf))
  return [...before, ...objects.filter((object) => !names.has(identityOf(object)))]
}

/** True for a later version of a table, which holds ALTERs instead of the whole definition. */
function isAltered(file: SqlFile, folder: string): boolean {
  if (file.version === 1) return false
  return createdBy(readSqlFile({ ...file, version: 1 }, folder)).some(({ kind }) => kind === 'TABLE')
}

/** Objects that a file creates, of which it comments on every one, with the full signature. */
export function createdBy(sql: string): SqlObject[] {
  const comments = withoutTexts(sql).matchAll(
    /^COMMENT ON (TABLE|VIEW|MATERIALIZED VIEW|FUNCTION|TYPE|TRIGGER|SEQUENCE) (?:(\w+)\s+ON )?(@api@\.)?(\w+)(?:\(([^;]*?)\))?\s+IS\b/gm,
  )
  return [...comments].map(([, kind = '', trigger, api, name = '', args]) => ({
    kind,
    schema: api === undefined ? 'engine' : 'api',
    name: trigger ?? name,
    arguments: args ?? null,
    table: trigger === undefined ? null : name,
  }))
}

/** Indexes that a file names; an index is in the schema of its table. */
export function indexesOf(sql: string): SqlObject[] {
  const created = withoutTexts(sql).matchAll(
    /^CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?(\w+)\s+ON (@api@\.)?(\w+)/gm,
  )
  return [...created].map(([, name = '', api, table = '']) => ({
    kind: 'INDEX',
    schema: api === undefined ? 'engine' : 'api',
    name,
    arguments: null,
    table,
  }))
}

/** The object as DROP names it, with a placeholder for its schema. */
function identityOf({ kind, schema, name, arguments: args, table }: SqlObject): string {
  if (kind === 'TRIGGER') return `${name} ON @${schema}@.${table}`
  return `@${schema}@.${name}${kind === 'FUNCTION' ? `(${args})` : ''}`
}

/** Code without comments, literals and function bodies, any of which may contain what looks like a statement. */
function withoutTexts(sql: string): string {
  return sql.replaceAll(/--.*$|\/\*[^]*?\*\/|\$(\w*)\$[^]*?\$\1\$|'(?:[^']|'')*'/gm, '')
}

/** `change` is executed if another version is installed already. */
function installStatement(file: SqlFile, folder: string, change: string): string {
  return `SELECT install_file(${parametersOf(file, folder)}, ${file.adopt === true}, ${quoted(change)})`
}

function revertStatement(file: SqlFile, folder: string): string {
  if (file.version === 1) return `SELECT remove_file(${quoted(file.path)})`
  const before = { ...file, version: file.version - 1 }
  const change = isAltered(file, folder)
    ? readFileSync(join(folder, sqlFileName(file).replace(/\.sql$/, '_down.sql')), 'utf8')
    : readSqlFile(before, folder)
  return installStatement(before, folder, change)
}

function parametersOf(file: SqlFile, folder = SQL_FOLDER): string {
  const sql = readSqlFile(file, folder)
  const objects = objectsOf(file, folder).map((object) => ({
    kind: object.kind,
    identity: identityOf(object),
  }))
  return [quoted(file.path), file.version, quoted(sql), `${quoted(JSON.stringify(objects))}::jsonb`].join(
    ', ',
  )
}

/** Executes a text before with_schemas() exists: the schemas come first and second in search_path. */
function inSchemas(sql: string): string {
  const schemas = `replace(replace(${quoted(sql)}, '@api@', quote_ident((current_schemas(false))[2])), '@engine@', quote_ident((current_schemas(false))[1]))`
  return `DO $bootstrap$ BEGIN EXECUTE ${schemas}; END $bootstrap$`
}

function quoted(text: string): string {
  return `$pg_universes$${text}$pg_universes$`
}
