import { spawn } from 'node:child_process'
import { chown, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../src/dev/cluster.js'
import { serverAccount } from '../../src/dev/server-account.js'
import { stopOnExit } from '../../src/operations/stop-on-exit.js'
import { atEndOfFile } from './leftovers.js'
import { removeFolder, temporaryFolder } from './temporary-folder.js'

/** Starts pgbouncer before the server of `url`, with few connections, and returns the URL of the same database through it. */
export async function startPgbouncer(
  program: string,
  url: string,
  mode: 'session' | 'transaction',
): Promise<string> {
  const server = new URL(url)
  const port = await freePort()
  const folder = await temporaryFolder()
  const account = await serverAccount()
  const file = join(folder, 'pgbouncer.ini')
  const user = server.username || 'postgres'
  await writeFile(join(folder, 'users'), `"${user}" ""\n`)
  await writeFile(
    file,
    `[databases]
* = host=${server.hostname} port=${server.port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users')}
pool_mode = ${mode}
default_pool_size = 8
server_reset_query = DISCARD ALL
`,
  )
  if (account.uid !== undefined) await chown(folder, account.uid, account.gid ?? account.uid)
  const child = spawn(program, ['-q', file], { ...account, stdio: 'ignore' })
  const stop = (): void => {
    child.kill('SIGKILL')
    removeFolder(folder)
  }
  const forget = stopOnExit(stop)
  atEndOfFile(() => {
    stop()
    forget()
    return Promise.resolve()
  })
  await answers(port)
  server.host = `127.0.0.1:${port}`
  return server.href
}

async function answers(port: number): Promise<void> {
  for (let left = 100; left > 0; left--) {
    const open = await new Promise<boolean>((done) => {
      const socket = createConnection(port, '127.0.0.1', () => done(true)).once('error', () => done(false))
      socket.once('connect', () => socket.end())
    })
    if (open) return
    await sleep(50)
  }
  throw new Error(`pgbouncer does not answer on port ${port}`)
}
