import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runner, type RunnerOption } from 'node-pg-migrate'
import type pg from 'pg'
import { config } from '../config.js'
import { toUniversesError, UniversesError } from '../errors.js'
import { connect, withClient, type ConnectOptions } from './connect.js'
import { packageRoot } from './package-root.js'

/** Lock of our own, so that another project's node-pg-migrate in the same database does not wait for us. */
const MIGRATION_LOCK = 7_055_200_114
/** Table of the migrations that a schema has. */
export const MIGRATIONS_TABLE = 'universes_migrations'
/** Folder of the compiled migrations. */
export const MIGRATIONS_DIR = join(packageRoot, 'dist', 'migrations')

/** Options of every migration call. `log` receives one line per migration. */
export interface MigrateOptions extends ConnectOptions {
  log?: (line: string) => void
}

/** One migration and whether this database has it. */
export interface MigrationState {
  name: string
  appliedAt: Date | null
}

/** Installs every pending migration, all of them or none, and returns their names. */
export async function migrateUp(options: MigrateOptions = {}): Promise<string[]> {
  return run(options, 'up', Number.POSITIVE_INFINITY)
}

/** Takes back the last `count` migrations, all of them or none. Without any left, the bookkeeping goes too. */
export async function migrateDown(options: MigrateOptions = {}, count = 1): Promise<string[]> {
  return run(options, 'down', count)
}

/** Every migration this package ships, in order, with the time at which it was applied. */
export async function migrationStatus(options: MigrateOptions = {}): Promise<MigrationState[]> {
  return withClient(options, async (client) => {
    const done = await appliedMigrations(client)
    return migrationNames().map((name) => ({ name, appliedAt: done.get(name) ?? null }))
  })
}

/** Names of the migrations this package ships, in order. */
export function migrationNames(): string[] {
  const files = readdirSync(MIGRATIONS_DIR).filter((file) => file.endsWith('.js'))
  return files.map((file) => file.slice(0, -'.js'.length)).sort()
}

/** Migrations that the schema of this connection has, with the time of each; also those of a newer package. */
export async function appliedMigrations(client: pg.Client): Promise<Map<string, Date>> {
  const { rows: exists } = await client.query<{ found: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL AS found`,
    [MIGRATIONS_TABLE],
  )
  if (!exists[0]?.found) return new Map()
  const { rows } = await client.query<{ name: string; run_on: Date }>(
    `SELECT name, run_on FROM ${MIGRATIONS_TABLE}`,
  )
  return new Map(rows.map((row) => [row.name, row.run_on]))
}

async function run(options: MigrateOptions, direction: 'up' | 'down', count: number): Promise<string[]> {
  const client = await connect({ applicationName: 'universes migrate', ...options })
  try {
    const { rows } = await client.query<{ there: boolean }>(
      'SELECT current_schema() IS NOT DISTINCT FROM $1 AS there',
      [options.schema ?? config().schema],
    )
    // To create a schema, even one that is there, takes a right on the database that an owner of the package need not have.
    const migrations = await runner({
      ...runnerOptions(client, options, direction, count),
      createMigrationsSchema: rows[0]?.there !== true,
    })
    return migrations.map((migration) => migration.name)
  } catch (thrown) {
    throw migrationError(thrown, direction)
  } finally {
    await forgetWhenEmpty(client).finally(() => client.end())
  }
}

function runnerOptions(
  dbClient: pg.Client,
  options: MigrateOptions,
  direction: 'up' | 'down',
  count: number,
): RunnerOption {
  const schema = options.schema ?? config().schema
  return {
    dbClient,
    direction,
    count,
    dir: MIGRATIONS_DIR,
    ignorePattern: String.raw`(\..*|.*\.map|.*\.d\.ts)`,
    // pg_temp last: functions take this path over with SET search_path FROM CURRENT.
    schema: [schema, 'pg_temp'],
    migrationsSchema: schema,
    migrationsTable: MIGRATIONS_TABLE,
    lockValue: MIGRATION_LOCK,
    advisoryLockMode: 'wait',
    singleTransaction: true,
    logger: quietLogger(options.log),
  }
}

/** node-pg-migrate makes its table outside the transaction: after a failed first run it would stay behind, empty. */
async function forgetWhenEmpty(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
  try {
    if ((await appliedMigrations(client)).size === 0)
      await client.query(`DROP TABLE IF EXISTS ${MIGRATIONS_TABLE}`)
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK])
  }
}

/** node-pg-migrate reports every statement; one line per migration is what a person wants. */
function quietLogger(log: MigrateOptions['log']): NonNullable<RunnerOption['logger']> {
  const silent = (): void => undefined
  const info = (line: string): void => {
    const name = /^### MIGRATION (\S+) \((UP|DOWN)\) ###/.exec(line)
    if (name) log?.(`${name[2] === 'UP' ? 'installed' : 'reverted'} ${name[1]}`)
  }
  return { debug: silent, info, warn: silent, error: silent }
}

function migrationError(thrown: unknown, direction: 'up' | 'down'): UniversesError {
  const { message, code, detail, hint, where, exitCode } = toUniversesError(thrown)
  return new UniversesError(`migrate ${direction} failed, nothing was changed: ${message}`, {
    code,
    detail,
    hint,
    where,
    exitCode,
    cause: thrown,
  })
}
