import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Client } from 'pg'
import { packageRoot } from '../../src/package.js'
import { relayOnce } from '../../src/relay/once.js'
import { RedisSink } from '../../src/relay/redis.js'
import { time, type Bench, type Row } from './bench.js'
import { median, ratioLine, short, type Line, type Pairs } from './report.js'
import type { Database } from './servers.js'

const EVENT = 'delisting_cleanup'
const CHANNEL = 'tickstock:cache:delisting_cleanup'
const BARE_CHANNEL = 'bench:bare'

/** Latency and throughput of the relay. */
export const relay: Row = {
  name: 'relay',
  run: async (bench) => {
    const redis = await bench.servers.redis()
    const database = await bench.servers.database()
    const lines = [await throughput(bench, database, redis), await latency(bench, database, redis)]
    await database.drop()
    return lines
  },
}

/** From COMMIT to a subscriber, 100 events a second; every other event goes past the outbox. */
async function latency({ quick, log }: Bench, { client, url }: Database, redis: string): Promise<Line> {
  log('relay: latency')
  const subscriber = new Redis(redis)
  const arrived = new Map<string, number>()
  subscriber.on('message', (_channel: string, message: string) => {
    const id = /"n": ?(\d+)/.exec(message)?.[1]
    if (id !== undefined) arrived.set(id, performance.now())
  })
  await subscriber.subscribe(CHANNEL, BARE_CHANNEL)
  const env = {
    ...process.env,
    DATABASE_URL: url,
    REDIS_URL: redis,
    LOG_LEVEL: 'silent',
    BENCH_CHANNEL: BARE_CHANNEL,
  }
  const children = [
    fork(join(packageRoot, 'dist', 'src', 'cli', 'index.js'), ['relay'], { env }),
    fork(join(packageRoot, 'dist-test', 'test', 'bench', 'relay-floor.js'), [], { env }),
  ]
  const sent = new Map<string, number>()
  const send = (n: number): Promise<void> => sendOne(client, n, sent)
  await sleep(2_000)
  for (let n = 0; n < 200; n++) await paced(n, () => send(n))
  const warmUp = 200
  const total = warmUp + (quick ? 1_000 : 6_000)
  const start = performance.now()
  for (let n = warmUp; n < total; n++) await paced(n - warmUp, () => send(n), start)
  await sleep(500)
  const took: Pairs = { floor: [], ours: [] }
  for (let n = warmUp; n < total; n++) {
    const [from, to] = [sent.get(String(n)), arrived.get(String(n))]
    if (from === undefined || to === undefined) throw new Error(`event ${n} never arrived`)
    took[n % 2 === 0 ? 'floor' : 'ours'].push(to - from)
  }
  await Promise.all(children.map(ended))
  subscriber.disconnect()
  const percentile = (values: number[], share: number): string =>
    short([...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN)
  const note = `p50 of ${took.ours.length} events each; p99 ${percentile(took.floor, 0.99)} and ${percentile(took.ours, 0.99)} ms`
  return ratioLine(
    'relay: COMMIT to subscriber, 100 events a second',
    byHundreds(took),
    { atMost: 2 },
    { note },
  )
}

async function sendOne(client: Client, n: number, sent: Map<string, number>): Promise<void> {
  const payload = JSON.stringify({ n, symbols: ['AAPL', 'MSFT', 'NVDA'], memberships_removed: 3 })
  await client.query('BEGIN')
  if (n % 2 === 0) await client.query('SELECT pg_notify($1, $2)', ['bench', payload])
  else await client.query('SELECT publish_event($1, $2)', [EVENT, payload])
  sent.set(String(n), performance.now())
  await client.query('COMMIT')
}

/** Runs `work` at its place in a schedule of one every 5 ms: 100 events a second on each side. */
async function paced(n: number, work: () => Promise<void>, start = performance.now() - n * 5): Promise<void> {
  const wait = start + n * 5 - performance.now()
  if (wait > 0) await sleep(wait)
  await work()
}

/** Medians of a hundred events each: the ratio of p50 to p50, many times over. */
function byHundreds({ floor, ours }: Pairs): Pairs {
  const cut = (values: number[]): number[] => {
    const parts: number[] = []
    for (let i = 0; i < values.length; i += 100) parts.push(median(values.slice(i, i + 100)))
    return parts
  }
  return { floor: cut(floor), ours: cut(ours) }
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  await gone
}

/** Events per second over 50,000 that wait, against a pipeline with the same messages. */
async function throughput({ quick, log }: Bench, { client, url }: Database, redis: string): Promise<Line> {
  log('relay: throughput')
  const count = quick ? 10_000 : 50_000
  const rates: Pairs = { floor: [], ours: [] }
  for (let round = -1; round < (quick ? 3 : 7); round++) {
    await client.query(
      `SELECT publish_events(jsonb_agg(jsonb_build_object('event', $1::text, 'payload',
         jsonb_build_object('n', n, 'symbols', '["AAPL", "MSFT", "NVDA"]'::jsonb, 'memberships_removed', 3))))
       FROM generate_series(1, $2::integer) AS n`,
      [EVENT, count],
    )
    const { rows } = await client.query<{ message: string }>('SELECT message FROM next_events($1)', [count])
    const floor = await time(() => pipeline(redis, rows))
    const ours = await time(async () => {
      const relayed = await relayOnce({ url }, new RedisSink({ url: redis }))
      if (relayed !== count) throw new Error(`relayed ${relayed} of ${count} events`)
    })
    await client.query('TRUNCATE universe_events')
    if (round < 0) continue
    rates.floor.push(count / (floor / 1000))
    rates.ours.push(count / (ours / 1000))
  }
  const what = `relay: throughput over ${count.toLocaleString('en-US')} waiting events`
  return ratioLine(what, rates, { atLeast: 0.45 }, { unit: 'events/s', note: 'both connect first' })
}

/** A thousand messages at a time, as the relay has them. */
async function pipeline(url: string, messages: readonly { message: string }[]): Promise<void> {
  const redis = new Redis(url)
  for (let i = 0; i < messages.length; i += 1_000) {
    const batch = redis.pipeline()
    for (const { message } of messages.slice(i, i + 1_000)) batch.publish(CHANNEL, message)
    await batch.exec()
  }
  redis.disconnect()
}
