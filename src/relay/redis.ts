import { Redis } from 'ioredis'
import { backoffMs } from '../database/backoff.js'
import { PUBLISH_EVENTS, STREAM_AHEAD } from './redis-script.js'
import { parseRedisUrl } from './redis-url.js'
import { SinkError, SinkRefused, type Accepted, type RelayEvent, type Sink } from './sink.js'

/** Events per call of the script: Redis serves no other client meanwhile. */
const EVENTS_PER_CALL = 250
const MAX_RETRY_MS = 1_000
const STATES = ['ready', 'close', 'end'] as const

/** Options of a RedisSink. */
export interface RedisSinkOptions {
  /** `redis://` or `rediss://`. */
  url: string
  /** Name of a Redis Stream to which every event is added too, under the id `<seq>-0`. */
  stream?: string | undefined
}

/**
 * Publishes to Redis Pub/Sub, and to a stream when one is named. ioredis reconnects for ever but queues no commands: those
 * without a reply when the connection broke have failed, and the outbox offers their events again. A server that does not reply
 * for ten seconds counts as unavailable.
 */
export class RedisSink implements Sink {
  readonly name = 'Redis'
  readonly #redis: Redis
  readonly #label: string
  readonly #stream: string | undefined
  #reason = 'no connection'

  constructor({ url, stream }: RedisSinkOptions) {
    const { options, label } = parseRedisUrl(url)
    this.#label = label
    this.#stream = stream
    this.#redis = new Redis({
      ...options,
      connectionName: 'pg-universes-relay',
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 5_000,
      disconnectTimeout: 200,
      socketTimeout: 10_000,
      retryStrategy: (attempt) => backoffMs(attempt - 1, MAX_RETRY_MS),
    })
    // Keep only the message: an ioredis error has the command, which may contain the password.
    this.#redis.on('error', (error: Error) => (this.#reason = error.message || error.name))
  }

  async ready(): Promise<void> {
    const redis = this.#redis
    if (redis.status === 'ready') return
    if (redis.status === 'wait') redis.connect().catch(() => undefined)
    await new Promise<void>((resolve, reject) => {
      const onState = (): void => {
        for (const state of STATES) redis.off(state, onState)
        if (redis.status === 'ready') resolve()
        else reject(this.#unavailable(this.#reason))
      }
      for (const state of STATES) redis.on(state, onState)
      if (redis.status === 'end') onState()
    })
  }

  async publish(batch: readonly RelayEvent[]): Promise<Accepted> {
    let count = 0
    while (count < batch.length) {
      const part = batch.slice(count, count + EVENTS_PER_CALL)
      const [arrived, problem] = await this.#call(part)
      count += arrived
      if (problem === STREAM_AHEAD) throw this.#streamAhead(batch[count]?.seq)
      if (problem !== undefined) return { count, error: this.#unavailable(problem) }
    }
    return { count }
  }

  close(): Promise<void> {
    this.#redis.disconnect()
    return Promise.resolve()
  }

  async #call(events: readonly RelayEvent[]): Promise<[count: number, problem?: string]> {
    const keys = this.#stream === undefined ? [] : [this.#stream]
    const fields: string[] = []
    for (const { seq, event, message, channels } of events) {
      fields.push(seq, event, message, String(channels.length), ...channels)
    }
    try {
      return (await this.#redis.eval(PUBLISH_EVENTS, keys.length, ...keys, ...fields)) as [number, string?]
    } catch (error) {
      return [0, this.#redis.status === 'ready' && error instanceof Error ? error.message : this.#reason]
    }
  }

  #unavailable(reason: string): SinkError {
    return new SinkError(`${this.#label}: ${reason}`)
  }

  #streamAhead(seq: string | undefined): SinkRefused {
    return new SinkRefused(`the Redis stream "${this.#stream}" is ahead of event ${seq} without holding it`, {
      detail: 'The stream was written from another database, or the event has been trimmed from it.',
      hint: 'Pass another name to --stream, or delete the stream when nobody reads it.',
    })
  }
}
