import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from '../../src/dev/cluster.js'
import { startEmbedded } from '../../src/dev/embedded.js'
import { stopOnExit } from '../../src/operations/stop-on-exit.js'
import { atEndOfFile } from './leftovers.js'
import { removeFolder, temporaryFolder } from './temporary-folder.js'

/** Test data need not survive a power cut. */
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
}

/** An own PostgreSQL server, in a temporary folder and on a free port. */
export interface PostgresServer {
  url: string
  port: number
  /** Shuts the server down; its data stays for `restart`. */
  stop(this: void): Promise<void>
  /** Starts the server again on the same port with the same data; a running one is shut down first. */
  restart(this: void): Promise<void>
  /** Shuts the server down and removes its data; happens by itself at the end of a test file. */
  remove(this: void): Promise<void>
}

/** Starts an embedded PostgreSQL with settings for speed; `settings` are added to them. */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const folder = await temporaryFolder()
  const start = (port?: number): Promise<Cluster> =>
    startEmbedded({
      directory: join(folder, 'data'),
      port,
      settings: { ...FAST, ...settings },
      initdbFlags: ['--no-sync'],
    })
  let current = await start()
  const { url, port } = current
  const keepFolder = stopOnExit(() => {
    waitForShutdown(join(folder, 'data', 'postmaster.pid'))
    removeFolder(folder)
  })
  const remove = async (): Promise<void> => {
    await current.stop()
    removeFolder(folder)
    keepFolder()
    forget()
  }
  const forget = atEndOfFile(remove)
  return {
    url,
    port,
    stop: () => current.stop(),
    restart: async () => {
      await current.stop()
      current = await start(port)
    },
    remove,
  }
}

/** At the end of the process nothing asynchronous runs: wait here until the server has removed its lock. */
export function waitForShutdown(lockFile: string): void {
  const clock = new Int32Array(new SharedArrayBuffer(4))
  for (let left = 100; left > 0 && existsSync(lockFile); left -= 1) Atomics.wait(clock, 0, 0, 50)
}
