import { beforeAll, describe, expect, it } from 'vitest'
import { loadFunds, refresh } from '../cache/relationship-support.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { caughtUp, smallMarket } from './market.js'

const SPY = '/api/universes/ETF/SPY/members'
const QQQ = '/api/universes/ETF/QQQ/members'
const PATHS = [
  SPY,
  QQQ,
  `${SPY}?format=csv`,
  `${SPY}?limit=2`,
  `${SPY}?limit=2&offset=2`,
  '/api/universes',
  '/api/universes?type=ETF',
  '/api/universes/ETF/SPY',
  '/api/sectors',
  '/api/themes',
  '/api/symbols/AAA',
  '/api/search?q=alpha',
  '/api/validation',
  '/api/report',
]

let db: TestDatabase
let service: TestService

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await smallMarket(db)
  await refresh(db)
  service = await startService(db)
  await caughtUp(service, db)
})

async function tagOf(path: string, from = service): Promise<string> {
  const response = await from.get(path)
  expect(response.status, path).toBe(200)
  await response.arrayBuffer()
  return response.headers.get('etag')!
}

/** Tags of all paths, once what was committed has arrived. */
async function tags(): Promise<Record<string, string>> {
  await caughtUp(service, db)
  return Object.fromEntries(await Promise.all(PATHS.map(async (path) => [path, await tagOf(path)] as const)))
}

describe.each(PATHS)('%s', (path) => {
  it('says that a copy has to be asked about, and whose it is', async () => {
    const response = await service.get(path)
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(response.headers.get('etag')).toMatch(
      path === '/api/report' ? /^W\/"[\w-]{27}"$/ : /^"[\w-]{27}"$/,
    )
    expect([response.headers.get('x-cache-stale'), response.headers.get('warning')]).toEqual([null, null])
  })

  it('answers 304 without a body to who has it, and in full to who has another', async () => {
    const tag = await tagOf(path)
    const strong = tag.replace('W/', '')
    for (const header of [tag, `W/${strong}`, `"other", ${tag}`, '*']) {
      const response = await service.get(path, { headers: { 'if-none-match': header } })
      expect([header, response.status, await response.text()]).toEqual([header, 304, ''])
      expect(response.headers.get('etag')).toBe(tag)
      expect(response.headers.get('cache-control')).toBe('private, no-cache')
      expect(response.headers.get('content-length')).toBeNull()
    }
    for (const header of ['"other"', `x${tag}`, '']) {
      const response = await service.get(path, { headers: { 'if-none-match': header } })
      expect([response.status, (await response.text()).length > 0]).toEqual([200, true])
    }
  })

  it('answers HEAD like GET, without the body', async () => {
    const full = await service.get(path)
    const { length } = Buffer.from(await full.arrayBuffer())
    const head = await service.get(path, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(head.headers.get('content-length')).toBe(String(length))
    for (const name of ['etag', 'content-type', 'link', 'content-disposition'])
      expect(head.headers.get(name), name).toBe(full.headers.get(name))
    const known = await service.get(path, { method: 'HEAD', headers: { 'if-none-match': '*' } })
    expect(known.status).toBe(304)
  })
})

/** Paths whose tag differs. */
function differing(before: Record<string, string>, after: Record<string, string>): string[] {
  return PATHS.filter((path) => before[path] !== after[path])
}

describe('the ETag', () => {
  it('is the same while nothing changes, after a refresh without changes, and from another process', async () => {
    const before = await tags()
    expect(await tags()).toEqual(before)
    await refresh(db)
    const after = await tags()
    // Runs of the report and what the checks may say about them are news.
    expect(differing(before, after).filter((path) => path !== '/api/report')).toEqual([])
    await service.service.cache.refresh({ full: true })
    expect(differing(after, await tags())).toEqual([])
    const other = await startService(db)
    await other.service.cache.loaded()
    for (const path of PATHS.filter((path) => path !== '/api/report'))
      expect(await tagOf(path, other), path).toBe(after[path])
    await other.close()
  })

  it('changes with a load, where the answer does', async () => {
    const before = await tags()
    await loadFunds(db, { qqq: 'AAA,61 DDD,39' })
    const changed = differing(before, await tags())
    expect(changed).toEqual(
      expect.arrayContaining([QQQ, '/api/universes', '/api/universes?type=ETF', '/api/symbols/AAA']),
    )
    for (const path of [
      SPY,
      `${SPY}?format=csv`,
      '/api/universes/ETF/SPY',
      '/api/themes',
      '/api/search?q=alpha',
    ])
      expect(changed).not.toContain(path)
  })

  it('of a page changes when the page does', async () => {
    const before = await tags()
    await loadFunds(db, { spy: 'AAA,40 BBB,30 CCC,20 BRK.B,6 DDD,4' })
    const changed = differing(before, await tags())
    expect(changed).toEqual(expect.arrayContaining([SPY, `${SPY}?format=csv`, `${SPY}?limit=2&offset=2`]))
    // Its version is that of all members, so the first page tells that others have changed.
    expect(changed).toContain(`${SPY}?limit=2`)
    expect(changed).not.toContain(QQQ)
  })

  it('changes with the market caps that the members show, though nobody came or went', async () => {
    await db.query(
      `UPDATE symbols SET weighted_shares_outstanding = 1000;
       INSERT INTO ohlcv_daily (symbol, date, close) SELECT symbol, CURRENT_DATE, 7 FROM symbols WHERE symbol = 'DDD'`,
    )
    const before = await tags()
    const version = service.service.cache.group('ETF', 'QQQ')!.version
    await refresh(db)
    const changed = differing(before, await tags())
    expect(changed).toEqual(expect.arrayContaining([SPY, QQQ, `${QQQ}`]))
    expect(service.service.cache.group('ETF', 'QQQ')!.version).toBe(version)
  })

  it('comes back with the answer', async () => {
    const before = await tagOf(QQQ)
    const since = await db.query(`SELECT added_at FROM current_members WHERE name = 'QQQ' ORDER BY symbol`)
    await loadFunds(db, { qqq: 'AAA,50 DDD,50' })
    await caughtUp(service, db)
    expect(await tagOf(QQQ)).not.toBe(before)
    await loadFunds(db, { qqq: 'AAA,61 DDD,39' })
    await caughtUp(service, db)
    expect(await db.query(`SELECT added_at FROM current_members WHERE name = 'QQQ' ORDER BY symbol`)).toEqual(
      since,
    )
    expect(await tagOf(QQQ)).toBe(before)
  })

  it('of a past moment stays whatever happens', async () => {
    const [row] = await db.query<{ at: string }>(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
    )
    const path = `${SPY}?as_of=${row!.at}`
    // By then nothing can be committed any more that had begun before.
    await db.query('SELECT pg_sleep(1.1)')
    const tag = await tagOf(path)
    const { hits, built } = service.service.responses.statistics()
    expect(await tagOf(path)).toBe(tag)
    expect(service.service.responses.statistics()).toMatchObject({ hits: hits + 1, built })
    await loadFunds(db, { spy: 'AAA,100' })
    await caughtUp(service, db)
    expect(await tagOf(path)).toBe(tag)
    expect((await service.get(path, { headers: { 'if-none-match': tag } })).status).toBe(304)
  })
})
