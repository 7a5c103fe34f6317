import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  runCli,
  spawnCli,
  startRedis,
  testDatabase,
  type RedisServer,
  type TestDatabase,
} from '../support/index.js'
import { publish, startRelay, waiting } from './support.js'

let db: TestDatabase
let redis: RedisServer

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  redis = await startRedis()
})

beforeEach(async () => {
  await db.query('TRUNCATE universe_events RESTART IDENTITY')
  await publish(db, 5)
})

function once(env: Record<string, string>, ...args: string[]): ReturnType<typeof runCli> {
  return runCli(['relay', '--once', ...args], { env: { DATABASE_URL: db.url, ...env } })
}

describe('relay --once', () => {
  test('publishes what waits, and ends', async () => {
    const { code, stdout, stderr } = await once({ REDIS_URL: redis.url })
    expect(code).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain('"events":5')
    expect(await waiting(db)).toBe(0)
  })

  test('Redis cannot be reached: the address, the reason and the remedy, and never the password', async () => {
    const port = await unusedPort()
    const { code, stderr } = await once({ REDIS_URL: `redis://user:hush%2Fhush@127.0.0.1:${port}/2` })
    expect(code).toBe(1)
    expect(stderr).toContain(`redis://127.0.0.1:${port}/2: connect ECONNREFUSED`)
    expect(stderr).toContain('REDIS_URL')
    expect(stderr).not.toContain('hush')
    expect(await waiting(db)).toBe(5)
  })

  test('Redis cannot be reached: an error even when nothing waits', async () => {
    await db.query('TRUNCATE universe_events')
    expect((await once({ REDIS_URL: `redis://127.0.0.1:${await unusedPort()}` })).code).toBe(1)
  })

  test('a wrong password is an error that does not show it', async () => {
    const { code, stderr } = await once({ REDIS_URL: redis.url.replace('//', '//somebody:hush-hush@') })
    expect(code).toBe(1)
    expect(stderr).toContain('WRONGPASS')
    expect(stderr).not.toContain('hush')
  })

  test('rediss:// in any spelling never falls back to a connection without TLS', async () => {
    const away = await once({ REDIS_URL: redis.url.replace('redis:', 'REDISS:') })
    expect(away.code).toBe(1)
    expect(away.stderr).toContain(redis.url.replace('redis:', 'rediss:'))
    const { code, stderr } = await once({ REDIS_URL: `${redis.url.replace('redis:', 'rediss:')}?tls=` })
    expect(code).toBe(2)
    expect(stderr).toContain('parameters')
    expect(await waiting(db)).toBe(5)
  })

  test.each(['http://localhost', 'localhost:6379', 'redis://', 'redis://host/name'])(
    '%s is not a Redis URL',
    async (url) => {
      expect((await once({}, '--redis-url', url)).code).toBe(2)
    },
  )

  test('PostgreSQL cannot be reached, or has no outbox', async () => {
    const port = await unusedPort()
    const away = await once({
      DATABASE_URL: `postgres://nobody:hush@127.0.0.1:${port}/x`,
      REDIS_URL: redis.url,
    })
    expect(away.code).toBe(1)
    expect(away.stderr).toContain('DATABASE_URL')
    expect(away.stderr).not.toContain('hush')
    await db.query('CREATE SCHEMA IF NOT EXISTS empty')
    const missing = await runCli(['--schema', 'empty', 'relay', '--once'], {
      env: { DATABASE_URL: db.url, REDIS_URL: redis.url },
    })
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('universes migrate up')
  })

  test('no Redis given is wrong usage, and so is a stream without Redis', async () => {
    const none = await once({})
    expect([none.code, none.stderr.includes('REDIS_URL')]).toEqual([2, true])
    expect((await once({}, '--sink', 'stdout', '--stream', 'name')).code).toBe(2)
    expect((await once({}, '--sink', 'elsewhere')).code).toBe(2)
  })

  test('while another relay works it says so', async () => {
    const relay = await startRelay(db, redis.url)
    const { code, stderr } = await once({ REDIS_URL: redis.url })
    expect(code).toBe(1)
    expect(stderr).toContain('another relay is working')
    await relay.stop()
  })
})

describe('--sink stdout', () => {
  test('a reader that leaves ends the relay quietly, and keeps what it did not read', async () => {
    await publish(db, 20_000)
    const relay = spawnCli(['relay', '--sink', 'stdout'], { env: { DATABASE_URL: db.url } })
    await relay.waitFor(/"seq": 1,/)
    relay.child.stdout?.destroy()
    const { code, stderr } = await relay.finished
    expect(code, stderr).toBe(0)
    expect(stderr).not.toMatch(/EPIPE|Error/)
    expect(await waiting(db)).toBeGreaterThan(0)
  })

  test('a slow reader holds the relay back', async () => {
    await publish(db, 20_000)
    const relay = spawnCli(['relay', '--sink', 'stdout'], { env: { DATABASE_URL: db.url } })
    relay.child.stdout?.pause()
    await relay.waitFor(/relay is working/)
    await sleep(1_000)
    expect(await waiting(db)).toBeGreaterThan(10_000)
    relay.child.stdout?.resume()
    await relay.waitFor(/"seq": 20005,/)
    expect((await relay.stop()).code).toBe(0)
  })
})

/** A port without a listener. */
async function unusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
