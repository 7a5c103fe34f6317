import { Redis } from 'ioredis'
import type { CliProcess, TestDatabase } from '../support/index.js'
import { spawnCli } from '../support/index.js'

/** A message as a subscriber reads it. */
export interface Message {
  event: string
  timestamp: string
  source: string
  version: string
  seq: number
  prev_seq: number
  payload: Record<string, unknown>
}

/** A subscriber and its received messages. */
export interface Subscriber {
  received: { channel: string; message: Message }[]
  /** The numbers of the messages, in order of arrival. */
  seqs(): number[]
  close(): void
}

/** Subscribes to every channel; a lost connection is replaced. */
export async function subscribe(url: string): Promise<Subscriber> {
  const redis = new Redis(url, { retryStrategy: () => 100, maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  const received: Subscriber['received'] = []
  redis.on('pmessage', (_pattern, channel, text) =>
    received.push({ channel, message: JSON.parse(text) as Message }),
  )
  await redis.psubscribe('*')
  return { received, seqs: () => received.map(({ message }) => message.seq), close: () => redis.disconnect() }
}

/** Starts a relay and waits until it reports that it is active or on standby. */
export async function startRelay(
  database: TestDatabase | string,
  redis: string,
  ...args: string[]
): Promise<CliProcess> {
  const url = typeof database === 'string' ? database : database.url
  const relay = spawnCli(['relay', ...args], { env: { DATABASE_URL: url, REDIS_URL: redis } })
  await relay.waitFor(/relay is working|standing by/)
  return relay
}

/** Writes events of one kind in one transaction, numbered from `first` in their payload. */
export async function publish(
  database: Pick<TestDatabase, 'query'>,
  count: number,
  event = 'ipo_assigned',
  first = 1,
): Promise<void> {
  await database.query(
    `SELECT publish_events(jsonb_agg(jsonb_build_object('event', $1::text, 'payload', jsonb_build_object('n', n)) ORDER BY n))
     FROM generate_series($2::integer, $3::integer) AS n`,
    [event, first, first + count - 1],
  )
}

/** Number of events that wait. */
export async function waiting(database: Pick<TestDatabase, 'query'>): Promise<number> {
  const [row] = await database.query<{ events: string }>('SELECT events FROM unpublished_events')
  return Number(row?.events)
}

/** Resolves when the condition holds; the time limit of the test is the only limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** The numbers without repetitions, in order of first arrival. */
export function distinct(seqs: readonly number[]): number[] {
  return [...new Set(seqs)]
}

/** 1, 2, 3 ... count */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
