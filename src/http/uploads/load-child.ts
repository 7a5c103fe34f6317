import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { ConnectOptions } from '../../database/connect.js'
import { packageRoot } from '../../package.js'
import { UniversesError, type ErrorDetails } from '../../errors.js'
import type { LoadOptions } from '../../load/load.js'
import { problem } from '../responses/problem.js'

/** What the process of a load is told. */
export interface LoadJob extends Pick<
  LoadOptions,
  'kind' | 'mode' | 'dryRun' | 'force' | 'strict' | 'environment' | 'etf' | 'triggeredBy'
> {
  connection: ConnectOptions
  paths: readonly string[]
  /** Symbols to name per universe that changed. */
  symbols: number
}

/** What it answers. */
export type LoadReply = { document: string } | { error: ErrorDetails & { message: string } }

/** The same file for the sources and for what is built of them. */
const PROGRAM = join(packageRoot, 'dist', 'src', 'http', 'uploads', 'load-process.js')
/** What a load may take; real ones take a tenth. */
const MOST = { heapMb: 512, milliseconds: 15 * 60_000 }
const KEPT_STDERR = 4_000

/**
 * Runs `load()` in a process of its own and returns load_document. A file that is made to take all the memory or all the time
 * there is ends that process and not the service, which goes on answering meanwhile. `signal` ends it, too: nothing is
 * loaded then. Rejects as load() does.
 */
export async function loadInChild(job: LoadJob, signal: AbortSignal, most = MOST): Promise<string> {
  signal.throwIfAborted()
  const child = fork(PROGRAM, [], {
    execArgv: [`--max-old-space-size=${most.heapMb}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const kill = (): void => void child.kill('SIGKILL')
  let late = false
  const timer = setTimeout(() => {
    late = true
    kill()
  }, most.milliseconds)
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

/** How a process ended: with a reply, else with a code or signal and what it said last. */
interface End {
  reply: LoadReply | undefined
  ended: string
}

function endOf(child: ChildProcess, job: LoadJob): Promise<End> {
  return new Promise((done, failed) => {
    let reply: LoadReply | undefined
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-KEPT_STDERR)))
    child.once('message', (message) => (reply = message as LoadReply))
    child.once('error', failed)
    child.once('close', (code, signal) => done({ reply, ended: `${signal ?? `code ${code}`}. ${said}` }))
    child.send(job, (error) => error && failed(error))
  })
} // prettier-ignore

function documentOf(reply: LoadReply): string {
  if ('document' in reply) return reply.document
  const { message, ...details } = reply.error
  throw new UniversesError(message, details)
}

/** V8 aborts when the heap is full, the kernel kills when there is no memory at all. */
const OUT_OF_MEMORY = /^(SIGABRT|SIGKILL|SIGTRAP|SIGSEGV|code 134)/

function tookTooMuch(ended: string): Error {
  const detail = 'Reading the files took more memory than a load may take. Nothing was loaded.'
  return problem(422, 'too-much-memory', 'The files cannot be read', detail, {
    hint: 'Upload fewer at a time, and CSV in place of workbooks.',
    cause: new Error(ended),
  })
}

function tookTooLong(): Error {
  const detail = 'The load took longer than a load may take. Nothing was loaded.'
  return problem(504, 'timeout', 'The load took too long', detail, {
    hint: 'Upload fewer files at a time, or load them with the command: universes load.',
  })
}
