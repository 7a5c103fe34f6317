import { withTimeout } from '../database/timeout.js'
import type { JobEvent } from './watch.js'

/** Proxies and clients end a connection on which nothing is said for long. */
const HEARTBEAT_MS = 15_000
/** How soon a client comes back after a broken connection. */
const RETRY_MS = 2_000

/** Events as text/event-stream, with a comment whenever it would be silent for long. The id is what Last-Event-ID resumes after. */
export async function* eventStream(
  events: AsyncGenerator<JobEvent, void>,
  heartbeatMs = HEARTBEAT_MS,
): AsyncGenerator<string, void> {
  try {
    yield `retry: ${RETRY_MS}\n\n`
    for (let next = events.next(); ;) {
      const result = await withTimeout(next, heartbeatMs, () => undefined)
      if (result === undefined) {
        yield ': still here\n\n'
        continue
      }
      if (result.done) return
      const { seq, event, payload } = result.value
      yield `id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify(payload)}\n\n`
      next = events.next()
    }
  } finally {
    await events.return()
  }
}
