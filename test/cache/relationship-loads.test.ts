import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { QuerySnapshot, RelationshipCache, RelationshipCacheOptions } from '../../src/cache/index.js'
import { testDatabase } from '../support/index.js'
import { closeCaches, fillSymbols, loadFunds, openCache, eventually } from './relationship-support.js'

const db = await testDatabase(import.meta.url)

/** Connection to the database that counts queries, delays their results, and can fail. */
class TestSource {
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

  /** From now on results are read but delayed. */
  hold(): void {
    this.#held ??= []
  }

  /** Number of delayed results. */
  get waiting(): number {
    return this.#held?.length ?? 0
  }

  /** Returns the delayed results; later ones are delayed again. */
  release(): void {
    this.#held?.splice(0).forEach((release) => release())
  }

  /** Returns the delayed results and stops delaying. */
  open(): void {
    this.release()
    this.#held = undefined
  }
}

let source: TestSource

beforeAll(async () => {
  await fillSymbols(db)
  await loadFunds(db, { AAA: 'A,60 B,40' })
})

beforeEach(async () => {
  source = new TestSource()
  await loadFunds(db, { AAA: 'A,60 B,40' })
})

afterEach(closeCaches)

/** Opens a cache without notifications: only the test invalidates it. */
const openUnsubscribed = (options: RelationshipCacheOptions = {}): Promise<RelationshipCache> =>
  openCache(db, { listen: false, query: source.query, ...options })

const first = (cache: RelationshipCache): number | null | undefined => cache.etfHoldings('AAA')?.[0]?.weight

describe('many callers', () => {
  it('of a cache that is not loaded yet wait for one load', async () => {
    source.hold()
    const cache = await openUnsubscribed({ wait: false })
    const callers = Array.from({ length: 500 }, () => cache.loaded())
    await eventually(() => source.waiting).toBe(1)
    callers.push(...Array.from({ length: 500 }, () => cache.loaded()))
    source.open()
    await Promise.all(callers)
    expect(source.queries).toBe(1)
    expect(cache.statistics()).toMatchObject({ loads: 1, full_loads: 1, superseded_loads: 0, stale: null })
  })

  it('of refresh at the same time share one load', async () => {
    const cache = await openUnsubscribed()
    await Promise.all(Array.from({ length: 500 }, () => cache.refresh()))
    expect(source.queries).toBe(2)
    expect(cache.statistics()).toMatchObject({ loads: 2, full_loads: 1 })
    await Promise.all([cache.refresh(), cache.refresh({ full: true }), cache.refresh()])
    expect(cache.statistics()).toMatchObject({ loads: 3, full_loads: 2 })
  })

  it('of refresh while a load is under way share the next one', async () => {
    const cache = await openUnsubscribed()
    source.hold()
    const early = cache.refresh()
    await eventually(() => source.waiting).toBe(1)
    const late = Promise.all(Array.from({ length: 500 }, () => cache.refresh()))
    source.open()
    await Promise.all([early, late])
    expect(source.queries).toBe(3)
    expect(cache.statistics()).toMatchObject({ loads: 3, superseded_loads: 1, stale: null })
  })
})

describe('a load that began before an invalidation', () => {
  it('serves meanwhile, marked, and does not count: another one follows at once', async () => {
    const cache = await openUnsubscribed()
    await loadFunds(db, { AAA: 'A,61 B,39' })
    source.hold()
    const early = cache.refresh()
    await eventually(() => source.waiting).toBe(1)
    // The delayed result has 61 and does not include this change.
    await loadFunds(db, { AAA: 'A,62 B,38' })
    let done = false
    const late = cache.refresh().then(() => (done = true))
    source.release()
    await early
    expect([first(cache), done]).toEqual([61, false])
    expect(cache.stale).toMatchObject({ reason: 'a refresh was asked for' })
    await eventually(() => source.waiting).toBe(1)
    source.open()
    await late
    expect([first(cache), cache.stale]).toEqual([62, null])
    expect(cache.statistics()).toMatchObject({ loads: 3, superseded_loads: 1 })
  })

  it('leaves a full load that was asked for meanwhile to be done', async () => {
    const cache = await openUnsubscribed()
    source.hold()
    const early = cache.refresh()
    await eventually(() => source.waiting).toBe(1)
    const full = cache.refresh({ full: true })
    source.open()
    await Promise.all([early, full])
    expect(cache.statistics()).toMatchObject({ loads: 3, full_loads: 2 })
  })
})

describe('a load that fails', () => {
  it('leaves the old answers, marked, is told to who asked for it, and is repeated until it succeeds', async () => {
    const cache = await openUnsubscribed()
    await loadFunds(db, { AAA: 'A,70 B,30' })
    source.failure = new Error('the network is gone')
    await expect(cache.refresh({ full: true })).rejects.toMatchObject({
      name: 'UniversesError',
      message: 'the network is gone',
    })
    expect(first(cache)).toBe(60)
    const { since } = cache.stale!
    expect(cache.stale?.reason).toBe('loading fails: the network is gone')
    await eventually(() => cache.statistics().failed_loads).toBeGreaterThan(2)
    expect(cache.stale?.since).toBe(since)
    source.failure = undefined
    await eventually(() => [first(cache), cache.stale]).toEqual([70, null])
    // The retry was a full load too.
    expect(cache.statistics()).toMatchObject({ loads: 2, full_loads: 2 })
  })

  it('makes open() fail, and with wait: false is waited for', async () => {
    source.failure = new Error('the network is gone')
    await expect(openUnsubscribed()).rejects.toMatchObject({ message: 'the network is gone' })
    const cache = await openUnsubscribed({ wait: false })
    const loaded = cache.loaded()
    await eventually(() => cache.statistics().failed_loads).toBeGreaterThan(1)
    expect(cache.stale?.reason).toBe('loading fails: the network is gone')
    expect([cache.ready, cache.statistics().loads]).toEqual([false, 0])
    source.failure = undefined
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
    const cache = await openUnsubscribed({ ttlMs: 20 })
    await db.query(`UPDATE symbols SET name = 'Renamed' WHERE symbol = 'A'`)
    await eventually(() => cache.stock('A')?.name).toBe('Renamed')
    const { full_loads } = cache.statistics()
    await eventually(() => cache.statistics().full_loads).toBeGreaterThan(full_loads + 2)
  })

  it.each([Infinity, 3_600_000])('of %d ms is waited for', async (ttlMs) => {
    const cache = await openUnsubscribed({ ttlMs })
    await cache.refresh()
    expect(source.queries).toBe(2)
  })

  it('marks what could not be loaded in time', async () => {
    const cache = await openUnsubscribed({ ttlMs: 20 })
    source.failure = new Error('the network is gone')
    await eventually(() => cache.stale?.reason).toBe('loading fails: the network is gone')
    expect(first(cache)).toBe(60)
    source.failure = undefined
    await eventually(() => cache.statistics().failed_loads > 0 && cache.stale).toBeNull()
  })
})

describe('close()', () => {
  it('ends what waits, and answers stay what they were', async () => {
    const cache = await openUnsubscribed({ ttlMs: 10 })
    source.hold()
    const refreshed = cache.refresh()
    await eventually(() => source.waiting).toBe(1)
    await loadFunds(db, { AAA: 'A,80 B,20' })
    const closing = cache.close()
    await expect(refreshed).rejects.toMatchObject({ message: 'the relationship cache is closed' })
    await closing
    source.open()
    await expect(cache.refresh()).rejects.toMatchObject({ message: 'the relationship cache is closed' })
    const { queries } = source
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect([source.queries, first(cache)]).toEqual([queries, 60])
    expect(cache.stale?.reason).toBe('the relationship cache is closed')
    await cache.close()
  })

  it('ends loaded() of a cache that never was', async () => {
    source.failure = new Error('the network is gone')
    const cache = await openUnsubscribed({ wait: false })
    const loaded = cache.loaded()
    await cache.close()
    await expect(loaded).rejects.toMatchObject({ message: 'the relationship cache is closed' })
  })
})
