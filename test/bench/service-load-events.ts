import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Client } from 'pg'

const STREAM = 'bench:events'

/** Subscription to the events on Redis. */
export interface Following {
  /** Name of the stream. */
  stream: string
  redis: Redis
  /** Sequence numbers that the subscriber received. */
  heard: Set<number>
  close(this: void): void
}

/** Subscribes to all channels and records the sequence numbers. */
export async function follow(url: string): Promise<Following> {
  const [redis, subscriber] = [new Redis(url), new Redis(url)]
  const heard = new Set<number>()
  subscriber.on('pmessage', (_pattern: string, _channel: string, message: string) => {
    heard.add((JSON.parse(message) as { seq: number }).seq)
  })
  await redis.del(STREAM)
  await subscriber.psubscribe('*')
  const close = (): void => {
    redis.disconnect()
    subscriber.disconnect()
  }
  return { stream: STREAM, redis, heard, close }
}

/** Delivery of the events of a run. */
export interface Events {
  total: number
  /** Number of events missing in the stream. */
  missing: number
  /** Number of events that the subscriber did not receive. */
  unheard: number
  /** Number of stream entries whose prev_seq is not the entry before. */
  gaps: number
}

/** Compares the outbox with the stream and the subscriber. */
export async function lostEvents(
  client: Client,
  { redis, heard }: Following,
  after: number,
): Promise<Events> {
  const { rows } = await client.query<{ seq: string; channels: boolean }>(
    `SELECT e.seq, EXISTS (SELECT FROM event_channels AS c WHERE c.event = e.event) AS channels
     FROM universe_events AS e WHERE e.seq > $1 ORDER BY e.seq`,
    [after],
  )
  await sleep(500)
  const kept = (await redis.xrange(STREAM, '-', '+')).map(
    ([, fields]) => JSON.parse(fields[5] ?? '') as { seq: number; prev_seq: number },
  )
  const stored = new Set(kept.map(({ seq }) => seq))
  return {
    total: rows.length,
    missing: rows.filter(({ seq }) => !stored.has(Number(seq))).length,
    unheard: rows.filter(({ seq, channels }) => channels && !heard.has(Number(seq))).length,
    gaps: kept.filter(({ prev_seq }, index) => index > 0 && prev_seq !== kept[index - 1]!.seq).length,
  }
}
