import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RelationshipCache } from '../../src/cache/index.js'
import { rollBack } from '../history/support.js'
import { writeFiles } from '../load/files.js'
import { marketDir, removeFolder, runCli, testDatabase, type TestDatabase } from '../support/index.js'
import {
  caughtUp,
  closeCaches,
  expectFresh,
  fillWholeMarket,
  fillSymbols,
  loadFunds,
  openCache,
  refresh,
  watch,
  eventually,
} from './relationship-support.js'

let db: TestDatabase
let cache: RelationshipCache

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await fillSymbols(db)
  await loadFunds(db, { AAA: 'A,60 B,40', BBB: 'B,50 C,50' })
  await refresh(db)
  // Nothing but NOTIFY brings news.
  cache = await openCache(db, { ttlMs: Infinity })
})

afterEach(closeCaches)

const holdings = (etf: string): unknown[] | undefined =>
  cache.etfHoldings(etf)?.map(({ symbol, weight }) => `${symbol} ${weight}`)

describe('a change reaches the cache', () => {
  it('of a load', async () => {
    await loadFunds(db, { AAA: 'A,50 C,50' })
    await eventually(() => holdings('AAA')).toEqual(['A 50', 'C 50'])
    expect(cache.etfsOf('C')).toEqual(['AAA', 'BBB'])
    expect(cache.etfsOf('B')).toEqual(['BBB'])
    expect(cache.symbols('AAA:BBB')).toEqual(['A', 'B', 'C'])
    expect(cache.statistics()).toMatchObject({ full_loads: 1, failed_loads: 0 })
  })

  it('of a load by another process, with a fund that is new', async () => {
    const folder = await writeFiles({ 'ccc_holdings.csv': 'symbol,weight\nD,100\n' })
    const args = ['load', 'etfs', `${folder}/ccc_holdings.csv`]
    expect(await runCli(args, { env: { DATABASE_URL: db.url } })).toMatchObject({ code: 0 })
    removeFolder(folder)
    await eventually(() => holdings('CCC')).toEqual(['D 100'])
    expect(cache.etfs().map(({ name }) => name)).toEqual(['AAA', 'BBB', 'CCC'])
  })

  it('of a refresh, with the market caps that it moves', async () => {
    const before = cache.members('MARKET_LEADERS', 'top_10_stocks')
    expect(before?.[0]?.symbol).toBe('A')
    await db.query(`INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('Y', CURRENT_DATE, 1000)`)
    await refresh(db)
    await eventually(() => cache.members('MARKET_LEADERS', 'top_10_stocks')?.[0]?.symbol).toBe('Y')
    expect(cache.members('MARKET_LEADERS', 'top_10_stocks')?.[0]).toMatchObject({
      rank: 1,
      market_cap: 11e12,
    })
    expect(cache.stock('Y')?.market_cap).toBe(11e12)
    expect(before?.[0]?.symbol).toBe('A')
  })

  it('of names, which no event tells: the load of symbols does', async () => {
    const folder = await writeFiles({ 'symbols.csv': 'symbol,name,type,active\nA,Renamed,CS,true\n' })
    const args = ['load', 'symbols', `${folder}/symbols.csv`]
    expect(await runCli(args, { env: { DATABASE_URL: db.url } })).toMatchObject({ code: 0 })
    removeFolder(folder)
    await eventually(() => cache.stock('A')?.name).toBe('Renamed')
    expect(cache.etfHoldings('AAA')?.[0]?.name).toBe('Renamed')
  })

  it('of a universe that somebody deletes, with the next hint', async () => {
    await db.query(`DELETE FROM definition_groups WHERE name = 'BBB'`)
    await db.query('NOTIFY universe_events')
    await eventually(() => cache.etfHoldings('BBB')).toBeUndefined()
    expect(cache.etfsOf('C')).toEqual([])
  })

  it('of a universe that came without an event, with the next hint', async () => {
    await db.query(`INSERT INTO definition_groups (name, type) VALUES ('hollow', 'UNIVERSE')`)
    expect(cache.universeMembers('hollow')).toBeUndefined()
    await db.query('NOTIFY universe_events')
    await eventually(() => cache.universeMembers('hollow')).toEqual([])
    expect(cache.stale).toBeNull()
  })

  it('of members that symbols got to know after the cache had read it', async () => {
    await db.query(
      `INSERT INTO symbols (symbol, name, type, market_cap) VALUES ('NEW', 'Company NEW', 'CS', 5)`,
    )
    await loadFunds(db, { AAA: 'NEW,60 UNLISTED,40' })
    await caughtUp(cache, db)
    expect(cache.etfHoldings('AAA')?.map(({ name }) => name)).toEqual(['Company NEW', null])
    const { loads, full_loads } = cache.statistics()
    expect(full_loads).toBe(2)
    // The one that symbols does not know is known by now: no second look at all of them.
    await loadFunds(db, { AAA: 'NEW,50 UNLISTED,50' })
    await caughtUp(cache, db)
    expect(cache.statistics()).toMatchObject({ loads: loads + 1, full_loads })
  })

  it('and events that change no universe change nothing', async () => {
    const [told, { version, loads }] = [watch(cache), cache.statistics()]
    const before = cache.etfHoldings('AAA')
    await db.query(`SELECT publish_event('cache_sync_progress', '{"status": "running"}')`)
    await db.query(`SELECT publish_event('universe_updated', '{"type": "ETF", "universe": "AAA"}')`)
    await caughtUp(cache, db)
    expect(cache.statistics().loads).toBeGreaterThan(loads)
    expect([told, cache.version]).toEqual([[], version])
    expect(cache.etfHoldings('AAA')).toBe(before)
  })
})

describe('what has changed is told', () => {
  it('by name, and everything else is shared with what was there before', async () => {
    const told = watch(cache)
    const [before, lists] = [
      cache.group('ETF', 'BBB'),
      [cache.etfHoldings('BBB'), cache.stocksOf('financials')],
    ]
    await loadFunds(db, { AAA: 'A,50 B,50', CCC: 'A,100' })
    await caughtUp(cache, db)
    expect(told).toEqual([
      [
        { type: 'ETF', name: 'AAA' },
        { type: 'ETF', name: 'CCC' },
      ],
    ])
    expect(() => (told[0] as object[]).push({})).toThrow(TypeError)
    expect(cache.group('ETF', 'BBB')).toBe(before)
    expect([cache.etfHoldings('BBB'), cache.stocksOf('financials')]).toEqual(lists)
    expect(cache.etfHoldings('BBB')).toBe(lists[0])
  })

  it('as everything when market caps have moved; universes that are as they were keep their version', async () => {
    const told = watch(cache)
    const [aaa, top, version] = [
      cache.group('ETF', 'AAA'),
      cache.group('MARKET_LEADERS', 'top_10_stocks'),
      cache.version,
    ]
    const fingerprint = cache.fingerprint('ETF', 'AAA')
    await db.query(`INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('B', CURRENT_DATE, 1000)`)
    await refresh(db)
    await caughtUp(cache, db)
    expect(told).toEqual(['all'])
    expect(cache.group('ETF', 'AAA')).toBe(aaa)
    expect(cache.group('MARKET_LEADERS', 'top_10_stocks')?.version).not.toBe(top?.version)
    // The members of AAA are the same, but their names or market caps are not.
    expect(cache.fingerprint('ETF', 'AAA')).not.toBe(fingerprint)
    expect(cache.etfHoldings('AAA')?.[1]).toMatchObject({ symbol: 'B', market_cap: 34e12 })
    expect(cache.version).not.toBe(version)
  })

  it('and versions return with the members', async () => {
    const [version, whole] = [cache.group('ETF', 'AAA')?.version, cache.version]
    await loadFunds(db, { AAA: 'A,61 B,39' })
    await caughtUp(cache, db)
    expect(cache.group('ETF', 'AAA')?.version).not.toBe(version)
    expect(cache.version).not.toBe(whole)
    await loadFunds(db, { AAA: 'A,60 B,40' })
    await caughtUp(cache, db)
    expect(cache.group('ETF', 'AAA')?.version).toBe(version)
    expect(cache.version).toBe(whole)
  })

  it('until the listener is taken off; one that throws harms nobody', async () => {
    const told: string[] = []
    cache.onChange(() => {
      throw new Error('a listener')
    })
    const off = cache.onChange(() => told.push('first'))
    cache.onChange(() => told.push('second'))
    await loadFunds(db, { AAA: 'A,50 B,50' })
    await caughtUp(cache, db)
    expect(told).toEqual(['first', 'second'])
    off()
    await loadFunds(db, { AAA: 'A,40 B,60' })
    await caughtUp(cache, db)
    expect(told).toEqual(['first', 'second', 'second'])
  })
})

it('after any changes the cache answers like one that is opened then', async () => {
  const start = await db.query<{ id: string }>(
    'SELECT id FROM recorded_runs ORDER BY finished_at DESC LIMIT 1',
  )
  const steps: [string, () => Promise<unknown>][] = [
    ['a load', () => loadFunds(db, { AAA: 'A,10 B,20 C,70', CCC: 'D,100' })],
    ['a refresh', () => refresh(db)],
    [
      'a price',
      () => db.query(`INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('K', CURRENT_DATE, 900)`),
    ],
    ['its refresh', () => refresh(db)],
    ['a delisting', () => db.query(`UPDATE symbols SET active = false WHERE symbol IN ('A', 'K')`)],
    ['its refresh', () => refresh(db)],
    ['a theme that goes', () => db.query(`UPDATE theme_rules SET enabled = false WHERE name LIKE 'a%'`)],
    ['its refresh', () => refresh(db)],
    ['a file that is gone', () => loadFunds(db, { BBB: 'B,50 C,50', CCC: 'D,100' }, { whole: true })],
    ['the theme again', () => db.query(`UPDATE theme_rules SET enabled = true`)],
    ['its refresh', () => refresh(db)],
    ['a rollback', () => rollBack(db, start[0]!.id)],
    ['a refresh after it', () => refresh(db)],
    ['sectors', () => db.query("SELECT enrich_sectors('full')")],
    [
      'the purge',
      () =>
        db.query(
          "UPDATE universe_events SET published_at = now(); UPDATE settings SET value = 0 WHERE name = 'event_retention_days'; SELECT purge_events()",
        ),
    ],
    ['a load after it', () => loadFunds(db, { BBB: 'C,100' })],
    ['members nobody knows', () => loadFunds(db, { BBB: 'C,90 UNLISTED,10' })],
    ['another environment', () => loadFunds(db, { AAA: 'E,100' }, { environment: 'TEST' })],
  ]
  for (const [step, change] of steps) {
    await change()
    await expectFresh(cache, db).catch((error: unknown) => {
      throw new Error(`after ${step}`, { cause: error })
    })
  }
  const { full_loads, loads } = cache.statistics()
  expect(full_loads).toBeLessThan(loads / 2)
})

it('on a whole market, too', async () => {
  const real = await testDatabase(import.meta.url)
  const own = await openCache(real, { ttlMs: Infinity })
  await fillWholeMarket(real, marketDir())
  await expectFresh(own, real)
  const { version } = own
  await real.query(
    `UPDATE ohlcv_daily SET close = close * 1.2 WHERE symbol IN (SELECT symbol FROM symbols ORDER BY 1 LIMIT 3000)`,
  )
  await refresh(real)
  await expectFresh(own, real)
  await loadFunds(real, { SPY: 'AAPL,60 MSFT,40' })
  await expectFresh(own, real)
  await rollBack(
    real,
    (await real.query<{ id: string }>('SELECT id FROM load_runs ORDER BY finished_at DESC LIMIT 1'))[0]!.id,
    { before: true },
  )
  await expectFresh(own, real)
  expect(own.version).not.toBe(version)
})
