import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startRedis, testDatabase, type RedisServer, type TestDatabase } from '../support/index.js'
import { publish, startRelay, subscribe, until, upTo, waiting, type Subscriber } from './support.js'

let db: TestDatabase
let redis: RedisServer
let subscriber: Subscriber

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  redis = await startRedis()
  subscriber = await subscribe(redis.url)
})

afterEach(() => subscriber.close())

test('of two relays one works; the other takes over when it is killed', async () => {
  const first = await startRelay(db, redis.url)
  const second = await startRelay(db, redis.url)
  expect(second.stderr()).toContain('standing by')
  for (let n = 0; n < 20; n++) await publish(db, 50, 'ipo_assigned', n * 50 + 1)
  await until(() => subscriber.received.length >= 1_000)
  await until(async () => (await waiting(db)) === 0)
  expect(subscriber.seqs()).toEqual(upTo(1_000))

  expect((await first.stop('SIGKILL')).signal).toBe('SIGKILL')
  await publish(db, 100, 'ipo_assigned', 1_001)
  await second.waitFor(/taking over/)
  await until(() => subscriber.received.length >= 1_100)
  await until(async () => (await waiting(db)) === 0)
  expect(subscriber.seqs()).toEqual(upTo(1_100))
  const { code, stderr } = await second.stop()
  expect(code).toBe(0)
  expect(stderr.match(/standing by/g)).toHaveLength(1)
})

test('killed between publishing and marking: repeated by the next relay, and nothing is missing', async () => {
  const first = await startRelay(db, redis.url)
  const [writer, holder] = [await db.client(), await db.client()]
  // While the writer has the table locked, the holder queues for a lock that lets the relay read but not update.
  await writer.query('BEGIN; LOCK TABLE universe_events IN ACCESS EXCLUSIVE MODE')
  await publish(on(writer), 200)
  const held = holder.query('BEGIN; LOCK TABLE universe_events IN SHARE ROW EXCLUSIVE MODE')
  await until(() => waitsForTable('LOCK TABLE%SHARE ROW%'))
  await writer.query('COMMIT')
  await held
  await until(() => subscriber.received.length === 200)
  await until(() => waitsForTable('%mark_events_published%'))
  await first.stop('SIGKILL')
  // The UPDATE was sent already: without this the server would execute it for the dead relay.
  await db.query(
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT mark_events%'`,
  )
  await holder.query('COMMIT')
  expect(await waiting(db)).toBe(200)

  await publish(db, 100, 'ipo_assigned', 201)
  const second = await startRelay(db, redis.url)
  await until(async () => (await waiting(db)) === 0)
  await until(() => subscriber.received.length >= 500)
  expect(subscriber.seqs()).toEqual([...upTo(200), ...upTo(300)])
  await second.stop()
})

test('SIGTERM: what waits is still published, then the exit code is 0', async () => {
  const relay = await startRelay(db, redis.url)
  await publish(db, 5_000)
  relay.child.kill('SIGTERM')
  const { code, stderr } = await relay.finished
  expect(code, stderr).toBe(0)
  await until(() => subscriber.received.length >= 5_000)
  expect(subscriber.seqs()).toEqual(upTo(5_000))
  expect(await waiting(db)).toBe(0)
})

test('SIGTERM ends a relay that stands by, and one that cannot reach Redis', async () => {
  const first = await startRelay(db, redis.url)
  const standby = await startRelay(db, redis.url)
  expect((await standby.stop()).code).toBe(0)
  await redis.stop()
  await publish(db, 10)
  await first.waitFor(/Redis is not available/)
  expect((await first.stop('SIGINT')).code).toBe(0)
  expect(await waiting(db)).toBe(10)
})

/** Runs statements on this connection. */
function on(client: pg.Client): Pick<TestDatabase, 'query'> {
  return {
    query: async <Row extends pg.QueryResultRow>(sql: string, params: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...params])).rows,
  }
}

/** True if a session with a matching statement waits for a table lock. */
async function waitsForTable(statement: string): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event = 'relation' AND query LIKE $1`,
    [statement.startsWith('%') ? statement : `%${statement}`],
  )
  return rows.length > 0
}
