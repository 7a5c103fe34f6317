import { describe, expect, it } from 'vitest'
import { ResponseCache, type Content, type ResponseSource } from '../../src/http/responses/response-cache.js'
import { UniversesError } from '../../src/errors.js'

const OUTAGE = new UniversesError('cannot connect', { code: '08006' })

function source(
  version: string,
  body: string | (() => Content | Promise<Content>),
  key = 'k',
): ResponseSource {
  return { key, version, build: typeof body === 'string' ? () => ({ body }) : body }
}

async function text(responses: ResponseCache, asked: ResponseSource): Promise<string> {
  return (await responses.fetch(asked)).response.body.toString()
}

describe('a response', () => {
  it('is built once per version of its data', async () => {
    const responses = new ResponseCache()
    const first = await responses.fetch(source('1', 'a'))
    expect((await responses.fetch(source('1', 'b'))).response).toBe(first.response)
    expect(await text(responses, source('2', 'b'))).toBe('b')
    expect(await text(responses, source('1', 'c'))).toBe('c')
    expect(responses.statistics()).toMatchObject({
      hits: 1,
      misses: 3,
      built: 3,
      entries: 1,
      hit_ratio: 0.25,
    })
  })

  it('keeps its tag while the bytes are the same, whatever the version is', async () => {
    const responses = new ResponseCache()
    const { response } = await responses.fetch(source('1', 'a'))
    expect((await responses.fetch(source('2', 'a'))).response.etag).toBe(response.etag)
    expect((await responses.fetch(source('3', 'b'))).response.etag).not.toBe(response.etag)
  })

  it('is built once for concurrent requests, and again for a newer version', async () => {
    const responses = new ResponseCache()
    let release = (_content: Content): void => undefined
    let calls = 0
    const slow = (): Promise<Content> => {
      calls++
      return new Promise((resolve) => (release = resolve))
    }
    const asking = Array.from({ length: 50 }, () => text(responses, source('1', slow)))
    const newer = text(responses, source('2', 'new'))
    release({ body: 'old' })
    expect(await newer).toBe('new')
    expect(new Set(await Promise.all(asking))).toEqual(new Set(['old']))
    expect(calls).toBe(1)
    expect(responses.statistics()).toMatchObject({ built: 2, shared: 49, misses: 51 })
    expect(await text(responses, source('2', 'newest'))).not.toBe('old')
  })

  it('is cached no longer than its content says', async () => {
    const responses = new ResponseCache()
    expect(
      await text(
        responses,
        source('1', () => ({ body: 'a', freshMs: 0 })),
      ),
    ).toBe('a')
    expect(responses.statistics().entries).toBe(0)
    expect(
      await text(
        responses,
        source('1', () => ({ body: 'b', freshMs: 1 })),
      ),
    ).toBe('b')
    await expect.poll(() => text(responses, source('1', 'c'))).toBe('c')
  })

  it('with a weak tag is the first of those that share it', async () => {
    const responses = new ResponseCache()
    await responses.fetch(source('1', () => ({ body: 'at 1', etag: 'W/"x"' })))
    expect(
      await text(
        responses,
        source('2', () => ({ body: 'at 2', etag: 'W/"x"' })),
      ),
    ).toBe('at 1')
    expect(
      await text(
        responses,
        source('3', () => ({ body: 'at 3', etag: 'W/"y"' })),
      ),
    ).toBe('at 3')
  })
})

describe('a failed build', () => {
  const failing = (error: Error) => (): Promise<Content> => Promise.reject(error)

  it('in an outage: the old response is sent and marked stale', async () => {
    const responses = new ResponseCache()
    await responses.fetch(source('1', 'a'))
    const served = await responses.fetch(source('2', failing(OUTAGE)))
    expect([served.response.body.toString(), served.stale]).toEqual(['a', true])
    expect(responses.statistics()).toMatchObject({ stale: 1, failed: 1 })
    expect(await responses.fetch(source('2', 'b'))).toMatchObject({ stale: false })
  })

  it('without an old response, or with another error, rejects', async () => {
    const responses = new ResponseCache()
    await expect(responses.fetch(source('1', failing(OUTAGE)))).rejects.toBe(OUTAGE)
    await responses.fetch(source('1', 'a'))
    const unknown = new UniversesError('no such name', { code: 'UV003' })
    await expect(responses.fetch(source('2', failing(unknown)))).rejects.toBe(unknown)
  })

  it('rejects for all that waited, and the next request tries again', async () => {
    const responses = new ResponseCache()
    const asking = Array.from({ length: 5 }, () => responses.fetch(source('1', failing(OUTAGE))))
    for (const asked of await Promise.allSettled(asking)) expect(asked.status).toBe('rejected')
    expect(await text(responses, source('1', 'a'))).toBe('a')
  })

  it('with revalidate, the old response is sent in an outage only', async () => {
    const responses = new ResponseCache()
    await responses.fetch(source('1', 'a'))
    expect(await text(responses, { ...source('1', 'b'), revalidate: true })).toBe('b')
    const served = await responses.fetch({ ...source('1', failing(OUTAGE)), revalidate: true })
    expect([served.response.body.toString(), served.stale]).toEqual(['b', true])
  })
})

describe('the memory', () => {
  const body = 'x'.repeat(10_000)
  const make = async (responses: ResponseCache, key: number): Promise<unknown> =>
    responses.fetch(source('1', body, String(key)))

  it('is bounded: the least recently used response goes first', async () => {
    const responses = new ResponseCache(110_000)
    for (let key = 0; key < 100; key++) {
      await make(responses, key)
      if (key > 0) responses.get('0', '1')
    }
    const { bytes, entries: count, evicted } = responses.statistics()
    expect(bytes).toBeLessThanOrEqual(110_000)
    expect(bytes).toBeGreaterThan(90_000)
    expect([count, count + evicted]).toEqual([10, 100])
    expect(responses.get('0', '1'), 'the one that is requested all the time').toBeDefined()
    expect(responses.get('99', '1'), 'the newest').toBeDefined()
    expect(responses.get('50', '1')).toBeUndefined()
  })

  it('never holds a response that is larger than its limit', async () => {
    const responses = new ResponseCache(5_000)
    expect(await text(responses, source('1', body))).toBe(body)
    expect(responses.statistics()).toMatchObject({ entries: 0, bytes: 0 })
  })

  it('is counted right when responses are replaced', async () => {
    const responses = new ResponseCache()
    for (let stamp = 0; stamp < 20; stamp++)
      await responses.fetch(source(String(stamp), 'x'.repeat(stamp * 100)))
    const { bytes } = responses.statistics()
    const one = new ResponseCache()
    await one.fetch(source('19', 'x'.repeat(1_900)))
    expect(bytes).toBe(one.statistics().bytes)
  })

  it('is warmed without counting hits and misses', async () => {
    const responses = new ResponseCache()
    expect(await responses.warm(source('1', 'a'))).toBe(true)
    expect(await responses.warm(source('1', 'b'))).toBe(false)
    expect(responses.statistics()).toMatchObject({ hits: 0, misses: 0, built: 1 })
    expect(responses.get('k', '1')?.body.toString()).toBe('a')
  })
})
