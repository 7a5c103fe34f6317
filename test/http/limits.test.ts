import rateLimit from '@fastify/rate-limit'
import { fastify, type FastifyRequest } from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Problem } from '../../src/http/responses/problem.js'
import { ANONYMOUS } from '../../src/http/security/auth.js'
import { createKey } from '../../src/http/security/keys.js'
import { rateLimiter } from '../../src/http/security/limits.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { problemOf, rawText } from './raw.js'

const KEYS = { read: createKey('a', 'read').key, admin: createKey('c', 'admin').key }

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
})

/** Statuses of requests, one after the other. */
async function statuses(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const found: number[] = []
  for (let sent = 0; sent < count; sent++) {
    const response = await ask()
    found.push(response.status)
    await response.text()
  }
  return found
}

const times = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value)

describe('the limit of requests', () => {
  const read = { headers: { 'x-api-key': KEYS.read } }
  const admin = { headers: { 'x-api-key': KEYS.admin } }

  async function limited(requestsPerMinute: number): Promise<TestService> {
    return startService(db, { keys: KEYS, limits: { requestsPerMinute } })
  }

  it('counts each key by itself, reads and writes alike', async () => {
    const service = await limited(5)
    expect(await statuses(6, () => service.get('/metrics', read))).toEqual([...times(5, 200), 429])
    expect(await statuses(5, () => service.get('/metrics', admin))).toEqual(times(5, 200))
    expect((await service.post('/api/processing/cache-sync/trigger', {}, admin)).status).toBe(429)
  })

  it('says when to come back', async () => {
    const service = await limited(1)
    await statuses(1, () => service.get('/metrics', read))
    const refused = await service.get('/metrics', read)
    expect(refused.status).toBe(429)
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    const { type, hint } = await problemOf(refused)
    expect(type).toBe('urn:pg-universes:too-many-requests')
    expect(hint).toBe(`Try again in ${seconds} s.`)
  })

  it('counts requests of refused scopes and of routes that do not exist', async () => {
    const service = await limited(3)
    expect(await statuses(4, () => service.get('/admin/cache/stats', read))).toEqual([...times(3, 403), 429])
    expect(await statuses(4, () => service.get('/nothing'))).toEqual([...times(3, 404), 429])
  })

  it('does not stand between a probe and the service', async () => {
    const service = await limited(2)
    await service.service.cache.loaded()
    expect(await statuses(10, () => service.get('/healthz'))).toEqual(times(10, 200))
    expect(await statuses(10, () => service.get('/readyz'))).toEqual(times(10, 200))
  })

  it('is lower for wrong keys, and a right one from the same address still opens', async () => {
    const service = await limited(1_000)
    const wrong = { headers: { 'x-api-key': 'uv_wrong' } }
    expect(await statuses(61, () => service.get('/metrics', wrong))).toEqual([...times(60, 401), 429])
    expect(await statuses(1, () => service.get('/metrics'))).toEqual([429])
    expect(await statuses(1, () => service.get('/metrics', read))).toEqual([200])
  })

  it('holds without keys, too', async () => {
    const service = await startService(db, { limits: { requestsPerMinute: 2 } })
    expect(await statuses(3, () => service.get('/metrics'))).toEqual([200, 200, 429])
  })
})

describe('the counter', () => {
  const SILENT = pino({ level: 'silent' })
  afterEach(() => vi.useRealTimers())

  /** Counts requests by address; returns the seconds of Retry-After, 0 while the limit is not exceeded. */
  async function counter(
    max: number,
    logger = SILENT,
  ): Promise<(ip: string, now?: number) => Promise<number>> {
    const app = fastify()
    await app.register(rateLimit, { global: false })
    const count = rateLimiter(app, max, logger)
    return async (ip, now = 0) => {
      vi.setSystemTime(now)
      const request = { ip, caller: ANONYMOUS, routeOptions: { config: {} } } as FastifyRequest
      try {
        await count(request)
        return 0
      } catch (thrown) {
        return Number((thrown as Problem).headers['retry-after'])
      }
    }
  }

  it('begins again when the minute is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const warnings: unknown[] = []
    const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) })
    const retryAfter = await counter(2, logger)
    const found: number[] = []
    for (const now of [0, 1_000, 2_000, 59_999, 60_000, 60_001, 60_002])
      found.push(await retryAfter('10.0.0.1', now))
    expect(found).toEqual([0, 0, 58, 1, 0, 0, 60])
    expect(warnings, 'one for each minute').toHaveLength(2)
  })

  it('forgets callers when there are very many, the oldest first', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const retryAfter = await counter(1)
    const address = (caller: number): string => `10.${caller >> 16}.${(caller >> 8) & 255}.${caller & 255}`
    for (let caller = 0; caller < 20_000; caller++) await retryAfter(address(caller))
    expect(await retryAfter(address(19_999))).toBeGreaterThan(0)
    expect(await retryAfter(address(10_001))).toBeGreaterThan(0)
    expect(await retryAfter(address(0))).toBe(0)
  })

  it.each([
    ['::ffff:10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '10.0.0.8', false],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::9', true],
    ['2001:db8::9', '2001:db8:0:0:1::', true],
    ['2001:db8:1:2::9', '2001:db8:1:3::9', false],
    ['fe80::1%eth0', 'fe80::2', true],
    ['::1', '2001:db8::1', false],
  ])('takes the addresses of an IPv6 network for one: %s, %s: %s', async (first, second, same) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const retryAfter = await counter(1)
    expect(await retryAfter(first)).toBe(0)
    expect((await retryAfter(second)) > 0).toBe(same)
  })
})

describe('behind a proxy', () => {
  const from = (address: string): RequestInit => ({ headers: { 'x-forwarded-for': address } })

  it('the address is that of the client where the proxy is trusted', async () => {
    const service = await startService(db, {
      keys: KEYS,
      trustProxy: '127.0.0.1',
      limits: { requestsPerMinute: 2 },
    })
    expect(await statuses(3, () => service.get('/openapi.json', from('203.0.113.1')))).toEqual([
      200, 200, 429,
    ])
    expect(await statuses(2, () => service.get('/openapi.json', from('203.0.113.2')))).toEqual([200, 200])
  })

  it('and nobody can choose one where it is not', async () => {
    const service = await startService(db, { keys: KEYS, limits: { requestsPerMinute: 2 } })
    let client = 0
    const ask = (): Promise<Response> => service.get('/openapi.json', from(`203.0.113.${client++}`))
    expect(await statuses(3, ask)).toEqual([200, 200, 429])
  })
})

describe('a body', () => {
  it('that is too large is refused, whatever its length is said to be', async () => {
    const service = await startService(db, { limits: { bodyBytes: 1_000 } })
    const large = { mode: 'x'.repeat(2_000) }
    const refused = await service.post('/api/processing/cache-sync/trigger', large)
    expect(refused.status).toBe(413)
    expect((await problemOf(refused)).type).toBe('urn:pg-universes:payload-too-large')
    const chunk = `400\r\n${'x'.repeat(0x400)}\r\n`
    const answer = await rawText(
      service.url,
      'POST /api/processing/cache-sync/trigger HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
        `Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('urn:pg-universes:payload-too-large')
  })
})

describe('a slow client', () => {
  const slow = { timeouts: { headers: 300, request: 600, idle: 60_000 } }

  it.each([
    ['its headers', 'GET /healthz HTTP/1.1\r\nHost: local'],
    [
      'its body',
      'POST /api/processing/cache-sync/trigger HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"mode"',
    ],
    ['anything', ''],
  ])('that does not send %s is told so and cut off', async (_case, text) => {
    const service = await startService(db, slow)
    const answer = await rawText(service.url, text)
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(answer).toContain('"type":"urn:pg-universes:request-timeout"')
    expect((await service.get('/healthz')).status).toBe(200)
  })

  it('that takes nothing of its answer is cut off', async () => {
    const service = await startService(db, { timeouts: { idle: 300 } })
    const requests = 'GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2_000)
    const { connect } = await import('node:net')
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => socket.write(requests))
    socket.pause()
    await new Promise((gone) => {
      socket.once('error', gone)
      // A paused socket hears of the end only through an error, or when it is written to.
      const poke = setInterval(() => socket.destroyed || socket.write('\r\n'), 200)
      socket.once('close', () => {
        clearInterval(poke)
        gone(undefined)
      })
    })
  })
})

describe('what is no HTTP', () => {
  it('is answered with a problem, without a word about the inside', async () => {
    const service = await startService(db)
    const nonsense = await rawText(service.url, 'HELO there\r\n\r\n')
    expect(nonsense).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(nonsense).toContain('"type":"urn:pg-universes:bad-request"')
    const headers = `X-Large: ${'x'.repeat(20_000)}\r\n`
    const large = await rawText(service.url, `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`)
    expect(large).toMatch(/^HTTP\/1\.1 431 /)
    expect(large).toContain('"type":"urn:pg-universes:headers-too-large"')
  })
})
