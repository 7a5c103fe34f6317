import { beforeAll, describe, expect, it } from 'vitest'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { problemOf, type ProblemBody } from './raw.js'

const STATS = '/api/processing/cache-sync/stats'
const TRIGGER = '/api/processing/cache-sync/trigger'

let db: TestDatabase
let service: TestService

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  service = await startService(db)
})

/** Has the function behind STATS do this instead of its work. */
async function replaceStats(body: string): Promise<void> {
  await db.query(
    `CREATE OR REPLACE FUNCTION run_statistics(p_environment text DEFAULT 'DEFAULT') RETURNS jsonb LANGUAGE plpgsql AS
     $body$ BEGIN ${body} END; $body$`,
  )
}

async function statsProblem(body: string): Promise<ProblemBody & { retryAfter: string | null }> {
  await replaceStats(body)
  const response = await service.get(STATS)
  const document = await problemOf(response)
  expect(document.status).toBe(response.status)
  return { ...document, retryAfter: response.headers.get('retry-after') }
}

const raise = (code: string): string =>
  `RAISE EXCEPTION USING ERRCODE = '${code}', MESSAGE = 'the message', DETAIL = 'the detail', HINT = 'the hint';`

describe('an error of PostgreSQL', () => {
  it.each([
    ['UV001', 409, 'busy'],
    ['UV002', 400, 'invalid-argument'],
    ['UV003', 404, 'not-found'],
    ['UV005', 409, 'not-adoptable'],
    ['UV007', 501, 'not-supported'],
    ['22P02', 400, 'invalid-value'],
    ['22007', 400, 'invalid-value'],
    ['22008', 400, 'invalid-value'],
    ['22003', 400, 'invalid-value'],
  ])('%s is %i, with message and detail', async (code, status, slug) => {
    expect(await statsProblem(raise(code))).toMatchObject({
      type: `urn:pg-universes:${slug}`,
      status,
      code,
      detail: 'the message (the detail)',
      hint: 'the hint',
    })
  })

  it.each([
    ['42501', 403, 'database-privilege', false],
    ['57014', 504, 'timeout', false],
    ['53300', 503, 'unavailable', true],
    ['08006', 503, 'unavailable', true],
    ['57P01', 503, 'unavailable', true],
    ['57P03', 503, 'unavailable', true],
    ['40001', 503, 'conflict', true],
    ['40P01', 503, 'conflict', true],
    ['55P03', 503, 'conflict', true],
    ['42883', 503, 'not-installed', true],
    ['42P01', 503, 'not-installed', true],
  ])('%s is %i, in our words', async (code, status, slug, retry) => {
    const found = await statsProblem(raise(code))
    expect(found).toMatchObject({ type: `urn:pg-universes:${slug}`, status, code })
    expect(JSON.stringify(found)).not.toMatch(/the message|the detail|the hint/)
    expect(found.retryAfter !== null).toBe(retry)
  })

  it('that nobody expects is 500, and says nothing of what it was', async () => {
    for (const body of [raise('XX000'), raise('UV999'), `PERFORM 1/0;`, `RETURN to_jsonb(no_such_column);`]) {
      const found = await statsProblem(body)
      expect(found).toEqual({
        type: 'urn:pg-universes:internal',
        title: 'Internal error',
        status: 500,
        detail: 'Details are in the log of the service, under the id of this request.',
        instance: found.instance,
        retryAfter: null,
      })
    }
  })

  it('of a missing installation names the remedy', async () => {
    const empty = await startService(await testDatabase(import.meta.url, { empty: true }))
    const response = await empty.get(STATS)
    expect(response.status).toBe(503)
    expect(await problemOf(response)).toMatchObject({
      type: 'urn:pg-universes:not-installed',
      hint: 'universes migrate up, with the same database and --schema as the service.',
    })
  })

  it('never shows SQL, a position in it, or a stack', async () => {
    const bodies = ['XX000', '42501', '42P01', 'UV002', '22P02'].map(raise)
    for (const body of [...bodies, `EXECUTE 'SELECT secret_column FROM sync_runs';`]) {
      const found = JSON.stringify(await statsProblem(body))
      expect(found).not.toMatch(
        /SELECT|PL\/pgSQL|run_statistics|node_modules|\.js|\.ts|at .*:\d+:\d+|secret_column/,
      )
    }
  })
})

describe('an unreachable database', () => {
  it('is 503 with Retry-After, and does not say where it was looked for', async () => {
    const nowhere = await startService({ url: 'postgres://somebody:pa55word@127.0.0.1:1/nothing' })
    const response = await nowhere.get(STATS)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('2')
    const found = await problemOf(response)
    expect(found).toMatchObject({
      type: 'urn:pg-universes:unavailable',
      detail: 'PostgreSQL does not respond at the moment.',
    })
    expect(JSON.stringify(found)).not.toMatch(/pa55word|somebody|127\.0\.0\.1|nothing/)
  })

  it('or one that refuses the password, too', async () => {
    const url = new URL(db.url)
    url.pathname = '/no_such_database'
    const refused = await startService({ url: url.href })
    const found = await problemOf(await refused.get(STATS))
    expect(found).toMatchObject({ status: 503, code: '3D000', type: 'urn:pg-universes:unavailable' })
    expect(JSON.stringify(found)).not.toContain('no_such_database')
  })
})

describe('a request that is not right', () => {
  it('names its id, in the document and in a header', async () => {
    const response = await service.get('/nothing')
    expect((await problemOf(response)).instance).toBe(`urn:uuid:${response.headers.get('x-request-id')}`)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('for an unknown path is 404', async () => {
    for (const path of [
      '/',
      '/nothing',
      '/api',
      '/api/universes/a/b/c/d',
      '/admin/../etc/passwd',
      '/admin/%2e%2e/x',
    ]) {
      const response = await service.get(path)
      expect(response.status, path).toBe(404)
      expect((await problemOf(response)).type).toBe('urn:pg-universes:no-such-route')
    }
  })

  it('with a path that cannot be read is 400', async () => {
    const response = await service.get('/api/%zz')
    expect(response.status).toBe(400)
    const { detail } = await problemOf(response)
    expect(detail).not.toMatch(/node_modules|\.js/)
  })

  it('with another method is 405 and told which there are', async () => {
    const response = await service.get(TRIGGER)
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(await problemOf(response)).toMatchObject({ type: 'urn:pg-universes:method-not-allowed' })
    const other = await service.get('/api/universes/ETF/SPY/members', { method: 'DELETE' })
    expect(other.headers.get('allow')).toBe('GET, HEAD')
  })

  it.each(['{', '{"mode": full}', '', 'null x', '{"__proto__": {"a": 1}}'])(
    'with the body %j is 400',
    async (body) => {
      const response = await service.post(TRIGGER, body, { headers: { 'content-type': 'application/json' } })
      expect(response.status).toBe(400)
      const { type, detail } = await problemOf(response)
      expect(type).toMatch(/malformed-json|bad-request/)
      expect(detail).not.toMatch(/position|token/i)
    },
  )

  it.each([
    [{ mode: 'everything' }, 'body/mode', /allowed values: full, market_cap/],
    [{ dry_run: 'true' }, 'body/dry_run', /boolean/],
    [{ append: 1 }, 'body/append', /boolean/],
    [{ dryrun: true }, 'body', /additional properties: dryrun/],
    [[], 'body', /object/],
  ])('with the body %j says what is wrong where', async (body, path, message) => {
    const response = await service.post(TRIGGER, body)
    expect(response.status).toBe(400)
    const { type, errors } = await problemOf(response)
    expect(type).toBe('urn:pg-universes:validation')
    expect(errors?.[0]?.path).toBe(path)
    expect(errors?.[0]?.message).toMatch(message)
  })

  it.each([
    ['limit=ten', 'querystring/limit', /integer/],
    ['limit=0', 'querystring/limit', />= 1/],
    ['limit=1.5', 'querystring/limit', /integer/],
    ['limit=', 'querystring/limit', /integer/],
    ['limit=1&limit=2', 'querystring/limit', /integer/],
    ['limit=0x10', 'querystring/limit', /integer/],
    ['limit=1e2', 'querystring/limit', /integer/],
    ['limit=%205', 'querystring/limit', /integer/],
    ['limit=10001', 'querystring/limit', /<= 10000/],
    ['limti=1', 'querystring', /additional properties: limti/],
  ])('with the query %s says what is wrong where', async (query, path, message) => {
    const response = await service.get(`/api/processing/cache-sync/history?${query}`)
    expect(response.status).toBe(400)
    const { errors } = await problemOf(response)
    expect(errors?.[0]?.path).toBe(path)
    expect(errors?.[0]?.message).toMatch(message)
  })

  it('with a parameter where there is none is refused, too', async () => {
    expect((await service.get(`${STATS}?limit=1`)).status).toBe(400)
  })

  it('that is right passes: texts of a query become numbers', async () => {
    const response = await service.get('/api/processing/cache-sync/history?limit=7&offset=3')
    expect(await response.json()).toMatchObject({ limit: 7, offset: 3 })
  })
})
