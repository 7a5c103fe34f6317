import { beforeAll, describe, expect, it } from 'vitest'
import { createKey, hashOf, SCOPES, type Scope } from '../../src/http/security/keys.js'
import { startService, testDatabase, type TestService } from '../support/index.js'
import { problemOf } from './raw.js'

const KEYS = {
  read: createKey('a', 'read').key,
  operate: createKey('b', 'operate').key,
  admin: createKey('c', 'admin').key,
}

interface Operation {
  method: string
  path: string
  scope: Scope | 'public'
}

let service: TestService
let operations: Operation[]

beforeAll(async () => {
  service = await startService(await testDatabase(import.meta.url), { keys: KEYS })
  await service.service.cache.loaded()
  operations = await listOperations()
})

/** Every operation of the document, and the page, which is not in it. */
async function listOperations(): Promise<Operation[]> {
  const { paths } = (await (await service.get('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { 'x-scope': Scope | 'public' }>>
  }
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-scope': scope }]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
        /id$/.test(name) ? crypto.randomUUID() : 'x',
      ),
      scope,
    })),
  )
  return [...documented, { method: 'GET', path: '/admin/historical-data', scope: 'public' }]
}

/** Sends a request that does nothing even where it is allowed: its query makes no sense. */
async function ask({ method, path }: Operation, headers: Record<string, string>): Promise<Response> {
  return service.get(`${path}?no_such_parameter=1`, { method, headers })
}

describe('every endpoint', () => {
  it('is known, with each scope in use', () => {
    expect(operations.length).toBeGreaterThan(20)
    expect(new Set(operations.map(({ scope }) => scope))).toEqual(new Set(['public', ...SCOPES]))
  })

  it('answers 401 without a key or with a wrong one, unless it is open to all', async () => {
    for (const operation of operations) {
      for (const headers of [{}, { 'x-api-key': 'uv_wrong' }] as Record<string, string>[]) {
        const response = await ask(operation, headers)
        const name = `${operation.method} ${operation.path}`
        if (operation.scope === 'public') {
          expect([200, 400, 503], name).toContain(response.status)
          await response.text()
        } else {
          expect(response.status, name).toBe(401)
          expect(response.headers.get('www-authenticate')).toBe('Bearer realm="pg-universes"')
          expect((await problemOf(response)).type).toBe('urn:pg-universes:unauthenticated')
        }
      }
    }
  })

  it('answers 403 to a key with a smaller scope, and goes on with any other', async () => {
    for (const operation of operations) {
      for (const scope of SCOPES) {
        const response = await ask(operation, { 'x-api-key': KEYS[scope] })
        const { scope: needed } = operation
        const enough = needed === 'public' || SCOPES.indexOf(scope) >= SCOPES.indexOf(needed)
        const name = `${operation.method} ${operation.path} with ${scope}`
        expect(response.status === 403, name).toBe(!enough)
        expect(response.status, name).not.toBe(401)
        if (enough) await response.text()
        else expect(await problemOf(response)).toMatchObject({ scope, needed_scope: needed })
      }
    }
  })
})

describe('a key', () => {
  const status = async (headers: Record<string, string>): Promise<number> => {
    const response = await service.get('/metrics', { headers })
    await response.text()
    return response.status
  }

  it('may come in X-API-Key or as a bearer token', async () => {
    expect(await status({ 'X-API-Key': KEYS.read })).toBe(200)
    expect(await status({ Authorization: `Bearer ${KEYS.read}` })).toBe(200)
    expect(await status({ Authorization: `bearer ${KEYS.read}` })).toBe(200)
    expect(await status({ Authorization: `Basic ${KEYS.read}` })).toBe(401)
  })

  it('is not taken from anywhere else', async () => {
    const response = await service.get(`/metrics?api_key=${KEYS.read}`)
    expect(response.status).toBe(401)
    await response.text()
    expect(await status({ cookie: `X-API-Key=${KEYS.read}` })).toBe(401)
  })

  it.each([
    ['empty', () => ''],
    ['too short', () => KEYS.read.slice(0, -1)],
    ['too long', () => `${KEYS.read}A`],
    ['very long', () => 'A'.repeat(8_000)],
    ['in other case', () => KEYS.read.toUpperCase()],
    ['its own hash', () => hashOf(KEYS.read).toString('hex')],
    ['two at once', () => `${KEYS.read}, ${KEYS.admin}`],
    ['of other characters', () => Buffer.from('clé').toString('latin1')],
  ])('is refused when it is %s', async (_case, key) => {
    expect(await status({ 'x-api-key': key() })).toBe(401)
  })
})
