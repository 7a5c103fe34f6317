import { pino } from 'pino'
import { beforeAll, describe, expect, it } from 'vitest'
import { RedisSink, runRelay } from '../../src/index.js'
import { redisUrl, runCli, testDatabase, type TestDatabase } from '../support/index.js'
import { startPgbouncer } from '../support/pgbouncer.js'
import { find } from '../support/program.js'

describe('through pgbouncer, pool_mode = session', () => {
  let db: TestDatabase
  let url: string
  const universes = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCli([...args, '--database-url', url])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    return stdout
  }

  beforeAll(async () => {
    db = await testDatabase(import.meta.url, { empty: true })
    url = await startPgbouncer(find('pgbouncer')!, db.url, 'session')
  })

  it('migrates, loads, refreshes, validates and answers', async () => {
    await universes('migrate', 'up')
    await universes('load', 'symbols', 'holdings/market/symbols.csv')
    await universes('load', 'prices', 'holdings/market/prices.csv')
    await universes('load', 'etfs', 'holdings')
    await universes('refresh')
    await universes('validate')
    expect(await universes('query', '--stock', 'AAPL')).toContain('mega_cap')
    expect(await db.query('SELECT status FROM sync_runs')).toEqual([{ status: 'completed' }])
  })

  it('leaves nothing of one session to the next', async () => {
    await db.query('CREATE SCHEMA elsewhere')
    await universes('migrate', 'up', '--schema', 'elsewhere')
    await universes('refresh', '--schema', 'elsewhere')
    expect(await db.query('SELECT count(*)::integer AS runs FROM public.sync_runs')).toEqual([{ runs: 1 }])
    expect(await db.query('SELECT count(*)::integer AS runs FROM elsewhere.sync_runs')).toEqual([{ runs: 1 }])
    expect(await universes('query', '--stock', 'AAPL')).toContain('mega_cap')
  })

  it('relays every event, hears of new ones, and lets go of its lock', async () => {
    const stream = `pgbouncer-${db.name}`
    const stopping = new AbortController()
    const sink = new RedisSink({ url: redisUrl(), stream })
    const relaying = runRelay({
      database: { url },
      sink,
      logger: pino({ enabled: false }),
      signal: stopping.signal,
      pollMs: 3_600_000,
    })
    const waiting = async (): Promise<unknown> =>
      (await db.query('SELECT events FROM unpublished_events'))[0]!['events']
    await expect.poll(waiting, { timeout: 30_000 }).toBe('0')
    await db.query(`SELECT publish_event('alert', '{"alert": "test"}')`)
    await expect.poll(waiting, { timeout: 30_000 }).toBe('0')
    stopping.abort()
    await relaying
    // pgbouncer resets the session on the server after the client has gone.
    const free = async (): Promise<unknown> => (await db.query('SELECT lock_relay() AS free'))[0]!['free']
    await expect.poll(free, { timeout: 30_000 }).toBe(true)
  })
})
