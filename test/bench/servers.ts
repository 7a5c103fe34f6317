import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../../src/dev/embedded.js'
import { migrateUp } from '../../src/database/migrate.js'
import { stopOnExit } from '../../src/operations/stop-on-exit.js'
import { SEARCH_PATH } from './search-path.js'
import { removeFolder } from '../support/temporary-folder.js'
import { startRedis } from '../support/redis-server.js'
import { waitForShutdown } from '../support/postgres-server.js'

/** As durable as a production server; only memory and the distance of checkpoints are set. */
const SETTINGS = { shared_buffers: '512MB', max_wal_size: '8GB', checkpoint_timeout: '30min' }

/** A database of the benchmark with one connection. */
export interface Database {
  name: string
  url: string
  client: pg.Client
  drop(this: void): Promise<void>
}

/** The servers of one run. */
export interface Servers {
  version: string
  /** Creates an installed database without rows, or a copy of `template`, which must have no connections. */
  database(this: void, template?: string): Promise<Database>
  /** Runs `fill` on a new database, or a copy of `base`, once per `key`; returns the name of the database for copies. */
  template(
    this: void,
    key: string,
    fill: (client: pg.Client, url: string) => Promise<void>,
    base?: string,
  ): Promise<string>
  /** URL of a Redis server that is started when it is first asked for. */
  redis(this: void): Promise<string>
  stop(this: void): Promise<void>
}

/** Starts PostgreSQL, or uses BENCH_DATABASE_URL, in which only databases of this run are created and dropped. */
export async function startServers(log: (text: string) => void): Promise<Servers> {
  const given = process.env['BENCH_DATABASE_URL']
  const server = given ? { url: given, stop: () => Promise.resolve() } : await ownServer(log)
  const prefix = `universes_bench_${randomBytes(3).toString('hex')}`
  const admin = await open(server.url)
  const created: Database[] = []
  const templates = new Map<string, string>()
  let redis: ReturnType<typeof startRedis> | undefined

  // Migrated once: every database of a run has the same functions.
  const installed = async (): Promise<string> => {
    const name = `${prefix}_installed`
    if (!templates.has(name)) {
      await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`)
      await migrateUp({ url: databaseUrl(server.url, name), schema: 'public' })
      templates.set(name, name)
    }
    return name
  }
  const database = async (template?: string): Promise<Database> => {
    const name = `${prefix}_${created.length}`
    await admin.query(
      `CREATE DATABASE ${name} TEMPLATE ${template ?? (await installed())} STRATEGY file_copy`,
    )
    const url = databaseUrl(server.url, name)
    const client = await open(url)
    const drop = async (): Promise<void> => {
      await client.end().catch(() => undefined)
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    }
    const made = { name, url, client, drop }
    created.push(made)
    return made
  }
  const template: Servers['template'] = async (key, fill, base) => {
    const known = templates.get(key)
    if (known !== undefined) return known
    log(`preparing ${key}`)
    const made = await database(base)
    await fill(made.client, made.url)
    await made.client.end()
    templates.set(key, made.name)
    return made.name
  }
  return {
    version: (await admin.query<{ server_version: string }>('SHOW server_version')).rows[0]!.server_version,
    database,
    template,
    redis: async () => (await (redis ??= startRedis())).url,
    stop: async () => {
      for (const made of created) await made.drop()
      await admin.query(`DROP DATABASE IF EXISTS ${prefix}_installed WITH (FORCE)`)
      await admin.end()
      await server.stop()
      if (redis) await (await redis).stop()
    },
  }
}

async function ownServer(log: (text: string) => void): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'pg-universes-bench-'))
  await chmod(folder, 0o755)
  const data = join(folder, 'data')
  const cluster = await startEmbedded({ directory: data, settings: SETTINGS })
  log(`PostgreSQL on port ${cluster.port}`)
  const release = stopOnExit(() => {
    waitForShutdown(join(data, 'postmaster.pid'))
    removeFolder(folder)
  })
  const stop = async (): Promise<void> => {
    await cluster.stop()
    release()
    await rm(folder, { recursive: true, force: true })
  }
  return { url: cluster.url, stop }
}

function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: SEARCH_PATH })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
