import type { Outbox } from './outbox.js'
import type { RelayEvent, Sink } from './sink.js'

/** Events per batch: large enough to hide the round trips, small enough to repeat after a crash. */
const BATCH_SIZE = 1_000

/** Options of drain(). */
export interface DrainOptions {
  /** Publishes events above this seq; '0' for all that wait. */
  after: string
  /** After a failure: publishes the first event alone, so that none overtakes it should it fail again. */
  careful?: boolean
  /** Stops after the current batch. */
  signal?: AbortSignal | undefined
}

/** Result of drain(). */
export interface Drained {
  count: number
  /** seq of the last event that was marked; `after` of the options when there was none. */
  last: string
}

/**
 * Publishes the waiting events in order until none is left. An event is marked only after the sink has accepted it; of a batch
 * that fails midway the accepted part is marked and the sink's error thrown. Reading the next batch and marking the previous one
 * overlap with publishing.
 */
export async function drain(outbox: Outbox, sink: Sink, options: DrainOptions): Promise<Drained> {
  let size = options.careful ? 1 : BATCH_SIZE
  const done: Drained = { count: 0, last: options.after }
  let marking: Promise<void> = Promise.resolve()
  try {
    let batch = await outbox.claim(size, options.after)
    while (batch.length > 0) {
      const last = batch.at(-1)?.seq ?? done.last
      const more = batch.length === size && options.signal?.aborted !== true
      size = BATCH_SIZE
      const next = handled(more ? outbox.claim(size, last) : Promise.resolve<RelayEvent[]>([]))
      const { count, error } = await sink.publish(batch)
      await marking
      marking = handled(count > 0 ? outbox.mark(batch.slice(0, count)) : Promise.resolve())
      done.count += count
      if (error) throw error
      done.last = last
      batch = await next
    }
  } finally {
    await marking
  }
  return done
}

/** The promise is awaited later: until then a rejection must not end the process. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
