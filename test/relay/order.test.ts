import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli, startRedis, testDatabase, type RedisServer, type TestDatabase } from '../support/index.js'
import {
  publish,
  startRelay,
  subscribe,
  until,
  upTo,
  waiting,
  type Message,
  type Subscriber,
} from './support.js'

let db: TestDatabase
let redis: RedisServer
let subscriber: Subscriber

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  redis = await startRedis()
  subscriber = await subscribe(redis.url)
})

afterAll(() => subscriber.close())

test('10,000 events written by several connections arrive once each, in order, as an unbroken chain', async () => {
  const relay = await startRelay(db, redis.url)
  await Promise.all(
    [0, 1, 2, 3].map(async (writer) => {
      for (let n = 0; n < 25; n++) await publish(db, 100, 'ipo_assigned', writer * 2_500 + n * 100 + 1)
    }),
  )
  await until(() => subscriber.received.length >= 10_000)
  await until(async () => (await waiting(db)) === 0)
  expect(subscriber.seqs()).toEqual(upTo(10_000))
  expect(subscriber.received.map(({ message }) => message.prev_seq)).toEqual(
    upTo(10_000).map((seq) => seq - 1),
  )
  const stored = await db.query<{ n: number }>(
    `SELECT (payload ->> 'n')::integer AS n FROM universe_events ORDER BY seq`,
  )
  expect(subscriber.received.map(({ message }) => message.payload['n'])).toEqual(stored.map(({ n }) => n))
  expect((await relay.stop()).code).toBe(0)
})

test('a later transaction that commits first comes first, and the earlier one is not lost', async () => {
  const relay = await startRelay(db, redis.url)
  const start = subscriber.received.length
  const [early, late] = [await db.client(), await db.client()]
  await early.query('BEGIN')
  await early.query(`SELECT count(*) FROM universe_events`)
  await late.query('BEGIN')
  await late.query(`SELECT publish_event('ipo_assigned', '{"by": "late"}')`)
  const blocked = early.query(`SELECT publish_event('ipo_assigned', '{"by": "early"}')`)
  await late.query('COMMIT')
  await blocked
  await early.query('COMMIT')
  await until(() => subscriber.received.length === start + 2)
  const [first, second] = subscriber.received.slice(start).map(({ message }) => message)
  expect([first?.payload['by'], second?.payload['by']]).toEqual(['late', 'early'])
  expect(second?.prev_seq).toBe(first?.seq)
  await relay.stop()
})

test('a payload far over 8,000 bytes, and an event for several channels', async () => {
  const relay = await startRelay(db, redis.url)
  const start = subscriber.received.length
  const text = 'Zoë ☃ '.repeat(100_000)
  await db.query(`SELECT publish_event('universe_updated', $1)`, [{ text }])
  await until(() => subscriber.received.length === start + 2)
  const [one, two] = subscriber.received.slice(start)
  expect([one?.channel, two?.channel]).toEqual(['tickstock:universe:updated', 'universe_updates'])
  expect(one?.message.payload['text']).toBe(text)
  expect(two?.message).toEqual(one?.message)
  await relay.stop()
})

test('channels follow the table while the relay runs', async () => {
  const relay = await startRelay(db, redis.url)
  const start = subscriber.received.length
  await db.query(`INSERT INTO event_channels VALUES ('made_up', 'some:channel')`)
  await db.query(`SELECT publish_event('made_up', '{}')`)
  await until(() => subscriber.received.length === start + 1)
  expect(subscriber.received.at(-1)?.channel).toBe('some:channel')
  await relay.stop()
})

test('an event that is set back to unpublished is published once more by the running relay', async () => {
  const relay = await startRelay(db, redis.url)
  await publish(db, 3)
  await until(async () => (await waiting(db)) === 0)
  const start = subscriber.received.length
  const [row] = await db.query<{ seq: string }>(
    `UPDATE universe_events SET published_at = NULL WHERE seq = (SELECT max(seq) - 1 FROM universe_events) RETURNING seq`,
  )
  await until(() => subscriber.received.length > start)
  expect(subscriber.seqs().slice(start)).toEqual([Number(row?.seq)])
  await relay.stop()
})

test('--sink stdout prints one line per event, in order, and nothing else', async () => {
  const env = { DATABASE_URL: db.url }
  await runCli(['relay', '--once', '--sink', 'stdout'], { env })
  await publish(db, 2_500)
  await db.query(`SELECT publish_event('unheard_of', '{"text": "line one\\nline two"}')`)
  const { code, stdout } = await runCli(['relay', '--once', '--sink', 'stdout'], { env })
  expect(code).toBe(0)
  const messages = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Message)
  expect(messages.map(({ payload }) => payload['n'])).toEqual([...upTo(2_500), undefined])
  expect(messages.at(-1)?.payload).toEqual({ text: 'line one\nline two' })
  expect(messages.slice(1).every((message, index) => message.prev_seq === messages[index]?.seq)).toBe(true)
  expect(await waiting(db)).toBe(0)
})
