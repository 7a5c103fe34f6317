import { join } from 'node:path'
import pg from 'pg'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { migrateUp } from '../../src/database/migrate.js'
import { load } from '../../src/load/load.js'
import { writeFiles } from '../load/files.js'
import { startPostgres, startService, type PostgresServer, type TestService } from '../support/index.js'
import { json, type Members, type ProblemBody } from './market.js'

let server: PostgresServer
let service: TestService

beforeAll(async () => {
  server = await startPostgres()
  await migrateUp({ url: server.url, schema: 'public' })
  const folder = await writeFiles({
    'spy_holdings.csv': 'symbol,weight\nAAA,60\nBBB,40\n',
    'symbols.csv': 'symbol,name,type\nAAA,Alpha,CS\nBBB,Beta,CS\n',
  })
  await load({ url: server.url, kind: 'symbols', paths: [join(folder, 'symbols.csv')] })
  await load({ url: server.url, kind: 'etfs', paths: [join(folder, 'spy_holdings.csv')] })
  await query(`SELECT refresh_universes()`)
  service = await startService(server)
  await service.service.cache.loaded()
}, 120_000)

async function query(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** Answers of a stopped PostgreSQL may take until the first connection is refused. */
async function stale(path: string, init?: RequestInit): Promise<Response> {
  const response = await service.get(path, init)
  expect([path, response.headers.get('x-cache-stale')]).toEqual([path, 'true'])
  expect(response.headers.get('warning')).toBe('110 - "Response is Stale"')
  return response
}

describe('while PostgreSQL is down', () => {
  const before: Record<string, unknown> = {}

  beforeAll(async () => {
    for (const path of ['/api/universes/ETF/SPY', '/api/symbols/AAA', '/api/validation', '/api/themes'])
      before[path] = await json(service, path)
    await server.stop()
    await vi.waitFor(() => expect(service.service.cache.stale).not.toBeNull(), 30_000)
  }, 60_000)

  it('members and lists are answered from memory, whether or not somebody has asked before', async () => {
    const page = (await (await stale('/api/universes/ETF/SPY/members')).json()) as Members
    expect(page.members.map(({ symbol }) => symbol)).toEqual(['AAA', 'BBB'])
    expect(await (await stale('/api/universes/ETF/SPY/members?format=csv&offset=1')).text()).toContain(
      '2,BBB,Beta,40',
    )
    expect(await (await stale('/api/universes?type=ETF')).json()).toMatchObject({ total: 1 })
    const { sectors } = (await (await stale('/api/sectors')).json()) as { sectors: { count: number }[] }
    expect(sectors.reduce((sum, { count }) => sum + count, 0)).toBe(2)
  })

  it('a copy that still is right is confirmed, and marked', async () => {
    const response = await stale('/api/universes/ETF/SPY/members')
    const headers = { 'if-none-match': response.headers.get('etag')! }
    expect((await stale('/api/universes/ETF/SPY/members', { headers })).status).toBe(304)
  })

  it('what SQL has answered before is answered again, marked', async () => {
    for (const [path, document] of Object.entries(before))
      expect(await (await stale(path)).json()).toEqual(document)
  })

  it.each([
    '/api/universes/ETF/spy/members',
    '/api/universes/ETF/QQQ/members',
    '/api/universes/ETF/SPY/members?as_of=2026-01-01',
    '/api/universes/THEME/ai_ml_leaders',
    '/api/symbols/BBB',
    '/api/search?q=alpha',
    '/api/report',
  ])('%s needs SQL: 503, and when to ask again', async (path) => {
    const response = await service.get(path)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect((await response.json()) as ProblemBody).toMatchObject({ type: 'urn:pg-universes:unavailable' })
  })

  it('a refresh of the cache says so', async () => {
    expect((await service.post('/admin/cache/refresh', { warm: true })).status).toBe(503)
    expect((await service.post('/admin/cache/warm')).status).toBe(503)
    expect(await json(service, '/admin/cache/test')).toMatchObject({ lookups: expect.any(Array) as unknown })
    const statistics = await json<{ relationships: { stale: unknown } }>(service, '/admin/cache/stats')
    expect(statistics.relationships.stale).toMatchObject({ reason: expect.any(String) as unknown })
  })

  it('and once it is back everything is answered, and unmarked', async () => {
    await server.restart()
    await expect.poll(() => service.service.cache.stale, { timeout: 60_000 }).toBeNull()
    for (const path of ['/api/universes/ETF/spy/members', '/api/symbols/BBB', '/api/themes', '/api/report']) {
      await expect.poll(async () => (await service.get(path)).status, { timeout: 30_000 }).toBe(200)
      expect((await service.get(path)).headers.get('x-cache-stale')).toBeNull()
    }
  }, 120_000)
})

it('before the first load nothing is known: 503', async () => {
  const nowhere = await startService({ url: 'postgres://nobody@127.0.0.1:1/nothing' })
  for (const path of [
    'universes',
    'universes/ETF/SPY/members',
    'universes/ETF/SPY',
    'sectors',
    'themes',
    'validation',
  ])
    expect([path, (await nowhere.get(`/api/${path}`)).status]).toEqual([path, 503])
  expect((await nowhere.get('/admin/cache/stats')).status).toBe(200)
  expect((await nowhere.get('/admin/cache/test')).status).toBe(503)
  await nowhere.close()
})
