import { beforeAll, describe, expect, it } from 'vitest'
import { refresh } from '../cache/relationship-support.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { caughtUp, json, problemOf, smallMarket } from './market.js'

let db: TestDatabase
let service: TestService

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await smallMarket(db)
  await refresh(db)
  service = await startService(db)
  await caughtUp(service, db)
})

interface Statistics {
  relationships: Record<string, number> & { stale: unknown; version: string }
  responses: Record<string, number>
}

const statistics = (from = service): Promise<Statistics> => json<Statistics>(from, '/admin/cache/stats')

async function post<Answer>(path: string, body?: unknown): Promise<Answer> {
  const response = await service.post(path, body)
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return JSON.parse(text) as Answer
}

describe('the statistics', () => {
  it('are those of the cache and of the rendered answers', async () => {
    const before = await statistics()
    expect(before.relationships).toMatchObject({ stale: null, version: service.service.cache.version })
    const [row] = await db.query(
      `SELECT (SELECT count(*)::integer FROM definition_groups) AS groups, (SELECT count(*)::integer FROM group_memberships) AS memberships,
         (SELECT count(*)::integer FROM symbols) AS symbols`,
    )
    expect(before.relationships).toMatchObject(row!)
    for (const path of ['ETF/SPY/members', 'ETF/SPY/members', 'ETF/QQQ/members'])
      await json(service, `/api/universes/${path}`)
    const { responses, relationships } = await statistics()
    expect([
      responses['hits']! - before.responses['hits']!,
      responses['misses']! - before.responses['misses']!,
    ]).toEqual([1, 2])
    expect(responses['bytes']).toBeGreaterThan(before.responses['bytes']!)
    expect(relationships['hits']).toBeGreaterThan(before.relationships['hits']!)
  })

  it('are complete: nothing is stripped', async () => {
    const { relationships, responses } = await statistics()
    expect(Object.keys(relationships).sort()).toEqual(Object.keys(service.service.cache.statistics()).sort())
    expect(responses).toMatchObject({ max_bytes: 64 * 1024 * 1024, evicted: 0, failed: 0, stale: 0 })
  })
})

describe('a refresh', () => {
  interface Refreshed {
    success: boolean
    changed: boolean
    version: string
    groups: number
    took_ms: number
    warmed: { built: number; kept: number; left_out: number } | null
  }

  it('loads everything anew, and says whether that changed anything', async () => {
    const { relationships } = await statistics()
    const same = await post<Refreshed>('/admin/cache/refresh')
    expect(same).toMatchObject({
      success: true,
      changed: false,
      version: relationships.version,
      warmed: null,
    })
    // A company is renamed without a word to anybody.
    await db.query(`UPDATE symbols SET name = 'Renamed' WHERE symbol = 'AAA'`)
    const other = await post<Refreshed>('/admin/cache/refresh', { warm: false })
    expect(other).toMatchObject({ changed: true, warmed: null })
    expect(JSON.stringify(await json(service, '/api/universes/ETF/SPY/members'))).toContain('Renamed')
    const after = await statistics()
    expect(after.relationships['full_loads']! - relationships['full_loads']!).toBeGreaterThanOrEqual(2)
  })

  it('can render what people ask for first', async () => {
    await db.query(`UPDATE symbols SET name = 'Renamed again' WHERE symbol = 'AAA'`)
    const { warmed } = await post<Refreshed>('/admin/cache/refresh', { warm: true })
    const universes = service.service.cache.universes()
    expect(warmed!.built + warmed!.kept).toBe(universes.length + 3)
    expect(warmed).toMatchObject({ left_out: 0 })
    const before = await statistics()
    for (const { type, name } of universes) await json(service, `/api/universes/${type}/${name}/members`)
    for (const path of ['universes', 'sectors', 'themes']) await json(service, `/api/${path}`)
    const after = await statistics()
    expect(after.responses['hits']! - before.responses['hits']!).toBeGreaterThanOrEqual(universes.length + 1)
    expect(after.responses['built']! - before.responses['built']!).toBeLessThanOrEqual(2)
  })

  it('refuses what it does not know', async () => {
    for (const body of [{ warm: 'yes' }, { warm: true, cold: true }, []]) {
      expect((await service.post('/admin/cache/refresh', body)).status, JSON.stringify(body)).toBe(400)
    }
  })
})

it('warming twice renders nothing twice', async () => {
  await post('/admin/cache/warm')
  const again = await post<Record<string, number>>('/admin/cache/warm')
  // Sectors and themes hold for a second.
  expect(again['built']).toBeLessThanOrEqual(2)
  expect(again['built']! + again['kept']!).toBe(service.service.cache.universes().length + 3)
})

describe('the test of lookups', () => {
  interface Times {
    took_ms: number
    lookups: {
      lookup: string
      argument: string | null
      hit_ns: number | null
      miss_ns: number
      calls: number
    }[]
  }

  it('times hits and misses of each kind, and leaves the statistics alone', async () => {
    const before = await statistics()
    const { lookups, took_ms } = await json<Times>(service, '/admin/cache/test')
    expect(lookups.map(({ lookup }) => lookup)).toEqual([
      'etf_holdings',
      'etfs_of',
      'sector_of',
      'stocks_of',
      'theme_members',
      'members',
      'groups_of',
      'stock',
      'group',
      'fingerprint',
      'symbols',
      'universes',
      'rendered_answer',
    ])
    for (const { lookup, hit_ns, miss_ns, calls } of lookups) {
      expect(miss_ns, lookup).toBeGreaterThan(0)
      expect(calls, lookup).toBeGreaterThan(0)
      if (hit_ns !== null) expect(hit_ns, lookup).toBeGreaterThan(0)
    }
    expect(lookups.find(({ lookup }) => lookup === 'etf_holdings')).toMatchObject({ argument: 'SPY' })
    expect(took_ms).toBeGreaterThan(0)
    const after = await statistics()
    for (const count of ['hits', 'misses', 'loads'])
      expect(after.relationships[count]).toBe(before.relationships[count])
    expect(after.responses).toEqual(before.responses)
  })

  it('has nothing to find in an empty database', async () => {
    const empty = await startService(await testDatabase(import.meta.url))
    await empty.service.cache.loaded()
    const { lookups } = await json<Times>(empty, '/admin/cache/test')
    expect(lookups.every(({ miss_ns }) => miss_ns > 0)).toBe(true)
    expect(lookups[0]).toMatchObject({ argument: null, hit_ns: null })
    expect(await json(empty, '/api/universes')).toMatchObject({ total: 0, universes: [] })
    await empty.close()
  })
})

it('is for admins', async () => {
  const keys = { read: 'r'.repeat(20), operate: 'o'.repeat(20), admin: 'a'.repeat(20) }
  const guarded = await startService(db, { keys })
  await guarded.service.cache.loaded()
  const paths = [
    ['GET', 'stats'],
    ['GET', 'test'],
    ['POST', 'refresh'],
    ['POST', 'warm'],
  ] as const
  for (const [method, path] of paths) {
    const statusOf = async (key: string): Promise<number> =>
      (await guarded.get(`/admin/cache/${path}`, { method, headers: { 'x-api-key': key } })).status
    expect([path, await statusOf(keys.read), await statusOf(keys.operate), await statusOf('x')]).toEqual([
      path,
      403,
      403,
      401,
    ])
    expect([path, await statusOf(keys.admin)]).toEqual([path, 200])
  }
  await problemOf(guarded, '/api/universes', 401)
  expect((await guarded.get('/api/universes', { headers: { 'x-api-key': keys.read } })).status).toBe(200)
  await guarded.close()
})
