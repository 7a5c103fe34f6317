import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { ConnectOptions } from '../../database/connect.js'
import { packageRoot } from '../../package.js'
import { UniversesError, type ErrorDetails } from '../../errors.js'
import type { LoadOptions } from '../../load/load.js'
import { problem } from '../responses/problem.js'

/** Message to the loading process. */
export interface LoadJob extends Pick<
  LoadOptions,
  'kind' | 'mode' | 'dryRun' | 'force' | 'strict' | 'environment' | 'etf' | 'triggeredBy'
> {
  connection: ConnectOptions
  paths: readonly string[]
  /** Symbols to list per changed universe. */
  symbols: number
}

/** Reply of the loading process. */
export type LoadReply = { document: string } | { error: ErrorDetails & { message: string } }

/** Compiled module, also when the service runs from its sources. */
const PROGRAM = join(packageRoot, 'dist', 'src', 'http', 'uploads', 'load-process.js')
/** Limits of a load; real ones need a tenth. */
const LIMITS = { heapMb: 512, milliseconds: 15 * 60_000 }
const MAX_STDERR = 4_000

/**
 * Runs load() in a child process and returns load_document. A file that needs too much memory or time ends that process, not
 * the service. `signal` also ends it; then nothing is loaded. Rejects as load() does.
 */
export async function loadInChild(job: LoadJob, signal: AbortSignal, limits = LIMITS): Promise<string> {
  signal.throwIfAborted()
  const child = fork(PROGRAM, [], {
    execArgv: [`--max-old-space-size=${limits.heapMb}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const kill = (): void => void child.kill('SIGKILL')
  let late = false
  const timer = setTimeout(() => {
    late = true
    kill()
  }, limits.milliseconds)
  signal.addEventListener('abort', kill)
  try {
    const { reply, ended } = await endOf(child, job)
    if (reply !== undefined) return documentOf(reply)
    signal.throwIfAborted()
    if (late) throw tookTooLong()
    throw OUT_OF_MEMORY.test(ended) ? tookTooMuch(ended) : new Error(`the loading process ended: ${ended}`)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', kill)
    kill()
  }
}

/** End of a process: with a reply, or with an exit code or signal and its last output. */
interface End {
  reply: LoadReply | undefined
  ended: string
}

function endOf(child: ChildProcess, job: LoadJob): Promise<End> {
  return new Promise((done, failed) => {
    let reply: LoadReply | undefined
    let output = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output = `${output}${text}`.slice(-MAX_STDERR)))
    child.once('message', (message) => (reply = message as LoadReply))
    child.once('error', failed)
    child.once('close', (code, signal) => done({ reply, ended: `${signal ?? `code ${code}`}. ${output}` }))
    child.send(job, (error) => error && failed(error))
  })
} // prettier-ignore

function documentOf(reply: LoadReply): string {
  if ('document' in reply) return reply.document
  const { message, ...details } = reply.error
  throw new UniversesError(message, details)
}

/** Ends of a process without memory: V8 aborts when its heap is full, the kernel kills when no memory is left. */
const OUT_OF_MEMORY = /^(SIGABRT|SIGKILL|SIGTRAP|SIGSEGV|code 134)/

function tookTooMuch(ended: string): Error {
  const detail = 'Reading the files took more memory than a load may take. Nothing was loaded.'
  return problem(422, 'too-much-memory', 'The files cannot be read', detail, {
    hint: 'Upload fewer files at a time, and CSV instead of workbooks.',
    cause: new Error(ended),
  })
}

function tookTooLong(): Error {
  const detail = 'The load took longer than a load may take. Nothing was loaded.'
  return problem(504, 'timeout', 'The load took too long', detail, {
    hint: 'Upload fewer files at a time, or load them with the command: universes load.',
  })
}
