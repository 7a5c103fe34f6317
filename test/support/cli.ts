import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../src/package.js'

const PROGRAM = join(packageRoot, 'dist', 'src', 'cli', 'index.js')

/** Options of runCli() and spawnCli(). */
export interface CliOptions {
  /** Added to an environment without settings of the product. */
  env?: Readonly<Record<string, string>>
  /** Standard input; empty when left out. */
  input?: string | Buffer
  /** Working directory; the package root when left out. */
  cwd?: string
}

/** Result of a finished command. */
export interface CliResult {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A running command. */
export interface CliProcess {
  child: ChildProcess
  pid: number
  /** Everything printed so far. */
  stdout(): string
  stderr(): string
  /** Resolves when stdout or stderr matches; rejects when the process ends first. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends a signal (SIGTERM when left out) and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<CliResult>
  /** The end of the process, with everything it printed. */
  finished: Promise<CliResult>
}

const running = new Set<ChildProcess>()

/** Runs `universes` with these arguments to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return spawnCli(args, options).finished
}

/** Starts `universes` as a separate process; killed when the test file ends. */
export function spawnCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd ?? packageRoot,
    env: { ...neutralEnvironment(), ...options.env },
    stdio: 'pipe',
  })
  running.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // A command may end without reading its input, which breaks the pipe.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const finished = new Promise<CliResult>((done, failed) => {
    child.once('error', failed)
    child.once('close', (code, signal) => {
      running.delete(child)
      done({ code, signal, stdout, stderr })
    })
  })
  return {
    child,
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    waitFor: (pattern) => waitForOutput(child, pattern, () => [stdout, stderr]),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return finished
    },
    finished,
  }
}

/** Kills every command that still runs. */
export function killRunning(): void {
  for (const child of running) child.kill('SIGKILL')
}

function waitForOutput(
  child: ChildProcess,
  pattern: RegExp,
  output: () => string[],
): Promise<RegExpExecArray> {
  return new Promise((found, failed) => {
    const look = (): void => {
      for (const text of output()) {
        const match = new RegExp(pattern.source, pattern.flags.replace('g', '')).exec(text)
        if (match) return settle(() => found(match))
      }
    }
    const ended = (): void => {
      look()
      settle(() => failed(new Error(`the command ended before printing ${pattern}:\n${output().join('\n')}`)))
    }
    const settle = (report: () => void): void => {
      child.off('close', ended)
      child.stdout?.off('data', look)
      child.stderr?.off('data', look)
      report()
    }
    child.once('close', ended)
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    look()
  })
}

/** Removes the settings of the product and PostgreSQL, which must not affect the commands under test. */
function neutralEnvironment(): NodeJS.ProcessEnv {
  const settings =
    /^(PG[A-Z]+|DATABASE_URL|REDIS_URL|UNIVERSES_\w+|LOG_LEVEL|NODE_OPTIONS|FORCE_COLOR|VITEST.*)$/
  const kept = Object.entries(process.env).filter(([name]) => !settings.test(name))
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}
