import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Client } from 'pg'
import { packageRoot } from '../../src/package.js'
import type { Row } from './bench.js'
import { median, ratioLine, short, type Pairs } from './report.js'

const MEMBERS = 500
const CHANNEL = 'tickstock:universe:updated'
const EVERY_MS = 20
const WARM_UP = 200

/** When change n was sent, and when it had arrived, in nanoseconds of the clock that all processes share. */
type Moments = Map<number, bigint>

/** From COMMIT to an answer of the cache, while the relay brings the same change to Redis. */
export const cacheLatency: Row = {
  name: 'cache-latency',
  run: async ({ servers, quick, log }) => {
    const redis = await servers.redis()
    const { client, url, drop } = await servers.database()
    await fill(client)
    log('cache: latency')
    const published: Moments = new Map()
    const answered: Moments = new Map()
    const subscriber = await subscribe(redis, published)
    const env = { ...process.env, DATABASE_URL: url, REDIS_URL: redis, LOG_LEVEL: 'silent' }
    const relay = fork(join(packageRoot, 'dist', 'src', 'cli', 'index.js'), ['relay'], { env })
    const reader = fork(join(packageRoot, 'dist-test', 'test', 'bench', 'cache-reader.js'), [], { env })
    reader.on('message', ({ n, at }: { n: number; at: string }) => answered.set(n, BigInt(at)))
    while (!answered.has(-1)) await sleep(10)
    await sleep(2_000)
    const total = WARM_UP + (quick ? 500 : 3_000)
    const sent = await send(client, total)
    await sleep(1_000)
    await Promise.all([relay, reader].map(ended))
    subscriber.disconnect()
    await drop()
    const took: Pairs = { floor: latencies(sent, published), ours: latencies(sent, answered) }
    const p99 = (values: number[]): string =>
      short([...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN)
    const note = `p50 of ${took.ours.length} changes of one member of ${MEMBERS}, ${1000 / EVERY_MS} a second; floor: the relay's message of the same change at a Redis subscriber; p99 ${p99(took.floor)} and ${p99(took.ours)} ms`
    return [
      ratioLine('cache: COMMIT to the new answer of the cache', byHundreds(took), { atMost: 3 }, { note }),
    ]
  },
}

async function fill(client: Client): Promise<void> {
  await client.query(`INSERT INTO definition_groups (name, type) VALUES ('U', 'ETF')`)
  await client.query(
    `WITH stock AS (
       INSERT INTO symbols (symbol, name, type, market_cap)
       SELECT 'S' || n, 'Company ' || n, 'CS', n * 1e9 FROM generate_series(1, 8000) AS n RETURNING symbol
     )
     INSERT INTO group_memberships (group_id, symbol, weight, metadata)
     SELECT g.id, s.symbol, 0.2, '{"line": 1}' FROM definition_groups AS g, stock AS s WHERE substr(s.symbol, 2)::integer <= $1`,
    [MEMBERS],
  )
  await client.query('VACUUM (ANALYZE)')
}

async function subscribe(url: string, arrived: Moments): Promise<Redis> {
  const subscriber = new Redis(url)
  subscriber.on('message', (_channel: string, message: string) => {
    const n = /"n": ?(\d+)/.exec(message)?.[1]
    if (n !== undefined) arrived.set(Number(n), process.hrtime.bigint())
  })
  await subscriber.subscribe(CHANNEL)
  return subscriber
}

/** Change n gives S1 a weight of n ten-thousandths. */
async function send(client: Client, total: number): Promise<Moments> {
  const sent: Moments = new Map()
  const start = performance.now()
  for (let n = 1; n <= total; n++) {
    const wait = start + n * EVERY_MS - performance.now()
    if (wait > 0) await sleep(wait)
    const payload = { universe: 'U', type: 'ETF', count: MEMBERS, added: [], removed: [], updated: 1, n }
    await client.query('BEGIN')
    await client.query(`UPDATE group_memberships SET weight = $1 WHERE symbol = 'S1'`, [n / 10_000])
    await client.query(`SELECT publish_event('universe_updated', $1)`, [payload])
    sent.set(n, process.hrtime.bigint())
    await client.query('COMMIT')
  }
  return sent
}

/** Milliseconds of each change after the warm-up; one that the next has overtaken arrived with it. */
function latencies(sent: Moments, arrived: Moments): number[] {
  const took: number[] = []
  let at: bigint | undefined
  for (let n = sent.size; n > WARM_UP; n--) {
    at = arrived.get(n) ?? at
    if (at === undefined) throw new Error(`change ${n} never arrived`)
    took.push(Number(at - sent.get(n)!) / 1e6)
  }
  return took.reverse()
}

/** Medians of a hundred changes each. */
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
