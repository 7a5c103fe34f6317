import { UniversesError } from '../errors.js'

/** One event of the outbox, ready to be published. */
export interface RelayEvent {
  /** Position in the outbox; text, because a bigint may exceed what a number holds. */
  seq: string
  event: string
  /** Redis Pub/Sub channels, possibly none. */
  channels: readonly string[]
  /** JSON text of the whole message. */
  message: string
}

/** Result of publishing a batch. */
export interface Accepted {
  /** Number of leading events that arrived. */
  count: number
  /** Error of the event after them; absent when the whole batch arrived. */
  error?: SinkError
}

/** Destination of events. */
export interface Sink {
  /** Name for the log. */
  readonly name: string
  /** Resolves when the sink can accept events; rejects with a SinkError when it cannot. */
  ready(): Promise<void>
  /** Publishes a batch in order. Counts only events that have arrived. */
  publish(batch: readonly RelayEvent[]): Promise<Accepted>
  /** Releases all resources; a pending call fails. */
  close(): Promise<void>
}

/** The sink cannot accept events at present; the relay retries. */
export class SinkError extends Error {
  override readonly name = 'SinkError'
}

/** The reader is gone for good; the relay ends without an error. */
export class SinkClosed extends Error {
  override readonly name = 'SinkClosed'
}

/** The sink must not be written to; a retry would not help. */
export class SinkRefused extends UniversesError {}
