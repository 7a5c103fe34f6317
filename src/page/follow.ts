import { ApiError, call, get, path } from './api.js'
import type { JobProgress, JobStatus } from '../documents/runs.js'
import { EventParser } from './stream.js'

/** Attempts to open a broken stream before the status is polled instead. */
const ATTEMPTS = 3
const POLL_MS = 700

/** Callbacks for the progress of a job. */
export interface Follower {
  /** The job has been accepted, with these steps. */
  triggered(this: void, steps: readonly string[]): void
  /** A step has finished. */
  progress(this: void, step: JobProgress): void
  /** Polled status, if there is no stream. */
  status(this: void, status: JobStatus): void
  /** The stream broke; the page reconnects or polls. */
  broken(this: void): void
}

/** Path of the status or event stream of a job. */
export function jobPath(what: 'status' | 'events', jobId: string): string {
  return path('api', 'processing', 'cache-sync', what, jobId)
}

/** Follows a job until it has finished and returns its status. Resumes a broken stream, and polls if there is none. */
export async function follow(jobId: string, follower: Follower, signal: AbortSignal): Promise<JobStatus> {
  const parser = new EventParser()
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = parser.lastId
    try {
      if (await read(jobId, parser, follower, signal)) break
    } catch (error) {
      if (signal.aborted) throw error
      // An unknown job, or one that the key may not read, stays so.
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) throw error
    }
    // Only streams without a new event count as failed attempts.
    if (parser.lastId !== before) attempt = -1
    follower.broken()
    await pause(400 * 2 ** Math.max(attempt, 0), signal)
  }
  return poll(jobId, follower, signal)
}

/** Reads one stream; true if the job has finished. */
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
