import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { packageRoot } from '../../src/package.js'

const PROGRAM = join(packageRoot, 'dist', 'src', 'cli', 'index.js')
const APT = 'apt-get install python3 python3-requests python3-redis curl postgresql-client'

/** Outcome of a block of commands. */
export interface Finished {
  code: number | null
  stdout: string
  stderr: string
  /** Status of curl's last request. */
  status: number | undefined
  headers: Map<string, string>
}

/**
 * Working directory of a reader: it has the files of the examples, and `universes`, `python3`, `curl` and `psql` on the PATH. A curl
 * configuration file records the headers of every response, so that blocks run exactly as pasted.
 */
export class Workplace {
  readonly folder: string
  readonly #environment: NodeJS.ProcessEnv
  readonly #ends = new Set<() => void>()

  constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.folder = folder
    const bin = join(folder, '.bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'universes'), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`)
    chmodSync(join(bin, 'universes'), 0o755)
    symlinkSync(python(), join(bin, 'python3'))
    for (const program of ['curl', 'psql']) need(program)
    writeFileSync(join(bin, '.curlrc'), `dump-header = "${this.#headerFile}"\n`)
    this.#environment = {
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      CURL_HOME: bin,
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
      NO_COLOR: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      PSQLRC: '/dev/null',
      ...environment,
    }
  }

  get #headerFile(): string {
    return join(this.folder, '.headers')
  }

  /** Sets an environment variable for later blocks. */
  set(name: string, value: string): void {
    this.#environment[name] = value
  }

  /** Stops the processes that still run. */
  close(): void {
    for (const end of this.#ends) end()
  }

  /** Writes a file that the document tells the reader to save. */
  save(name: string, text: string): void {
    writeFileSync(join(this.folder, name), `${text}\n`)
  }

  /**
   * Runs a block as a script that stops at its first failure. An endless one is stopped as soon as `isEnough` accepts its
   * output.
   */
  async run(script: string, isEnough?: (printed: string) => boolean): Promise<Finished> {
    rmSync(this.#headerFile, { force: true })
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: this.folder,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const end = (): void => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    }
    this.#ends.add(end)
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (isEnough?.(stdout)) end()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const code = await new Promise<number | null>((done, failed) => {
      child.once('error', failed)
      child.once('close', done)
    })
    this.#ends.delete(end)
    return { code, stdout, stderr, ...this.#answer() }
  }

  /** Reads status and headers of the last response that curl received. */
  #answer(): Pick<Finished, 'status' | 'headers'> {
    if (!existsSync(this.#headerFile)) return { status: undefined, headers: new Map() }
    const [first = '', ...lines] = readFileSync(this.#headerFile, 'utf8').trim().split(/\r?\n\r?\n/).at(-1)!.split(/\r?\n/) // prettier-ignore
    const headers = lines.map((line) => [line.split(':', 1)[0]!.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const) // prettier-ignore
    return { status: Number(first.split(' ')[1]), headers: new Map(headers) }
  }
}

/** Path of a python3 that has both libraries: the one on the PATH, else the system's, for which Debian packages them. */
function python(): string {
  const found = [...onPath('python3'), '/usr/bin/python3'].find(
    (path) => existsSync(path) && spawnSync(path, ['-c', 'import requests, redis']).status === 0,
  )
  if (found === undefined) throw new Error(`no python3 with requests and redis: ${APT}`)
  return found
}

function need(program: string): void {
  if (onPath(program).length === 0) throw new Error(`${program} is not installed: ${APT}`)
}

function onPath(program: string): string[] {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .filter((path) => existsSync(path))
}
