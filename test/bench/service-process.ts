import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createKey } from '../../src/http/security/keys.js'
import { stopOnExit } from '../../src/operations/stop-on-exit.js'
import { packageRoot } from '../../src/package.js'

/** A service in a separate process, as an operator runs it. */
export interface ServiceProcess {
  url: string
  /** Headers with a key of scope `operate`. */
  headers: Record<string, string>
  /** Returns the resident set size in bytes. */
  residentSet(): number
  /** Returns the log lines of level warn and above. */
  warnings(): string[]
  /** Sends SIGTERM and returns the exit code. */
  stop(): Promise<number | null>
}

/** Starts `universes serve --relay` with API keys and a rate limit too high to matter. */
export async function startServiceProcess(
  database: string,
  redis: string,
  stream: string,
): Promise<ServiceProcess> {
  const { key, entry } = createKey('bench', 'operate')
  const program = join(packageRoot, 'dist', 'src', 'cli', 'index.js')
  const args = ['serve', '--relay', '--stream', stream, '--port', '0']
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      ...process.env,
      DATABASE_URL: database,
      REDIS_URL: redis,
      LOG_LEVEL: 'warn',
      UNIVERSES_API_KEYS: entry,
      UNIVERSES_REQUESTS_PER_MINUTE: '1000000000',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const forget = stopOnExit(() => child.kill('SIGKILL'))
  let logged = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (logged += text))
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const url = await new Promise<string>((found, failed) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const address = /listening on (http:\S+)/.exec((said += text))?.[1]
      if (address !== undefined) found(address)
    })
    void ended.then((code) => failed(new Error(`universes serve ended with code ${code}: ${logged}`)))
  })
  return {
    url,
    headers: { 'x-api-key': key },
    residentSet: () => 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)]).toString()),
    warnings: () => logged.split('\n').filter((line) => line !== ''),
    stop: () => {
      child.kill('SIGTERM')
      return ended.finally(forget)
    },
  }
}
