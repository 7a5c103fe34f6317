import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { packageRoot } from '../../src/package.js'
import type { Bench, Row } from './bench.js'
import { median, short, type Line } from './report.js'
import type { Read, Reading } from './service-load-client.js'
import { follow, lostEvents, type Events } from './service-load-events.js'
import { uploads, write, type Upload, type Written } from './service-load-writers.js'
import { startServiceProcess, type ServiceProcess } from './service-process.js'
import { wholeMarket } from './whole-market.js'

const CONNECTIONS = 200
const SAMPLE_MS = 250
/** Limit for the memory of the last third of the run relative to the middle third. */
const FLAT = 1.1
const QUIET_MS = 60_000

/** The service under load: readers, while refreshes, loads and the relay are running. */
export const serviceLoad: Row = {
  name: 'service-load',
  run: async (bench) => {
    const market = await wholeMarket(bench)
    const redis = await bench.servers.redis()
    const { client, url, drop } = await bench.servers.database(market.template)
    const events = await follow(redis)
    await client.query('UPDATE universe_events SET published_at = now() WHERE published_at IS NULL')
    const [last] = (
      await client.query<{ seq: string }>('SELECT coalesce(max(seq), 0) AS seq FROM universe_events')
    ).rows
    const service = await startServiceProcess(url, redis, events.stream)
    try {
      const seconds = bench.quick ? 10 : 60
      const files = uploads()
      await underLoad(bench, { service, client, files, seconds: seconds / 6 })
      bench.log(`service: ${seconds} s of load on ${market.name}`)
      const load = await underLoad(bench, { service, client, files, seconds })
      await quiet(client)
      const lost = await lostEvents(client, events, Number(last!.seq))
      const code = await service.stop()
      if (code !== 0) throw new Error(`the service ended with code ${code}`)
      for (const line of [...load.written.failures, ...service.warnings()].slice(0, 20)) bench.log(line)
      return lines(`service: ${seconds} s of load on ${market.name}`, load, lost)
    } finally {
      events.close()
      await service.stop()
      await drop()
    }
  },
}

interface Setting {
  service: ServiceProcess
  client: Client
  files: Generator<Upload, never>
  seconds: number
}

interface Load {
  read: Read
  written: Written
  /** Bytes in memory, at equal distances. */
  memory: number[]
}

async function underLoad(bench: Bench, { service, client, files, seconds }: Setting): Promise<Load> {
  const stop = new AbortController()
  const memory: number[] = []
  const sampling = setInterval(() => memory.push(service.residentSet()), SAMPLE_MS)
  const writing = write(service, client, files, stop.signal)
  const reader = fork(join(packageRoot, 'dist-test', 'test', 'bench', 'service-load-client.js'))
  const reading: Reading = {
    url: service.url,
    headers: service.headers,
    readers: READERS,
    connections: CONNECTIONS,
    seconds,
  }
  reader.send(reading)
  const [read] = (await once(reader, 'message')) as [Read]
  clearInterval(sampling)
  stop.abort()
  const written = await writing
  bench.log(`${short(read.requests / read.seconds)} requests/s, ${JSON.stringify(written)}`)
  return { read, written, memory }
}

/** Frequent requests of an application. */
const OFTEN = [
  '/api/universes/ETF/SPY/members',
  '/api/symbols/AAPL',
  '/api/universes/MARKET_LEADERS/top_500/members',
  '/api/symbols/NVDA',
  '/api/universes/ETF/QQQ/members?format=csv',
  '/api/universes/ETF/QQQ',
  '/api/symbols/JPM',
  '/api/universes/ETF/IWV/members?limit=100&offset=500',
  '/api/universes?type=THEME',
  '/api/sectors',
]

/** Occasional requests of an admin page and of monitoring. */
const SOMETIMES = [
  '/api/search?q=micro',
  '/api/processing/cache-sync/history',
  '/api/themes',
  '/api/loads?limit=5',
  '/api/universes',
  '/api/overview',
  '/readyz',
  '/api/processing/cache-sync/stats',
  '/metrics',
]

/** Requests that take half a second in SQL after each change of a universe. */
const RARELY = ['/api/report', '/api/validation']

const USUAL = SOMETIMES.flatMap((path) => [...OFTEN, path])
/** Paths that a reader asks for in turns; of twenty readers one wants reports. */
const READERS = Array.from({ length: 20 }, (_, reader) => (reader === 0 ? [...USUAL, ...RARELY] : USUAL))

/** Waits until every job is done and every event published. */
async function quiet(client: Client): Promise<void> {
  const until = Date.now() + QUIET_MS
  for (;;) {
    const { rows } = await client.query<{ waits: boolean }>(
      'SELECT EXISTS (SELECT FROM waiting_jobs) OR (SELECT events > 0 FROM unpublished_events) AS waits',
    )
    if (!rows[0]!.waits) return
    if (Date.now() > until) throw new Error('a job or an event is still waiting a minute after the load')
    await sleep(200)
  }
}

function lines(what: string, { read, written, memory }: Load, events: Events): Line[] {
  const answers = Object.entries(read.statuses)
  const good = answers.filter(([status]) => /^[23]/.test(status))
  const bad = [...answers.filter(([status]) => !/^[23]/.test(status)), ...Object.entries(read.errors)]
  const sum = (counts: [string, number][]): number => counts.reduce((total, [, count]) => total + count, 0)
  const failed = sum(bad) + written.failures.length
  const { refreshes, loads, changes, previews, busy } = written
  const lost = events.missing + events.unheard + events.gaps
  const third = Math.floor(memory.length / 3)
  const [middle, end] = [median(memory.slice(third, 2 * third)), median(memory.slice(2 * third))]
  const peak = short(Math.max(...memory) / 2 ** 20)
  return [
    {
      what: `${what}: requests that failed`,
      floor: '',
      ratio: '',
      goal: 'none',
      met: failed === 0,
      ours: `${failed} of ${(sum(good) + failed).toLocaleString('en-US')}`,
      note: `${short(read.requests / read.seconds)} requests/s by ${CONNECTIONS} connections from another process, p50 ${read.p50} ms, p99 ${read.p99} ms; meanwhile ${refreshes} refreshes, ${loads} loads (${changes.toLocaleString('en-US')} changes) and ${previews} previews, ${busy} more told that another change is going on${bad.length > 0 ? `; ${JSON.stringify(Object.fromEntries(bad))}` : ''}`,
    },
    {
      what: `${what}: events lost`,
      floor: '',
      ratio: '',
      goal: 'none',
      met: lost === 0 && events.total > 0,
      ours: `${lost} of ${events.total.toLocaleString('en-US')}`,
      note: `those of the outbox missing in the stream (${events.missing}) or at a subscriber (${events.unheard}), breaks in prev_seq (${events.gaps})`,
    },
    {
      what: `${what}: memory of the service, middle and last third`,
      floor: `${short(middle / 2 ** 20)} MB`,
      ours: `${short(end / 2 ** 20)} MB`,
      ratio: `${short(end / middle)} x`,
      goal: `at most ${FLAT} x`,
      met: end <= FLAT * middle,
      note: `medians of the resident set; peak ${peak} MB`,
    },
  ]
}
