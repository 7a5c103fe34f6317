import { ApiError, call, get, path } from './api.js'
import type { JobProgress, JobStatus } from '../documents/runs.js'
import { EventParser } from './stream.js'

/** Streams that break are opened again this often before the status is polled instead. */
const ATTEMPTS = 3
const POLL_MS = 700

/** Who hears how a job comes on. */
export interface Follower {
  /** The steps that the job will take. */
  triggered(this: void, steps: readonly string[]): void
  /** A step has ended. */
  progress(this: void, step: JobProgress): void
  /** Where it stands, when there is no stream. */
  status(this: void, status: JobStatus): void
  /** The stream broke; it is opened again, or polled. */
  broken(this: void): void
}

/** Address of a job below the API. */
export function jobPath(what: 'status' | 'events', jobId: string): string {
  return path('api', 'processing', 'cache-sync', what, jobId)
}

/** Follows a job to its end and returns how it ended. A broken stream is resumed where it broke; without streams it polls. */
export async function follow(jobId: string, follower: Follower, signal: AbortSignal): Promise<JobStatus> {
  const parser = new EventParser()
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = parser.lastId
    try {
      if (await read(jobId, parser, follower, signal)) break
    } catch (error) {
      if (signal.aborted) throw error
      // A job that the service does not know, or may not show, will not get better.
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) throw error
    }
    // What arrived is progress: only streams that bring nothing count.
    if (parser.lastId !== before) attempt = -1
    follower.broken()
    await pause(400 * 2 ** Math.max(attempt, 0), signal)
  }
  return poll(jobId, follower, signal)
}

/** Reads one stream; true when the job has ended. */
async function read(
  jobId: string,
  parser: EventParser,
  follower: Follower,
  signal: AbortSignal,
): Promise<boolean> {
  const headers = new Headers({ accept: 'text/event-stream' })
  if (parser.lastId !== undefined) headers.set('last-event-id', parser.lastId)
  const response = await call(jobPath('events', jobId), { headers, signal, cache: 'no-store' })
  parser.restart()
  const decoder = new TextDecoder()
  const reader = response.body!.getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return false
    for (const { event, data } of parser.push(decoder.decode(value, { stream: true }))) {
      const payload = JSON.parse(data) as JobProgress & { steps?: readonly string[] }
      if (event === 'triggered') follower.triggered(payload.steps ?? [])
      else if (event === 'progress') follower.progress(payload)
      else if (event === 'completed' || event === 'failed') return true
    }
  }
}

async function poll(jobId: string, follower: Follower, signal: AbortSignal): Promise<JobStatus> {
  for (;;) {
    try {
      const status = await get<JobStatus>(jobPath('status', jobId), signal)
      if (status.status === 'completed' || status.status === 'failed') return status
      follower.status(status)
    } catch (error) {
      const unavailable =
        error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 429)
      if (signal.aborted || !unavailable) throw error
      follower.broken()
    }
    await pause(POLL_MS, signal)
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(new DOMException('stopped', 'AbortError'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', stop, { once: true })
  })
}
