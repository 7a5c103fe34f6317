import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { QuerySnapshot, RelationshipCache, RelationshipCacheOptions } from '../../src/cache/index.js'
import { testDatabase } from '../support/index.js'
import { closeCaches, fillSymbols, loadFunds, openCache, eventually } from './relationship-support.js'

const db = await testDatabase(import.meta.url)

/** The way to the database: counts queries, holds their answers back, fails. */
class Way {
  queries = 0
  failure: Error | undefined
  #held: (() => void)[] | undefined

  readonly query: QuerySnapshot = async (query) => {
    this.queries++
    if (this.failure) throw this.failure
    const answer = await db.pool.query<{ document: unknown }>(query)
    if (this.#held) await new Promise<void>((release) => this.#held!.push(release))
    return answer
  }

  /** From now on answers are read and wait. */
  hold(): void {
    this.#held ??= []
  }

  /** How many answers wait. */
  get waiting(): number {
    return this.#held?.length ?? 0
  }

  /** Lets the answers go that wait; the next ones wait again. */
  release(): void {
    this.#held?.splice(0).forEach((release) => release())
  }

  /** Lets all answers go. */
  open(): void {
    this.release()
    this.#held = undefined
  }
}

let way: Way

beforeAll(async () => {
  await fillSymbols(db)
  await loadFunds(db, { AAA: 'A,60 B,40' })
})

beforeEach(async () => {
  way = new Way()
  await loadFunds(db, { AAA: 'A,60 B,40' })
})

afterEach(closeCaches)

/** A cache that hears nothing: what invalidates it is up to the test. */
const openDeaf = (options: RelationshipCacheOptions = {}): Promise<RelationshipCache> =>
  openCache(db, { listen: false, query: way.query, ...options })

const first = (cache: RelationshipCache): number | null | undefined => cache.etfHoldings('AAA')?.[0]?.weight

describe('many callers', () => {
  it('of a cache that is not loaded yet wait for one load', async () => {
    way.hold()
    const cache = await openDeaf({ wait: false })
    const callers = Array.from({ length: 500 }, () => cache.loaded())
    await eventually(() => way.waiting).toBe(1)
    callers.push(...Array.from({ length: 500 }, () => cache.loaded()))
    way.open()
    await Promise.all(callers)
    expect(way.queries).toBe(1)
    expect(cache.statistics()).toMatchObject({ loads: 1, full_loads: 1, superseded_loads: 0, stale: null })
  })

  it('of refresh at the same time share one load', async () => {
    const cache = await openDeaf()
    await Promise.all(Array.from({ length: 500 }, () => cache.refresh()))
    expect(way.queries).toBe(2)
    expect(cache.statistics()).toMatchObject({ loads: 2, full_loads: 1 })
    await Promise.all([cache.refresh(), cache.refresh({ full: true }), cache.refresh()])
    expect(cache.statistics()).toMatchObject({ loads: 3, full_loads: 2 })
  })

  it('of refresh while a load is under way share the next one', async () => {
    const cache = await openDeaf()
    way.hold()
    const early = cache.refresh()
    await eventually(() => way.waiting).toBe(1)
    const late = Promise.all(Array.from({ length: 500 }, () => cache.refresh()))
    way.open()
    await Promise.all([early, late])
    expect(way.queries).toBe(3)
    expect(cache.statistics()).toMatchObject({ loads: 3, superseded_loads: 1, stale: null })
  })
})

describe('a load that began before an invalidation', () => {
  it('serves meanwhile, marked, and does not count: another one follows at once', async () => {
    const cache = await openDeaf()
    await loadFunds(db, { AAA: 'A,61 B,39' })
    way.hold()
    const early = cache.refresh()
    await eventually(() => way.waiting).toBe(1)
    // The answer with 61 is read and on its way; this change is not in it.
    await loadFunds(db, { AAA: 'A,62 B,38' })
    let done = false
    const late = cache.refresh().then(() => (done = true))
    way.release()
    await early
    expect([first(cache), done]).toEqual([61, false])
    expect(cache.stale).toMatchObject({ reason: 'a refresh was asked for' })
    await eventually(() => way.waiting).toBe(1)
    way.open()
    await late
    expect([first(cache), cache.stale]).toEqual([62, null])
    expect(cache.statistics()).toMatchObject({ loads: 3, superseded_loads: 1 })
  })

  it('leaves a full load that was asked for meanwhile to be done', async () => {
    const cache = await openDeaf()
    way.hold()
    const early = cache.refresh()
    await eventually(() => way.waiting).toBe(1)
    const full = cache.refresh({ full: true })
    way.open()
    await Promise.all([early, full])
    expect(cache.statistics()).toMatchObject({ loads: 3, full_loads: 2 })
  })
})

describe('a load that fails', () => {
  it('leaves the old answers, marked, is told to who asked for it, and is repeated until it succeeds', async () => {
    const cache = await openDeaf()
    await loadFunds(db, { AAA: 'A,70 B,30' })
    way.failure = new Error('the network is gone')
    await expect(cache.refresh({ full: true })).rejects.toMatchObject({
      name: 'UniversesError',
      message: 'the network is gone',
    })
    expect(first(cache)).toBe(60)
    const { since } = cache.stale!
    expect(cache.stale?.reason).toBe('loading fails: the network is gone')
    await eventually(() => cache.statistics().failed_loads).toBeGreaterThan(2)
    expect(cache.stale?.since).toBe(since)
    way.failure = undefined
    await eventually(() => [first(cache), cache.stale]).toEqual([70, null])
    // What was asked for is what was repeated.
    expect(cache.statistics()).toMatchObject({ loads: 2, full_loads: 2 })
  })

  it('makes open() fail, and with wait: false is waited for', async () => {
    way.failure = new Error('the network is gone')
    await expect(openDeaf()).rejects.toMatchObject({ message: 'the network is gone' })
    const cache = await openDeaf({ wait: false })
    const loaded = cache.loaded()
    await eventually(() => cache.statistics().failed_loads).toBeGreaterThan(1)
    expect(cache.stale?.reason).toBe('loading fails: the network is gone')
    expect([cache.ready, cache.statistics().loads]).toEqual([false, 0])
    way.failure = undefined
    await loaded
    expect([first(cache), cache.stale]).toEqual([60, null])
  })

  it('because the package is not installed says so', async () => {
    const empty = await testDatabase(import.meta.url, { empty: true })
    await expect(openCache(empty)).rejects.toMatchObject({
      code: '42883',
      hint: expect.stringContaining('universes migrate up') as string,
    })
  })
})

describe('the time to live', () => {
  it('brings what nothing announces', async () => {
    const cache = await openDeaf({ ttlMs: 20 })
    await db.query(`UPDATE symbols SET name = 'Renamed' WHERE symbol = 'A'`)
    await eventually(() => cache.stock('A')?.name).toBe('Renamed')
    const { full_loads } = cache.statistics()
    await eventually(() => cache.statistics().full_loads).toBeGreaterThan(full_loads + 2)
  })

  it.each([Infinity, 3_600_000])('of %d ms is waited for', async (ttlMs) => {
    const cache = await openDeaf({ ttlMs })
    await cache.refresh()
    expect(way.queries).toBe(2)
  })

  it('marks what could not be loaded in time', async () => {
    const cache = await openDeaf({ ttlMs: 20 })
    way.failure = new Error('the network is gone')
    await eventually(() => cache.stale?.reason).toBe('loading fails: the network is gone')
    expect(first(cache)).toBe(60)
    way.failure = undefined
    await eventually(() => cache.statistics().failed_loads > 0 && cache.stale).toBeNull()
  })
})

describe('close()', () => {
  it('ends what waits, and answers stay what they were', async () => {
    const cache = await openDeaf({ ttlMs: 10 })
    way.hold()
    const refreshed = cache.refresh()
    await eventually(() => way.waiting).toBe(1)
    await loadFunds(db, { AAA: 'A,80 B,20' })
    const closing = cache.close()
    await expect(refreshed).rejects.toMatchObject({ message: 'the relationship cache is closed' })
    await closing
    way.open()
    await expect(cache.refresh()).rejects.toMatchObject({ message: 'the relationship cache is closed' })
    const { queries } = way
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect([way.queries, first(cache)]).toEqual([queries, 60])
    expect(cache.stale?.reason).toBe('the relationship cache is closed')
    await cache.close()
  })

  it('ends loaded() of a cache that never was', async () => {
    way.failure = new Error('the network is gone')
    const cache = await openDeaf({ wait: false })
    const loaded = cache.loaded()
    await cache.close()
    await expect(loaded).rejects.toMatchObject({ message: 'the relationship cache is closed' })
  })
})
