import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { toUniversesError, UniversesError } from '../errors.js'
import { serverAccount, type Account } from './server-account.js'
import { stopOnExit } from '../operations/stop-on-exit.js'

const run = promisify(execFile)

/** Paths of the programs of one PostgreSQL version. */
export interface Binaries {
  initdb: string
  postgres: string
  pg_ctl: string
}

/** Options of startCluster(). */
export interface ClusterOptions {
  binaries: Binaries
  directory: string
  /** A free port if omitted. */
  port?: number | undefined
  /** Extra arguments of initdb, used only when the folder has no cluster yet. */
  initdbFlags?: readonly string[]
  /** Server settings, passed on the command line. */
  settings?: Readonly<Record<string, string>>
  /** Receives the server log; if omitted, the log is shown only if the server does not start. */
  log?: ((line: string) => void) | undefined
}

/** Running server; accepts local connections as `postgres` without a password. */
export interface Cluster {
  url: string
  port: number
  directory: string
  /** Shuts the server down (fast mode) and waits for its exit. Idempotent. */
  stop(this: void): Promise<void>
}

/**
 * Starts PostgreSQL in a folder and initialises it if it has no cluster. Cleans up after a killed server; rejects for a
 * folder that a running server uses.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const directory = resolve(options.directory)
  const account = await serverAccount(directory)
  await assertNotServed(directory)
  if (!existsSync(join(directory, 'PG_VERSION'))) await initialise(directory, account, options)
  const deadline = Date.now() + 10_000
  for (;;) {
    const port = options.port ?? (await freePort())
    try {
      const child = await launch(directory, port, account, options)
      return cluster(child, directory, port, options.binaries)
    } catch (thrown) {
      if (Date.now() > deadline || !isTransient(thrown, options.port !== undefined)) throw thrown
      await sleep(200)
    }
  }
}

/** Returns a TCP port that was free when checked. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', listening)
  })
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  if (address === null || typeof address === 'string') throw new Error('no TCP port is free')
  return address.port
}

/** Rejects early if a server runs on these files; PostgreSQL's own error is late and obscure. Removes a stale lock. */
async function assertNotServed(directory: string): Promise<void> {
  const lockFile = join(directory, 'postmaster.pid')
  const lock = await readFile(lockFile, 'utf8').catch(() => undefined)
  if (lock === undefined) return
  const [pid, , , port] = lock.split('\n')
  // PostgreSQL itself recognises a dead process and looks for its orphans.
  if (!isAlive(Number(pid))) return
  // After a reboot the process id may belong to another program, which PostgreSQL would take for a server.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres')
  if (!command.includes('postgres') && !command.includes('postmaster')) return rm(lockFile)
  throw new UniversesError(`a PostgreSQL server is already running in ${directory}`, {
    detail: `Process ${pid}, port ${port}.`,
    hint: `Use it (postgres://postgres@127.0.0.1:${port}/postgres), or stop it first (kill -INT ${pid}).`,
  })
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0)
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Initialises a draft folder and renames it, so that an interrupted initdb leaves no partial cluster. */
async function initialise(directory: string, account: Account, options: ClusterOptions): Promise<void> {
  const draft = `${directory}.new`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true, mode: 0o700 })
  if (account.uid !== undefined && account.gid !== undefined) await chown(draft, account.uid, account.gid)
  const args = [
    '-D',
    draft,
    '-U',
    'postgres',
    '--auth=trust',
    '--encoding=UTF8',
    ...(options.initdbFlags ?? []),
  ]
  try {
    await run(options.binaries.initdb, args, {
      ...account,
      cwd: dirname(directory),
      env: serverEnvironment(),
    })
    // Only an empty folder may be in the way.
    await rmdir(directory).catch(() => undefined)
    await rename(draft, directory)
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    throw new UniversesError(`cannot initialise PostgreSQL in ${directory}`, {
      cause,
      detail: stderr || toUniversesError(cause).message,
      hint: 'The folder must be empty or hold a cluster, and be writable for the account the server runs as.',
    })
  }
}

function serverEnvironment(): NodeJS.ProcessEnv {
  // Startup is detected by its English log message.
  return { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' }
}

/** Starts the server process and waits until it accepts connections. */
async function launch(
  directory: string,
  port: number,
  account: Account,
  options: ClusterOptions,
): Promise<ChildProcess> {
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...options.settings }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(options.binaries.postgres, ['-D', directory, '-p', String(port), ...flags], {
    ...account,
    cwd: directory,
    env: serverEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    // Own process group: Ctrl-C must not reach the server, which is stopped after our own work.
    detached: process.platform !== 'win32',
  })
  const log: string[] = []
  await new Promise<void>((ready, failed) => {
    child.once('error', failed)
    child.once('exit', () => failed(new Error('the server stopped')))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('ready to accept connections')) ready()
      for (const line of text.trimEnd().split('\n')) {
        log.push(line)
        options.log?.(line)
      }
      log.splice(0, log.length - 100)
    })
  }).catch((cause: unknown) => {
    throw new UniversesError(`PostgreSQL did not start in ${directory}`, {
      cause,
      detail: log.join('\n') || toUniversesError(cause).message,
      hint: 'The server log above says why.',
    })
  })
  return child
}

/** True if another program took the port, or processes of a killed server are still exiting. */
function isTransient(thrown: unknown, portIsGiven: boolean): boolean {
  const detail = thrown instanceof UniversesError ? (thrown.detail ?? '') : ''
  if (detail.includes('still in use')) return true
  return !portIsGiven && detail.includes('could not create any TCP/IP sockets')
}

function cluster(child: ChildProcess, directory: string, port: number, binaries: Binaries): Cluster {
  // Neither the process nor its log may keep ours alive: a failed command exits and stops the server.
  child.unref()
  const log = child.stderr as Socket
  log.unref()
  const release = stopOnExit(() => child.kill('SIGINT'))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const stop = async (): Promise<void> => {
    if (isRunning()) {
      child.ref()
      if (process.platform === 'win32') await run(binaries.pg_ctl, ['stop', '-D', directory, '-m', 'fast'])
      else child.kill('SIGINT')
      await exited
    }
    log.destroy()
    release()
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, port, directory, stop }
}
