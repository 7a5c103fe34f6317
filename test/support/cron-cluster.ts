import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, type Binaries } from '../../src/dev/cluster.js'
import { stopOnExit } from '../../src/operations/stop-on-exit.js'
import { atEndOfFile } from './leftovers.js'
import { waitForShutdown } from './postgres-server.js'
import { removeFolder, temporaryFolder } from './temporary-folder.js'

/** Where Debian and Ubuntu install PostgreSQL. */
const PROGRAMS = '/usr/lib/postgresql'
const EXTENSIONS = '/usr/share/postgresql'

/** A server with pg_cron loaded. */
export interface CronCluster {
  port: number
  /** Connection string of a database of this server. */
  url(database?: string): string
  /** Stops the server and removes its data. */
  stop(this: void): Promise<void>
}

/**
 * Starts a server of its own from the operating system's packages with pg_cron serving `database`
 * (`cron.database_name`). Undefined where the packages are not installed; in CI that is an error.
 */
export async function startPostgres15WithCron(database = 'postgres'): Promise<CronCluster | undefined> {
  const version = newestWithCron()
  if (version === undefined) {
    if (process.env['CI']) throw new Error('pg_cron is not installed: apt-get install postgresql-15-cron')
    return undefined
  }
  const folder = await temporaryFolder()
  const server = await startCluster({
    binaries: binaries(version),
    directory: join(folder, 'data'),
    initdbFlags: ['--locale=C.UTF-8', '--no-sync'],
    settings: {
      shared_preload_libraries: 'pg_cron',
      'cron.database_name': database,
      'cron.use_background_workers': 'on',
      max_worker_processes: '20',
      fsync: 'off',
    },
  })
  const keepFolder = stopOnExit(() => {
    waitForShutdown(join(folder, 'data', 'postmaster.pid'))
    removeFolder(folder)
  })
  const stop = async (): Promise<void> => {
    await server.stop()
    removeFolder(folder)
    keepFolder()
    forget()
  }
  const forget = atEndOfFile(stop)
  return {
    port: server.port,
    url: (name = database) => `postgres://postgres@127.0.0.1:${server.port}/${name}`,
    stop,
  }
}

function newestWithCron(): string | undefined {
  if (!existsSync(PROGRAMS)) return undefined
  return readdirSync(PROGRAMS)
    .filter((version) => existsSync(join(EXTENSIONS, version, 'extension', 'pg_cron.control')))
    .filter((version) => existsSync(binaries(version).initdb))
    .sort((one, other) => Number(other) - Number(one))[0]
}

function binaries(version: string): Binaries {
  const program = (name: string): string => join(PROGRAMS, version, 'bin', name)
  return { initdb: program('initdb'), postgres: program('postgres'), pg_ctl: program('pg_ctl') }
}
