import type pg from 'pg'
import { config } from '../config.js'
import type { ConnectOptions } from '../database/connect.js'
import { appliedMigrations, migrationNames } from '../database/migrate.js'
import { readPackageSql, type PackageSql } from './package-sql.js'

/** What to examine besides the connection. */
export interface DoctorOptions extends ConnectOptions {
  /** Environment whose refresh and schedule are looked at. */
  environment?: string | undefined
  /** Names of the checks to make; all when left out. */
  only?: readonly string[] | undefined
  /** Redis of the relay; REDIS_URL when left out. */
  redisUrl?: string | undefined
}

/** An installation under examination: its connection, and what every check needs to know of it. */
export interface Patient {
  client: pg.Client
  schema: string
  /** The schema as SQL writes it, quoted where it must be. */
  quotedSchema: string
  /** Role of the connection, as SQL writes it. */
  role: string
  database: string
  environment: string
  redisUrl: string | undefined
  /** Whether the role may look into the schema; null when there is no such schema. */
  usable: boolean | null
  /** Whether the role may read which migrations are installed; null when none ever was. */
  readable: boolean | null
  /** Migrations that the database has, those of a newer package included; those of this package where it may not be read. */
  applied: string[]
  /** What the applied migrations of this package install. */
  sql: PackageSql
}

/** Finds out who is connected to what, and which migrations are installed. */
export async function admit(client: pg.Client, options: DoctorOptions): Promise<Patient> {
  const schema = options.schema ?? config().schema
  const { rows } = await client.query<
    Pick<Patient, 'quotedSchema' | 'role' | 'database' | 'usable' | 'readable'>
  >(
    `SELECT quote_ident($1) AS "quotedSchema", quote_ident(current_user) AS role, current_database() AS database,
       (SELECT has_schema_privilege(n.oid, 'USAGE') FROM pg_namespace AS n WHERE n.nspname = $1) AS usable,
       (SELECT has_table_privilege(c.oid, 'SELECT') FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = 'universes_migrations') AS readable`,
    [schema],
  )
  const known = rows[0]!
  const applied = await migrationsOf(client, known)
  return {
    client,
    schema,
    ...known,
    environment: options.environment ?? 'DEFAULT',
    redisUrl: options.redisUrl ?? config().redisUrl,
    applied,
    sql: await readPackageSql(migrationNames().filter((name) => applied.includes(name))),
  }
}

async function migrationsOf(
  client: pg.Client,
  { usable, readable }: Pick<Patient, 'usable' | 'readable'>,
): Promise<string[]> {
  if (!usable || readable === null) return []
  return readable ? [...(await appliedMigrations(client)).keys()].sort() : migrationNames()
}

/** Rows of a query about the installation. */
export async function ask<Row extends pg.QueryResultRow>(
  { client }: Patient,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  return (await client.query<Row>(sql, [...params])).rows
}
