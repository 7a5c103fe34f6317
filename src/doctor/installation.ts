import type pg from 'pg'
import { config } from '../config.js'
import type { ConnectOptions } from '../database/connect.js'
import { appliedMigrations } from '../database/migrate.js'
import { migrationNames } from '../database/read-migrations.js'
import { engineSchema } from '../database/schemas.js'
import { readPackageSql, type PackageSql } from './package-sql.js'

/** Options of examine(). */
export interface DoctorOptions extends ConnectOptions {
  /** Environment whose refresh and schedule are checked; `DEFAULT` when left out. */
  environment?: string | undefined
  /** Names of the checks to run; all when left out. */
  only?: readonly string[] | undefined
  /** Redis of the relay; REDIS_URL when left out. */
  redisUrl?: string | undefined
}

/** The examined installation: a connection, and the facts that the checks share. */
export interface Installation {
  client: pg.Client
  /** Schema of the tables and functions that readers use. */
  schema: string
  /** Schema of everything else. */
  engine: string
  /** Both schemas as SQL identifiers, quoted if necessary. */
  quotedSchema: string
  quotedEngine: string
  /** Role of the connection, as a SQL identifier. */
  role: string
  database: string
  environment: string
  redisUrl: string | undefined
  /** True if the role has USAGE on both schemas; null if `schema` does not exist. */
  usable: boolean | null
  /** Schemas, as SQL identifiers, on which the role lacks USAGE. */
  closed: string[]
  /** True if the role may read the table of installed migrations; null if there is no such table. */
  readable: boolean | null
  /** Installed migrations, including those of a newer package; if `readable` is false, all of this package. */
  applied: string[]
  /** SQL of those applied migrations that this package ships. */
  sql: PackageSql
}

/** Reads role, schemas, privileges and installed migrations. */
export async function readInstallation(client: pg.Client, options: DoctorOptions): Promise<Installation> {
  const schema = options.schema ?? config().schema
  const engine = engineSchema(schema)
  const { rows } = await client.query<
    Pick<
      Installation,
      'quotedSchema' | 'quotedEngine' | 'role' | 'database' | 'usable' | 'closed' | 'readable'
    >
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
  { usable, readable }: Pick<Installation, 'usable' | 'readable'>,
): Promise<string[]> {
  if (!usable || readable === null) return []
  return readable ? [...(await appliedMigrations(client, schema)).keys()].sort() : migrationNames()
}

/** Lists the objects that the installed migrations create, with their schemas. */
export function installedNames({ schema, engine, sql }: Installation): { schema: string; name: string }[] {
  return sql.objects.map((object) => ({
    schema: object.schema === 'api' ? schema : engine,
    name: object.name,
  }))
}

/** Runs a query and returns its rows. */
export async function queryRows<Row extends pg.QueryResultRow>(
  { client }: Installation,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  return (await client.query<Row>(sql, [...params])).rows
}
