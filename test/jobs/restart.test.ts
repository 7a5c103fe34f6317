import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { setCloses } from '../refresh/market.js'
import { subscribe, until, waiting, type Message } from '../relay/support.js'
import { runCli, startPostgres, startRedis, testDatabase } from '../support/index.js'
import { follow } from './event-stream.js'
import {
  changedMarket,
  ended,
  holdUp,
  onServer,
  outboxOf,
  spawnServe,
  trigger,
  untilHeldUp,
  type Asked,
  type ServeProcess,
} from './support.js'

test('the service is killed in the middle of a run: the next one finishes the job', async () => {
  const db = await testDatabase(import.meta.url)
  await changedMarket(db)
  const first = await spawnServe(db.url)
  const release = await holdUp(db)
  const job = await trigger(first.url)
  const pid = await untilHeldUp(db)
  await first.stop('SIGKILL')
  const second = await spawnServe(db.url)
  const stream = await follow(second.url, job)
  // PostgreSQL ends the orphan although its table is still locked: only then can the job begin again.
  await expect
    .poll(() => db.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid]), { timeout: 30_000 })
    .toEqual([])
  expect(await untilHeldUp(db)).not.toBe(pid)
  await release()
  expect(await ended(db, job)).toMatchObject({ status: 'completed' })
  await stream.ended
  const percents = stream.events.map(({ data }) => data['percent'])
  expect(percents.filter((percent) => percent === 0)).toHaveLength(2)
  expect(stream.names().at(-1)).toBe('completed')
  await quiet(second)
})

test('SIGTERM in the middle of a run: the job is finished first, with every event on Redis', async () => {
  const db = await testDatabase(import.meta.url)
  await changedMarket(db)
  const redis = await startRedis()
  const service = await spawnServe(db.url, redis.url)
  const release = await holdUp(db)
  const job = await trigger(service.url)
  await untilHeldUp(db)
  service.child.kill('SIGTERM')
  await service.waitFor(/SIGTERM/)
  await release()
  const { code, stderr } = await service.finished
  expect(code, stderr).toBe(0)
  expect(await ended(db, job)).toMatchObject({ status: 'completed' })
  expect(await waiting(db)).toBe(0)
})

test('PostgreSQL restarts or crashes in the middle of runs, under readers: no job and no event is lost', async () => {
  const [server, redis] = [await startPostgres({ synchronous_commit: 'on' }), await startRedis()]
  const db = onServer(server.url)
  expect((await runCli(['migrate', 'up'], { env: { DATABASE_URL: server.url } })).code).toBe(0)
  await changedMarket(db)
  const service = await spawnServe(server.url, redis.url)
  const load = readers(service.url)
  const jobs: string[] = []
  for (let round = 0; round < 3; round++) {
    await setCloses(db, { UTL1: 900_000 + round * 100_000 })
    await holdUp(db)
    const job = await trigger(service.url)
    jobs.push(job)
    const stream = await follow(service.url, job)
    const pid = await untilHeldUp(db)
    // The lock of the table goes with the server, and so does the run.
    if (round === 1) process.kill(pid, 'SIGKILL')
    else await server.restart()
    await stream.ended
    expect(await ended(db, job)).toMatchObject({ status: 'completed' })
    expect(stream.names()[0]).toBe('triggered')
    expect(stream.names().at(-1)).toBe('completed')
    expect(stream.events.map(({ id }) => id)).toEqual((await outboxOf(db, job)).map(({ seq }) => seq))
  }
  await server.stop()
  await load.until(503, 50)
  await server.restart()
  jobs.push(await triggerSoon(service.url))
  await ended(db, jobs.at(-1)!)
  const { statuses, broken } = await load.stop()
  expect(broken).toEqual([])
  expect([...statuses.keys()].sort()).toEqual([200, 503])
  expect(statuses.get(200)).toBeGreaterThan(100)

  await until(async () => (await waiting(db)) === 0)
  const client = new Redis(redis.url)
  await unbroken(db, await stored(client))
  client.disconnect()
  const runs = await db.query<{ id: string; n: string }>(
    `SELECT id, count(*) OVER (PARTITION BY id) AS n FROM sync_runs WHERE id = ANY ($1)`,
    [jobs],
  )
  expect(runs).toHaveLength(4)
  await quiet(service)
})

test('Redis restarts while jobs run and the relay relays: no event is missing', async () => {
  const db = await testDatabase(import.meta.url)
  await changedMarket(db)
  const redis = await startRedis()
  const subscriber = await subscribe(redis.url)
  const service = await spawnServe(db.url, redis.url)
  const load = readers(service.url)
  const jobs: string[] = []
  let over = false
  const working = (async () => {
    for (let round = 0; !over; round++) {
      await setCloses(db, { UTL1: 900_000 + (round % 7) * 100_000, BNK1: 40_000 + (round % 5) * 9_000 })
      const job = await triggerSoon(service.url)
      jobs.push(job)
      await ended(db, job)
    }
  })()
  const streams: Message[][] = []
  for (let round = 0; round < 3; round++) {
    const before = jobs.length
    await until(() => jobs.length > before + 3)
    const client = new Redis(redis.url)
    streams.push(await stored(client))
    client.disconnect()
    await redis.stop()
    await until(() => jobs.length > before + 6)
    await sleep(300)
    await redis.start()
  }
  over = true
  await working
  await until(async () => (await waiting(db)) === 0)
  const client = new Redis(redis.url)
  streams.push(await stored(client))
  client.disconnect()
  const { statuses, broken } = await load.stop()
  expect(broken).toEqual([])
  expect([...statuses.keys()]).toEqual([200])
  // The subscriber received the events before the restart of Redis; the stream, which starts empty, has those after it.
  await unbroken(db, [...subscriber.received.map(({ message }) => message), ...streams.flat()])
  subscriber.close()
  expect(await db.query('SELECT 1 FROM sync_runs WHERE id = ANY ($1)', [jobs])).toHaveLength(jobs.length)
  await quiet(service)
})

/** Runs many readers of several routes until they are stopped, and records responses and failures. */
function readers(url: string): {
  until(status: number, times: number): Promise<void>
  stop(): Promise<{ statuses: Map<number, number>; broken: unknown[] }>
} {
  const statuses = new Map<number, number>()
  const broken: unknown[] = []
  let over = false
  const paths = [
    '/api/processing/cache-sync/history',
    '/api/processing/cache-sync/stats',
    '/api/sectors',
    '/api/overview',
  ]
  const reading = Array.from({ length: 20 }, async (_, n) => {
    while (!over) {
      try {
        const response = await fetch(url + paths[n % paths.length]!)
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
        if (!response.ok && !response.headers.get('content-type')?.startsWith('application/problem+json'))
          broken.push(await response.text())
        else await response.arrayBuffer()
        await sleep(20)
      } catch (error) {
        broken.push(error)
      }
    }
  })
  return {
    until: async (status, times) => {
      const before = statuses.get(status) ?? 0
      await until(() => (statuses.get(status) ?? 0) >= before + times)
    },
    stop: async () => {
      over = true
      await Promise.all(reading)
      return { statuses, broken }
    },
  }
}

/** Triggers as soon as the service can. */
async function triggerSoon(url: string): Promise<string> {
  for (;;) {
    try {
      return await trigger(url)
    } catch {
      await sleep(50)
    }
  }
}

/** The messages of the stream. */
async function stored(redis: Redis): Promise<Message[]> {
  const entries = await redis.xrange('universes', '-', '+')
  return entries.map(([, fields]) => JSON.parse(fields[fields.indexOf('message') + 1]!) as Message)
}

/** Every event of the outbox is among the messages, and each message names the one before it. */
async function unbroken(db: Asked, messages: Message[]): Promise<void> {
  const rows = await db.query<{ seq: string; before: string; event: string }>(
    `SELECT seq, lag(seq, 1, 0::bigint) OVER (ORDER BY seq) AS before, event FROM universe_events ORDER BY seq`,
  )
  const known = new Map(messages.map((message) => [message.seq, message]))
  const missing = rows.filter(({ seq, before, event }) => {
    const message = known.get(Number(seq))
    return message?.event !== event || message.prev_seq !== Number(before)
  })
  expect(missing).toEqual([])
  expect(known.size).toBe(rows.length)
}

/** Stops the service and fails on a wrong exit code or an unhandled error in its log. */
async function quiet(service: ServeProcess): Promise<void> {
  const { code, stderr } = await service.stop()
  expect(code, stderr).toBe(0)
  expect(stderr).not.toMatch(/unhandled|uncaught|MaxListeners|TypeError|"level":[56]0| at .*\.js:\d+/i)
}
