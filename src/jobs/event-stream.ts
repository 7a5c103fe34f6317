import { withTimeout } from '../database/timeout.js'
import type { JobEvent } from './watch.js'

/** Proxies and clients close connections that stay silent for long. */
const HEARTBEAT_MS = 15_000
/** Delay before a client reconnects. */
const RETRY_MS = 2_000

/** Formats events as text/event-stream, with a comment as heartbeat. A client resumes with the id in Last-Event-ID. */
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
