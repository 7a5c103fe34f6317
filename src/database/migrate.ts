import { runner, type RunnerOption } from 'node-pg-migrate'
import pg from 'pg'
import { config } from '../config.js'
import { toUniversesError, UniversesError } from '../errors.js'
import { connect, withClient, type ConnectOptions } from './connect.js'
import { assertNoForeignObjects } from './foreign-objects.js'
import { MIGRATIONS_DIR, migrationNames, readMigrations } from './read-migrations.js'
import { engineSchema } from './schemas.js'

/** Own lock, so that another project's node-pg-migrate in the same database does not wait for ours. */
const MIGRATION_LOCK = 7_055_200_114
/** Table of the migrations that an installation has, in the schema of its engine. */
export const MIGRATIONS_TABLE = 'universes_migrations'
/** Comment on schemas that migrate created and may drop. */
const ENGINE_COMMENT = 'Rule tables of pg-universes, and everything that only the package itself calls.'

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

/** Reverts the last `count` migrations, all of them or none. After the last one the table of migrations is dropped too. */
export async function migrateDown(options: MigrateOptions = {}, count = 1): Promise<string[]> {
  return run(options, 'down', count)
}

/** Every migration this package ships, in order, with the time at which it was applied. */
export async function migrationStatus(options: MigrateOptions = {}): Promise<MigrationState[]> {
  return withClient(options, async (client) => {
    const done = await appliedMigrations(client, options.schema ?? config().schema)
    return migrationNames().map((name) => ({ name, appliedAt: done.get(name) ?? null }))
  })
}

/** Migrations that the installation with this API schema has, with the time of each; also those of a newer package. */
export async function appliedMigrations(client: pg.Client, schema: string): Promise<Map<string, Date>> {
  const table = `${pg.escapeIdentifier(engineSchema(schema))}.${MIGRATIONS_TABLE}`
  const { rows: exists } = await client.query<{ found: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL AS found`,
    [table],
  )
  if (!exists[0]?.found) return new Map()
  const { rows } = await client.query<{ name: string; run_on: Date }>(`SELECT name, run_on FROM ${table}`)
  return new Map(rows.map((row) => [row.name, row.run_on]))
}

async function run(options: MigrateOptions, direction: 'up' | 'down', count: number): Promise<string[]> {
  const schema = options.schema ?? config().schema
  const client = await connect({ applicationName: 'universes migrate', ...options })
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    return await migrate(client, { ...options, schema }, direction, count)
  } catch (thrown) {
    throw migrationError(thrown, direction)
  } finally {
    await client.end()
  }
}

async function migrate(
  client: pg.Client,
  options: MigrateOptions & { schema: string },
  direction: 'up' | 'down',
  count: number,
): Promise<string[]> {
  const applied = await appliedMigrations(client, options.schema)
  if (direction === 'down' && applied.size === 0) return []
  if (direction === 'up') {
    const pending = migrationNames().filter((name) => !applied.has(name))
    await assertNoForeignObjects(client, options.schema, await readMigrations(pending))
    await createSchemas(client, options.schema)
  }
  try {
    const migrations = await runner(runnerOptions(client, options, direction, count))
    return migrations.map((migration) => migration.name)
  } finally {
    await forgetWhenEmpty(client, options.schema)
  }
}

function runnerOptions(
  dbClient: pg.Client,
  { schema, log }: MigrateOptions & { schema: string },
  direction: 'up' | 'down',
  count: number,
): RunnerOption {
  return {
    dbClient,
    direction,
    count,
    dir: MIGRATIONS_DIR,
    ignorePattern: String.raw`(\..*|.*\.map|.*\.d\.ts)`,
    // Functions take this path over with SET search_path FROM CURRENT.
    schema: [engineSchema(schema), schema, 'pg_temp'],
    migrationsSchema: engineSchema(schema),
    migrationsTable: MIGRATIONS_TABLE,
    // This session holds the lock already.
    noLock: true,
    singleTransaction: true,
    logger: quietLogger(log),
  }
}

/** Creates the missing schemas. CREATE SCHEMA IF NOT EXISTS needs a privilege on the database even if the schema exists. */
async function createSchemas(client: pg.Client, schema: string): Promise<void> {
  for (const name of [schema, engineSchema(schema)]) {
    const { rows } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [name])
    if (rows.length > 0) continue
    const quoted = pg.escapeIdentifier(name)
    await client.query(`CREATE SCHEMA ${quoted}`)
    if (name !== schema) await client.query(`COMMENT ON SCHEMA ${quoted} IS '${ENGINE_COMMENT}'`)
  }
}

/**
 * Drops what node-pg-migrate creates outside the transaction, and the engine's schema, once no migration is installed. A schema that
 * existed before, contains foreign objects, or belongs to another role is kept.
 */
async function forgetWhenEmpty(client: pg.Client, schema: string): Promise<void> {
  if ((await appliedMigrations(client, schema)).size > 0) return
  const engine = pg.escapeIdentifier(engineSchema(schema))
  await client.query(`DROP TABLE IF EXISTS ${engine}.${MIGRATIONS_TABLE}`)
  const { rows } = await client.query(
    `SELECT FROM pg_namespace AS n
     WHERE n.nspname = $1 AND obj_description(n.oid, 'pg_namespace') = $2 AND pg_has_role(n.nspowner, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid)`,
    [engineSchema(schema), ENGINE_COMMENT],
  )
  if (rows.length > 0) await client.query(`DROP SCHEMA ${engine}`)
}

/** Logs one line per migration; node-pg-migrate reports every statement. */
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
