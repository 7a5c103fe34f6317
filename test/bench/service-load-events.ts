import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Client } from 'pg'

const STREAM = 'bench:events'

/** What Redis gets. */
export interface Following {
  /** Name of the stream. */
  stream: string
  redis: Redis
  /** Numbers of the events that a subscriber heard of. */
  heard: Set<number>
  close(this: void): void
}

/** Everything that Redis gets, as a subscriber hears it and as the stream keeps it. */
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

/** What became of the events of a run. */
export interface Events {
  total: number
  /** Not in the stream. */
  missing: number
  /** Heard by no subscriber. */
  unheard: number
  /** Entries of the stream that do not follow the one before. */
  gaps: number
}

/** Compares the outbox with what Redis got. */
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
