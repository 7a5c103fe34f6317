import { spawn, type ChildProcess } from 'node:child_process'
import { freePort } from '../../src/dev/cluster.js'
import { stopOnExit } from '../../src/operations/stop-on-exit.js'
import { atEndOfFile } from './leftovers.js'
import { find } from './program.js'
import { removeFolder, temporaryFolder } from './temporary-folder.js'

/** An own Redis server without persistence: what it holds is gone after `stop`. */
export interface RedisServer {
  url: string
  port: number
  /** Name of the program that serves. */
  program: string
  /** Stops the server; clients see a refused connection. */
  stop(this: void): Promise<void>
  /** Starts it again on the same port, empty. */
  start(this: void): Promise<void>
}

/** Starts redis-server or valkey-server from the PATH, else the one that redis-memory-server builds. */
export async function startRedis(port?: number): Promise<RedisServer> {
  const program = await redisProgram()
  if (program === undefined) throw new Error('no Redis: install redis-server or valkey-server')
  const used = port ?? (await freePort())
  let running = await launch(program, used)
  atEndOfFile(() => running.stop())
  return {
    url: `redis://127.0.0.1:${used}`,
    port: used,
    program,
    stop: () => running.stop(),
    start: async () => {
      await running.stop()
      running = await launch(program, used)
    },
  }
}

/**
 * Full path of a Redis server: of the PATH, else one that redis-memory-server downloads and builds, which takes minutes
 * once. Undefined where neither is possible.
 */
export async function redisProgram(): Promise<string | undefined> {
  const installed = find('redis-server') ?? find('valkey-server')
  if (installed !== undefined) return installed
  if (!find('make') || !find('cc')) return undefined
  console.log('no redis-server or valkey-server on the PATH: redis-memory-server fetches and builds one')
  try {
    const { RedisBinary } = await import('redis-memory-server')
    return await RedisBinary.getPath()
  } catch (thrown) {
    console.log(`redis-memory-server failed: ${String(thrown)}`)
    return undefined
  }
}

async function launch(program: string, port: number): Promise<{ stop(): Promise<void> }> {
  const folder = await temporaryFolder()
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn(program, [...options, '--dir', folder, '--daemonize', 'no'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // Redis hangs under the clock of test/days.sh.
    env: { ...process.env, LD_PRELOAD: '' },
    detached: process.platform !== 'win32',
  })
  const forget = stopOnExit(() => {
    child.kill('SIGTERM')
    removeFolder(folder)
  })
  const exited = new Promise<void>((gone) => child.once('exit', () => gone()))
  await untilReady(child, program, port)
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.ref()
      child.kill('SIGTERM')
      await exited
    }
    removeFolder(folder)
    forget()
  }
  return { stop }
}

async function untilReady(child: ChildProcess, program: string, port: number): Promise<void> {
  let log = ''
  await new Promise<void>((ready, failed) => {
    child.once('error', failed)
    child.once('exit', () => failed(new Error(`${program} on port ${port} did not start:\n${log}`)))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-10_000)
      if (log.includes('eady to accept connections')) ready()
    })
  })
  child.unref()
}
