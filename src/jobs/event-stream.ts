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
      const result = await orAfter(next, heartbeatMs)
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

/** The result, or undefined when there is none by then. */
async function orAfter<T>(result: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds)
  })
  return Promise.race([result, elapsed]).finally(() => clearTimeout(timer))
}
