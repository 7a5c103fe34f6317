import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrationBuilder } from 'node-pg-migrate'
import { packageRoot } from './package-root.js'

/**
 * One versioned object: its path below `sql/` without `_vNN.sql`, and the version to install.
 * `adopt` marks a table that may already exist: see `sql/install/adopt_table_v01.sql`.
 */
export interface SqlObject {
  path: string
  version: number
  adopt?: boolean
}

/** Shorthand for a list of objects at version 1. */
export function firstVersions(paths: readonly string[]): SqlObject[] {
  return paths.map((path) => ({ path, version: 1 }))
}

/** Installs the objects in order. A function is replaced in place; anything else must not exist yet. */
export function install(pgm: MigrationBuilder, objects: readonly SqlObject[]): void {
  for (const object of objects) {
    const sql = readObject(object)
    pgm.sql(object.adopt ? callWithText('adopt_table', sql) : sql)
  }
  pgm.sql(register(objects))
}

/** Brings every object back to the version before: version 1 is dropped, in reverse order of installation. */
export function revert(pgm: MigrationBuilder, objects: readonly SqlObject[]): void {
  const before = objects.filter(({ version }) => version > 1).map((o) => ({ ...o, version: o.version - 1 }))
  pgm.sql(`DELETE FROM installed_objects WHERE (kind, identity) IN (VALUES ${values(objects)})`)
  if (before.length > 0) pgm.sql(register(before))
  for (const object of [...objects].reverse()) {
    const sql = readObject(object)
    if (object.adopt) pgm.sql(callWithText('release_table', sql))
    else if (object.version > 1) pgm.sql(readObject({ ...object, version: object.version - 1 }))
    else for (const statement of dropStatements(sql)) pgm.sql(statement)
  }
}

/** Text of one version of an object. */
export function readObject({ path, version }: SqlObject): string {
  return readFileSync(join(packageRoot, 'sql', `${path}_v${String(version).padStart(2, '0')}.sql`), 'utf8')
}

function dropStatements(sql: string): string[] {
  return created(sql)
    .map(({ kind, identity }) => `DROP ${kind} ${identity}`)
    .reverse()
}

/** Every file comments on what it creates, with the full signature. */
function created(sql: string): { kind: string; identity: string }[] {
  const comments = sql.matchAll(
    /^COMMENT ON (TABLE|VIEW|MATERIALIZED VIEW|FUNCTION|TYPE|TRIGGER|SEQUENCE) ([^;]+?) IS /gm,
  )
  return [...comments].map(([, kind = '', identity = '']) => ({ kind, identity }))
}

/** So that the database knows what is the package's in a schema that it may share. */
function register(objects: readonly SqlObject[]): string {
  return `INSERT INTO installed_objects (kind, identity) VALUES ${values(objects)} ON CONFLICT DO NOTHING`
}

function values(objects: readonly SqlObject[]): string {
  return objects
    .flatMap((object) => created(readObject(object)))
    .map(({ kind, identity }) => `('${kind}', '${identity}')`)
    .join(', ')
}

function callWithText(functionName: string, text: string): string {
  return `SELECT ${functionName}($pg_universes$${text}$pg_universes$)`
}
