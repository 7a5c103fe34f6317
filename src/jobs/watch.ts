import { setTimeout as sleep } from 'node:timers/promises'
import { AutoResetEvent } from '../database/auto-reset-event.js'
import { backOff } from '../database/backoff.js'
import type { Notifier } from '../database/notifier.js'
import { SQLSTATE, toUniversesError } from '../errors.js'
import type { Queries } from './runner.js'

/** Interval of polling without a hint: a hint can get lost. */
const POLL_MS = 2_000
/** Pause after a poll that found nothing: hints announce every event, not only those of this job. */
const QUIET_MS = 50

/** One event of a job; completed and failed are the last. */
export interface JobEvent {
  /** Position in the outbox; text, because a bigint may exceed what a number holds. */
  seq: string
  event: 'triggered' | 'progress' | 'completed' | 'failed'
  payload: Record<string, unknown>
}

/** Options of watchJob(). */
export interface WatchOptions {
  queries: Queries
  notifier: Notifier
  id: string
  after: string
  signal: AbortSignal
}

/** Resolves with the events of a job once the first query has succeeded. */
export async function watchJob(options: WatchOptions): Promise<AsyncGenerator<JobEvent, void>> {
  return follow(options, await poll(options, options.after))
}

async function* follow(options: WatchOptions, first: JobEvent[]): AsyncGenerator<JobEvent, void> {
  const { notifier, signal } = options
  const hint = new AutoResetEvent()
  const wake = (): void => hint.set()
  const unsubscribe = notifier.subscribe({ onHint: wake })
  signal.addEventListener('abort', wake)
  let { after } = options
  let failures = 0
  try {
    for (let events = first; !signal.aborted;) {
      for (const event of events) {
        yield event
        if (event.event === 'completed' || event.event === 'failed') return
        after = event.seq
      }
      try {
        events = await poll(options, after)
        failures = 0
        if (events.length > 0) continue
        await sleep(QUIET_MS, undefined, { signal })
        await hint.wait(POLL_MS)
      } catch (error) {
        events = []
        if (toUniversesError(error).code === SQLSTATE.notFound) {
          yield vanished(options.id, after, error)
          return
        }
        await backOff(failures++, signal)
      }
    }
  } finally {
    unsubscribe()
    signal.removeEventListener('abort', wake)
  }
}

function poll({ queries, id }: WatchOptions, after: string): Promise<JobEvent[]> {
  return queries.rows<JobEvent>('SELECT seq, event, payload FROM job_events($1, $2)', [id, after])
}

/** Synthesizes the end of a run without a job whose process was killed: its transaction left no trace. */
function vanished(id: string, seq: string, error: unknown): JobEvent {
  const { code, message } = toUniversesError(error)
  return {
    seq,
    event: 'failed',
    payload: { job_id: id, status: 'failed', error: { sqlstate: code, message } },
  }
}
