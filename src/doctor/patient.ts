import type pg from 'pg'
import { config } from '../config.js'
import type { ConnectOptions } from '../database/connect.js'
import { appliedMigrations } from '../database/migrate.js'
import { migrationNames } from '../database/read-migrations.js'
import { engineSchema } from '../database/schemas.js'
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
  /** Schema of what readers use. */
  schema: string
  /** Schema of everything else. */
  engine: string
  /** The two as SQL writes them, quoted where they must be. */
  quotedSchema: string
  quotedEngine: string
  /** Role of the connection, as SQL writes it. */
  role: string
  database: string
  environment: string
  redisUrl: string | undefined
  /** True if the role has USAGE on both schemas; null when there is none that readers use. */
  usable: boolean | null
  /** Schemas, as SQL writes them, on which the role has no USAGE. */
  closed: string[]
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
  const engine = engineSchema(schema)
  const { rows } = await client.query<
    Pick<Patient, 'quotedSchema' | 'quotedEngine' | 'role' | 'database' | 'usable' | 'closed' | 'readable'>
  >(
    `SELECT quote_ident($1) AS "quotedSchema", quote_ident($2) AS "quotedEngine", quote_ident(current_user) AS role,
       current_database() AS database, n.usable, n.closed,
       (SELECT has_table_privilege(c.oid, 'SELECT') FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = $2 AND c.relname = 'universes_migrations') AS readable
     FROM (
       SELECT CASE WHEN bool_or(n.nspname = $1) THEN bool_and(has_schema_privilege(n.oid, 'USAGE')) END AS usable,
         coalesce(array_agg(quote_ident(n.nspname) ORDER BY n.nspname = $1 DESC) FILTER (WHERE NOT has_schema_privilege(n.oid, 'USAGE')), '{}')
           AS closed
       FROM pg_namespace AS n
       WHERE n.nspname IN ($1, $2)
     ) AS n`,
    [schema, engine],
  )
  const known = rows[0]!
  const applied = await migrationsOf(client, schema, known)
  return {
    client,
    schema,
    engine,
    ...known,
    environment: options.environment ?? 'DEFAULT',
    redisUrl: options.redisUrl ?? config().redisUrl,
    applied,
    sql: await readPackageSql(migrationNames().filter((name) => applied.includes(name))),
  }
}

async function migrationsOf(
  client: pg.Client,
  schema: string,
  { usable, readable }: Pick<Patient, 'usable' | 'readable'>,
): Promise<string[]> {
  if (!usable || readable === null) return []
  return readable ? [...(await appliedMigrations(client, schema)).keys()].sort() : migrationNames()
}

/** What is installed, by the names of schema and object. */
export function installedNames({ schema, engine, sql }: Patient): { schema: string; name: string }[] {
  return sql.objects.map((object) => ({
    schema: object.schema === 'api' ? schema : engine,
    name: object.name,
  }))
}

/** Rows of a query about the installation. */
export async function ask<Row extends pg.QueryResultRow>(
  { client }: Patient,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  return (await client.query<Row>(sql, [...params])).rows
}
