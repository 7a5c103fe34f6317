import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Notifier } from '../../src/database/notifier.js'
import { startPostgres, type PostgresServer } from '../support/index.js'
import { endsByItself } from '../support/node.js'

const PATIENCE = { timeout: 60_000, interval: 20 }

let server: PostgresServer
let log: string[]
const opened: Notifier[] = []

beforeAll(async () => {
  server = await startPostgres()
})

beforeEach(() => {
  log = []
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((notifier) => notifier.close()))
})

function open(): Notifier {
  const logger = pino({ base: null }, { write: (line: string) => void log.push(line) })
  const notifier = new Notifier({ database: { url: server.url }, applicationName: 'notifier', logger })
  opened.push(notifier)
  return notifier
}

/** Records the callbacks of one subscription. */
function record(notifier: Notifier): { calls: string[]; unsubscribe: () => void } {
  const calls: string[] = []
  const unsubscribe = notifier.subscribe({
    onHint: (payload) => calls.push(payload === undefined ? 'hint' : `hint ${payload}`),
    onListening: () => calls.push('listening'),
    onLost: () => calls.push('lost'),
  })
  return { calls, unsubscribe }
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

function sessions(): Promise<{ pid: number }[]> {
  return query(`SELECT pid FROM pg_stat_activity WHERE application_name = 'notifier'`)
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, PATIENCE).toBe(true)
}

/** Waits until `calls` ends with a reconnect, then expects the next notification. */
async function expectHint(calls: string[]): Promise<void> {
  await until(() => calls.at(-1) === 'hint')
  await query(`NOTIFY universe_events, 'news'`)
  await until(() => calls.at(-1) === 'hint news')
  expect(await sessions()).toHaveLength(1)
}

test('hints arrive again after a lost connection and after an outage, and each reconnect is a hint', async () => {
  const notifier = open()
  const { calls } = record(notifier)
  await expectHint(calls)
  expect(calls).toEqual(['listening', 'hint', 'hint news'])
  const [session] = await sessions()
  await query(`SELECT pg_terminate_backend(${session?.pid}, 10000)`)
  await expectHint(calls)
  expect(calls.slice(3)).toEqual(['lost', 'listening', 'hint', 'hint news'])
  await server.stop()
  // Past the three seconds after which pg-listen by itself would give up.
  await until(() => calls.slice(7).length >= 7)
  expect(notifier.interruption?.reason).toBe('connection lost')
  await server.restart()
  await expectHint(calls)
  expect(notifier.interruption).toBeUndefined()
  expect(log.filter((line) => line.includes('is not available'))).toHaveLength(2)
  expect(log.filter((line) => line.includes('available again'))).toHaveLength(2)
})

test('several subscribers share one session; a late one is notified of the state, a removed one of nothing', async () => {
  const notifier = open()
  const [first, second] = [record(notifier), record(notifier)]
  await expectHint(first.calls)
  await until(() => second.calls.length === 3)
  const late = record(notifier)
  await until(() => late.calls.length === 1)
  expect(late.calls).toEqual(['listening'])
  second.unsubscribe()
  await query(`NOTIFY universe_events, 'more'`)
  await until(() => late.calls.at(-1) === 'hint more' && first.calls.at(-1) === 'hint more')
  expect(second.calls).toEqual(['listening', 'hint', 'hint news'])
  await server.stop()
  await until(() => notifier.interruption !== undefined)
  const later = record(notifier)
  await until(() => later.calls.length > 0)
  expect(later.calls).not.toContain('listening')
  await server.restart()
  await expectHint(later.calls)
})

test('a server that is away at first is waited for, and gets one connection', async () => {
  await server.stop()
  const { calls } = record(open())
  await until(() => calls.includes('lost'))
  await server.restart()
  await expectHint(calls)
})

test('close() in any state leaves no session', async () => {
  await open().close()
  const connected = open()
  const { calls } = record(connected)
  await until(() => calls.length > 0)
  await connected.close()
  await expect.poll(sessions, PATIENCE).toEqual([])
  const reconnecting = open()
  const lost = record(reconnecting)
  await until(() => lost.calls.length > 0)
  await server.stop()
  await until(() => lost.calls.includes('lost'))
  await reconnecting.close()
  await server.restart()
  expect(await sessions()).toEqual([])
})

test('close() during a reconnect leaves no timer and no attempt: the process ends by itself', async () => {
  await server.stop()
  const source = `
    import { pino } from 'pino'
    import { Notifier } from './dist/src/database/notifier.js'
    const logger = pino({ enabled: false })
    const database = { url: process.env.DATABASE_URL }
    const notifier = new Notifier({ database, applicationName: 'notifier', logger })
    notifier.subscribe({ onHint: () => process.exit(1), onLost: () => notifier.close() })`
  await endsByItself(source, { DATABASE_URL: server.url })
  await server.restart()
})
