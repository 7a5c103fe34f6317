import { beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../src/http/security/keys.js'
import { isLoopback } from '../../src/http/security/addresses.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { rawRequest, type RawResponse } from './raw.js'

const TRIGGER = '/api/processing/cache-sync/trigger'
const KEYS = { operate: createKey('a', 'operate').key }

let db: TestDatabase
let open: TestService
let locked: TestService

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  open = await startService(db)
  locked = await startService(db, { keys: KEYS })
})

describe('without keys', () => {
  const ask = async (host: string, path = '/metrics'): Promise<RawResponse> =>
    rawRequest(open.url + path, { headers: { host } })

  it.each(['localhost', 'localhost:8080', 'LOCALHOST', '127.0.0.1:1', '127.1.2.3', '[::1]', '[::1]:8080'])(
    'the name %s is this machine',
    async (host) => {
      expect((await ask(host)).status).toBe(200)
    },
  )

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:8080',
    '192.168.0.10',
    '[::2]',
    'localhost:80@evil.example',
    '0.0.0.0',
  ])('a request for %s is refused: a name may have been made to point here', async (host) => {
    for (const path of ['/metrics', '/healthz', '/openapi.json', '/admin/historical-data', '/nothing']) {
      const { status, body } = await ask(host, path)
      expect(status, path).toBe(421)
      expect(JSON.parse(body)).toMatchObject({ type: 'urn:pg-universes:foreign-host' })
    }
  })

  it('only addresses of this machine are listened on', async () => {
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '::1'])
      expect(isLoopback(host), host).toBe(true)
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.com', '']) {
      expect(isLoopback(host), host).toBe(false)
      await expect(startService(db, { host })).rejects.toMatchObject({
        exitCode: 2,
        hint: expect.stringContaining('UNIVERSES_API_KEYS') as string,
      })
    }
  })
})

describe('with keys', () => {
  it('any name will do: the key protects', async () => {
    const headers = { host: 'universes.example', 'x-api-key': KEYS.operate }
    expect((await rawRequest(`${locked.url}/metrics`, { headers })).status).toBe(200)
  })
})

describe('a page of another site', () => {
  const send = async (
    service: TestService,
    headers: Record<string, string>,
    method = 'POST',
  ): Promise<number> => {
    const all = {
      host: 'localhost:8080',
      'content-type': 'application/json',
      'x-api-key': KEYS.operate,
      ...headers,
    }
    const { status } = await rawRequest(service.url + TRIGGER, {
      method,
      headers: all,
      body: '{"mode":"none"}',
    })
    return status
  }
  /** Let through, a request is refused for its mode. */
  const PASSED = 400

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:9090' }],
    [{ origin: 'http://localhost:8080.evil.example' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8080' }],
    [{ 'sec-fetch-site': 'nonsense' }],
  ] as Record<string, string>[][])('cannot change anything: %j', async (headers) => {
    for (const service of [open, locked]) expect(await send(service, headers)).toBe(403)
  })

  it.each([
    [{}],
    [{ origin: 'http://localhost:8080' }],
    [{ origin: 'https://localhost:8080' }],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://universes.example' }],
  ] as Record<string, string>[][])('is not what sends %j', async (headers) => {
    for (const service of [open, locked]) expect(await send(service, headers)).toBe(PASSED)
  })

  it('cannot upload anything either', async () => {
    const type = 'multipart/form-data; boundary=x'
    const body =
      '--x\r\nContent-Disposition: form-data; name="files"; filename="spy_holdings.csv"\r\n\r\nsymbol\nAAPL\n\r\n--x--\r\n'
    const headers = { host: 'localhost', 'content-type': type, origin: 'https://evil.example' }
    const { status } = await rawRequest(`${open.url}/api/loads`, { method: 'POST', headers, body })
    expect(status).toBe(403)
    expect(await db.query('SELECT id FROM load_runs')).toEqual([])
  })

  it('knows the usual port of a scheme', async () => {
    expect(await send(open, { host: 'localhost:80', origin: 'http://localhost' })).toBe(PASSED)
    expect(await send(open, { host: 'localhost:443', origin: 'https://localhost' })).toBe(PASSED)
    expect(await send(open, { host: 'localhost:443', origin: 'http://localhost' })).toBe(403)
  })

  it('can cause requests that read: the browser shows it no answer', async () => {
    const headers = { host: 'localhost', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const response = await rawRequest(`${open.url}/metrics`, { headers })
    expect(response.status).toBe(200)
    expect(response.headers['access-control-allow-origin']).toBeUndefined()
    expect(response.headers['cross-origin-resource-policy']).toBe('same-origin')
  })

  it('gets no leave to send more: there is no CORS', async () => {
    const headers = {
      host: 'localhost',
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    }
    const response = await rawRequest(open.url + TRIGGER, { method: 'OPTIONS', headers })
    expect(response.status).toBe(405)
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('cannot send a form or plain text for JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const headers = { host: 'localhost', 'content-type': type }
      expect(
        (await rawRequest(open.url + TRIGGER, { method: 'POST', headers, body: '{}' })).status,
        type,
      ).toBe(415)
    }
  })
})

describe('every answer', () => {
  it.each([
    '/healthz',
    '/metrics',
    '/openapi.json',
    '/admin/historical-data',
    '/nothing',
    '/api/%zz',
    '/api/search',
  ])('carries the security headers: %s', async (path) => {
    const response = await open.get(path)
    await response.text()
    const policy = response.headers.get('content-security-policy')
    expect(policy).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';" +
        "base-uri 'none';form-action 'self';frame-ancestors 'none'",
    )
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(response.headers.get('x-powered-by')).toBeNull()
    expect(response.headers.get('server')).toBeNull()
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})
