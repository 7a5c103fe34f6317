import { expect, test } from 'vitest'
import pg from 'pg'
import { runCli, SEARCH_PATH, startPostgres, startRedis } from '../support/index.js'
import { distinct, publish, startRelay, subscribe, until, upTo, waiting } from './support.js'

test('PostgreSQL restarts: the relay survives and catches up', { timeout: 120_000 }, async () => {
  const [server, redis] = [await startPostgres(), await startRedis()]
  const migrated = await runCli(['migrate', 'up'], { env: { DATABASE_URL: server.url } })
  expect(migrated.code, migrated.stderr).toBe(0)
  const database = {
    query: async <Row extends pg.QueryResultRow>(
      sql: string,
      params: readonly unknown[] = [],
    ): Promise<Row[]> => {
      const client = new pg.Client({ connectionString: server.url, options: SEARCH_PATH })
      await client.connect()
      try {
        return (await client.query<Row>(sql, [...params])).rows
      } finally {
        await client.end()
      }
    },
  }
  const subscriber = await subscribe(redis.url)
  const relay = await startRelay(server.url, redis.url)
  await publish(database, 100)
  await until(() => subscriber.received.length >= 100)

  await server.stop()
  await relay.waitFor(/PostgreSQL is not available/)
  await server.restart()
  await publish(database, 100, 'ipo_assigned', 101)
  await until(() => subscriber.seqs().includes(200))
  await until(async () => (await waiting(database)) === 0)

  // Both connections are back: a hint arrives again, and a second restart is survived like the first.
  await server.restart()
  await publish(database, 100, 'ipo_assigned', 201)
  await until(() => subscriber.seqs().includes(300))
  await until(async () => (await waiting(database)) === 0)
  expect(distinct(subscriber.seqs())).toEqual(upTo(300))
  expect((await relay.stop()).code).toBe(0)
  subscriber.close()
})
