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

/** How far a batch got. */
export interface Accepted {
  /** Number of leading events that have certainly arrived. */
  count: number
  /** Why the event after them has not; absent when the whole batch arrived. */
  error?: SinkError
}

/** Where events go. */
export interface Sink {
  /** Name for the log. */
  readonly name: string
  /** Resolves when the sink can take events, rejects with a SinkError when it cannot. */
  ready(): Promise<void>
  /** Publishes a batch in order. Never claims an event that has not arrived. */
  publish(batch: readonly RelayEvent[]): Promise<Accepted>
  /** Lets go of every resource; what is under way fails. */
  close(): Promise<void>
}

/** The sink cannot take events at the moment: worth another attempt. */
export class SinkError extends Error {
  override readonly name = 'SinkError'
}

/** The reader has gone and will not come back: the relay ends quietly. */
export class SinkClosed extends Error {
  override readonly name = 'SinkClosed'
}

/** The sink must not be written to: another attempt would not help. */
export class SinkRefused extends UniversesError {}
