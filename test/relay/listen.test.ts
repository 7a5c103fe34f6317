import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { Health } from '../../src/relay/health.js'
import { listen } from '../../src/relay/listen.js'
import { startPostgres, type PostgresServer } from '../support/index.js'
import { until } from './support.js'

let server: PostgresServer
let log: string[]

beforeAll(async () => {
  server = await startPostgres()
})

beforeEach(() => {
  log = []
})

/** Starts listening; `hints` counts, `end` stops it and waits for that. */
function start(): { hints(): number; abort(): void; ended: Promise<void> } {
  const logger = pino({ base: null }, { write: (line: string) => void log.push(line) })
  const stop = new AbortController()
  let hints = 0
  const health = new Health(logger, 'LISTEN connection')
  const ended = listen(
    { connection: { connectionString: server.url }, onHint: () => hints++, health },
    stop.signal,
  )
  return { hints: () => hints, abort: () => stop.abort(), ended }
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

function listening(): Promise<{ pid: number }[]> {
  return query(
    `SELECT pid FROM pg_stat_activity
     WHERE application_name = 'universes relay (listen)' AND state = 'idle' AND query LIKE 'LISTEN%'`,
  )
}

async function expectHint(listener: { hints(): number }): Promise<void> {
  await until(async () => (await listening()).length === 1)
  const before = listener.hints()
  await query('NOTIFY universe_events')
  await until(() => listener.hints() > before)
}

test('hints arrive again after a lost connection, and after a server that was away for longer than pg-listen waits', async () => {
  const listener = start()
  await expectHint(listener)
  const [session] = await listening()
  await query(`SELECT pg_terminate_backend(${session?.pid}, 10000)`)
  await expectHint(listener)
  await server.stop()
  await sleep(5_000)
  await server.restart()
  await expectHint(listener)
  listener.abort()
  await listener.ended
  await until(async () => (await listening()).length === 0)
  expect(log.filter((line) => line.includes('is not available'))).toHaveLength(2)
  expect(log.filter((line) => line.includes('available again'))).toHaveLength(2)
})

test('a server that is away at first is waited for, and gets one connection', async () => {
  await server.stop()
  const listener = start()
  await until(() => log.some((line) => line.includes('is not available')))
  await server.restart()
  await expectHint(listener)
  listener.abort()
  await listener.ended
  await until(async () => (await listening()).length === 0)
})

test('stopped during a reconnect: no connection comes back', async () => {
  const listener = start()
  await expectHint(listener)
  await server.stop()
  await until(() => log.some((line) => line.includes('is not available')))
  listener.abort()
  await listener.ended
  await server.restart()
  await sleep(4_000)
  expect(await listening()).toEqual([])
})
