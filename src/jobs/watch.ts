import { setTimeout as sleep } from 'node:timers/promises'
import { AutoResetEvent } from '../database/auto-reset-event.js'
import { backOff } from '../database/backoff.js'
import type { Notifier } from '../database/notifier.js'
import { SQLSTATE, toUniversesError } from '../errors.js'
import type { Queries } from './runner.js'

/** A hint may get lost; this often a watcher looks without one. */
const LOOK_MS = 2_000
/** Hints are for everything that happens: between two that were for others a watcher takes this pause. */
const SPURIOUS_MS = 50

/** What a job tells: completed or failed is the end. */
export interface JobEvent {
  /** Position in the outbox; text, because a bigint may exceed what a number holds. */
  seq: string
  event: 'triggered' | 'progress' | 'completed' | 'failed'
  payload: Record<string, unknown>
}

/** Whom to watch, and from where. */
export interface Watching {
  queries: Queries
  notifier: Notifier
  id: string
  after: string
  signal: AbortSignal
}

/** Resolves with the events of a job once the first look has succeeded. */
export async function watchJob(watching: Watching): Promise<AsyncGenerator<JobEvent, void>> {
  return follow(watching, await look(watching, watching.after))
}

async function* follow(watching: Watching, first: JobEvent[]): AsyncGenerator<JobEvent, void> {
  const { notifier, signal } = watching
  const hint = new AutoResetEvent()
  const wake = (): void => hint.set()
  const unsubscribe = notifier.subscribe({ onHint: wake })
  signal.addEventListener('abort', wake)
  let { after } = watching
  let failures = 0
  try {
    for (let events = first; !signal.aborted;) {
      for (const event of events) {
        yield event
        if (event.event === 'completed' || event.event === 'failed') return
        after = event.seq
      }
      try {
        events = await look(watching, after)
        failures = 0
        if (events.length > 0) continue
        await sleep(SPURIOUS_MS, undefined, { signal })
        await hint.wait(LOOK_MS)
      } catch (error) {
        events = []
        if (toUniversesError(error).code === SQLSTATE.notFound) {
          yield vanished(watching.id, after, error)
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

function look({ queries, id }: Watching, after: string): Promise<JobEvent[]> {
  return queries.rows<JobEvent>('SELECT seq, event, payload FROM job_events($1, $2)', [id, after])
}

/** A run that is nobody's job leaves nothing behind when its process is ended. */
function vanished(id: string, seq: string, error: unknown): JobEvent {
  const { code, message } = toUniversesError(error)
  return {
    seq,
    event: 'failed',
    payload: { job_id: id, status: 'failed', error: { sqlstate: code, message } },
  }
}
