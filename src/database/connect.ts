import pg from 'pg'
import { config } from '../config.js'
import { UniversesError } from '../errors.js'
import { searchPath } from './schemas.js'
import { connectionConfig, tlsRemedy } from './tls.js'

/** Connection options; the environment supplies those left out. */
export interface ConnectOptions {
  url?: string | undefined
  schema?: string | undefined
  /** Shown in pg_stat_activity. */
  applicationName?: string | undefined
  /** Milliseconds after which a server that does not answer counts as unreachable; the operating system's limit when left out. */
  timeoutMs?: number | undefined
}

/**
 * Connects with search_path set to the engine's schema, the one that readers use, then pg_temp, so that calls need no prefix. The URL
 * decides about TLS; an ambiguous URL is a usage error.
 */
export async function connect(options: ConnectOptions = {}): Promise<pg.Client> {
  const path = searchPath(options.schema ?? config().schema)
  const client = new pg.Client({
    ...connectionConfig(options.url ?? config().databaseUrl),
    application_name: options.applicationName ?? 'universes',
    keepAlive: true,
    connectionTimeoutMillis: options.timeoutMs ?? 0,
  })
  // An idle connection that breaks emits 'error'; the next query reports it, so the event alone must not end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    throw new UniversesError(`cannot connect to PostgreSQL: ${reason(cause)}`, {
      cause,
      hint:
        tlsRemedy(cause) ?? 'Set DATABASE_URL (postgres://user@host:5432/database), or pass --database-url.',
    })
  }
  await client.query(`SET search_path TO ${path}`)
  return client
}

/** Runs `work` on a connection of its own and closes it whatever happens. */
export async function withClient<T>(
  options: ConnectOptions,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connect(options)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function reason(cause: unknown): string {
  if (cause instanceof AggregateError) return reason(cause.errors[0])
  return cause instanceof Error ? cause.message : String(cause)
}
