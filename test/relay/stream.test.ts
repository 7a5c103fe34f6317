import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runCli, startRedis, testDatabase, type RedisServer, type TestDatabase } from '../support/index.js'
import { publish, startRelay, subscribe, until, upTo, waiting, type Message } from './support.js'

const STREAM = 'universes:events'
let db: TestDatabase
let redis: RedisServer
let client: Redis

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  redis = await startRedis()
  client = new Redis(redis.url)
})

beforeEach(async () => {
  await db.query('TRUNCATE universe_events RESTART IDENTITY')
  await client.flushall()
})

afterAll(() => client.disconnect())

async function once(): Promise<{ code: number | null; stderr: string }> {
  return runCli(['relay', '--once', '--stream', STREAM], {
    env: { DATABASE_URL: db.url, REDIS_URL: redis.url },
  })
}

/** Seqs of the stream behind a position, read the way a subscriber catches up. */
async function behind(seq: number): Promise<number[]> {
  const entries = await client.xrange(STREAM, `(${seq}-0`, '+')
  return entries.map(([, fields]) => (JSON.parse(fields[5] ?? '') as Message).seq)
}

test('a subscriber that saw a gap catches up by seq', async () => {
  await publish(db, 1_200)
  await db.query(`SELECT publish_event('unheard_of', '{}')`)
  expect((await once()).code).toBe(0)
  expect(await behind(0)).toEqual(upTo(1_201))
  expect(await behind(1_197)).toEqual([1_198, 1_199, 1_200, 1_201])
  const [entry] = await client.xrange(STREAM, '1200-0', '1200-0')
  const [{ message } = { message: '' }] = await db.query<{ message: string }>(
    'SELECT message FROM next_events(1)',
  )
  expect(message).toBe('')
  expect(entry?.[1].slice(0, 5)).toEqual(['seq', '1200', 'event', 'ipo_assigned', 'message'])
})

test('an event that is delivered again is published again but stays once in the stream', async () => {
  await publish(db, 600)
  expect((await once()).code).toBe(0)
  const subscriber = await subscribe(redis.url)
  await db.query('UPDATE universe_events SET published_at = NULL WHERE seq > 100')
  await publish(db, 10, 'ipo_assigned', 601)
  expect((await once()).code).toBe(0)
  await until(() => subscriber.received.length === 510)
  expect(subscriber.seqs()).toEqual(upTo(610).slice(100))
  expect(await behind(0)).toEqual(upTo(610))
  subscriber.close()
})

test('a stream written from another database is refused, and nothing is marked or lost', async () => {
  await client.xadd(STREAM, '500-0', 'seq', '500', 'event', 'alert', 'message', '{"event": "alert"}')
  await publish(db, 3)
  const { code, stderr } = await once()
  expect(code).toBe(1)
  expect(stderr).toContain('is ahead of event 1 without holding it')
  expect(stderr).toContain('--stream')
  expect(await waiting(db)).toBe(3)
  const relay = await startRelay(db, redis.url, '--stream', STREAM)
  expect((await relay.finished).code).toBe(1)
})

test('the same numbers from another database are refused too', async () => {
  await publish(db, 3)
  expect((await once()).code).toBe(0)
  await db.query('TRUNCATE universe_events RESTART IDENTITY')
  await publish(db, 3, 'delisting_cleanup')
  const { code, stderr } = await once()
  expect(code).toBe(1)
  expect(stderr).toContain('is ahead of event 1 without holding it')
})

test('an event that Redis refuses holds back the ones behind it until it is accepted', async () => {
  const subscriber = await subscribe(redis.url)
  await client.set(STREAM, 'not a stream')
  const relay = await startRelay(db, redis.url, '--stream', STREAM)
  await publish(db, 5)
  await relay.waitFor(/Redis is not available.*|WRONGTYPE/)
  expect(relay.stderr()).toContain('WRONGTYPE')
  expect(await waiting(db)).toBe(5)
  await client.del(STREAM)
  await until(async () => (await waiting(db)) === 0)
  await until(() => subscriber.received.length === 5)
  expect(subscriber.seqs()).toEqual(upTo(5))
  expect(await behind(0)).toEqual(upTo(5))
  expect((await relay.stop()).stderr).toContain('Redis is available again')
  subscriber.close()
})
