import { describe, expect, it } from 'vitest'
import type { Made, Recipe } from '../../src/http/responses/recipe.js'
import { Answers } from '../../src/http/responses/rendered.js'
import { UniversesError } from '../../src/errors.js'

const OUTAGE = new UniversesError('cannot connect', { code: '08006' })

function recipe(stamp: string, body: string | (() => Made | Promise<Made>), key = 'k'): Recipe {
  return { key, stamp, make: typeof body === 'string' ? () => ({ body }) : body }
}

async function text(answers: Answers, asked: Recipe): Promise<string> {
  return (await answers.take(asked)).answer.body.toString()
}

describe('an answer', () => {
  it('is made once for as long as what it was made from stays', async () => {
    const answers = new Answers()
    const first = await answers.take(recipe('1', 'a'))
    expect((await answers.take(recipe('1', 'b'))).answer).toBe(first.answer)
    expect(await text(answers, recipe('2', 'b'))).toBe('b')
    expect(await text(answers, recipe('1', 'c'))).toBe('c')
    expect(answers.statistics()).toMatchObject({ hits: 1, misses: 3, made: 3, answers: 1, hit_ratio: 0.25 })
  })

  it('keeps its tag when the bytes are the same, whatever they were made from', async () => {
    const answers = new Answers()
    const { answer } = await answers.take(recipe('1', 'a'))
    expect((await answers.take(recipe('2', 'a'))).answer.etag).toBe(answer.etag)
    expect((await answers.take(recipe('3', 'b'))).answer.etag).not.toBe(answer.etag)
  })

  it('is made once for all who ask meanwhile, and again for who asks for a newer one', async () => {
    const answers = new Answers()
    let release = (_made: Made): void => undefined
    let calls = 0
    const slow = (): Promise<Made> => {
      calls++
      return new Promise((resolve) => (release = resolve))
    }
    const asking = Array.from({ length: 50 }, () => text(answers, recipe('1', slow)))
    const newer = text(answers, recipe('2', 'new'))
    expect(await newer).toBe('new')
    release({ body: 'old' })
    expect(new Set(await Promise.all(asking))).toEqual(new Set(['old']))
    expect(calls).toBe(1)
    expect(answers.statistics()).toMatchObject({ made: 2, shared: 49, misses: 51 })
    expect(await text(answers, recipe('2', 'newest'))).not.toBe('old')
  })

  it('that says so is not kept, or for a while only', async () => {
    const answers = new Answers()
    expect(
      await text(
        answers,
        recipe('1', () => ({ body: 'a', freshMs: 0 })),
      ),
    ).toBe('a')
    expect(answers.statistics().answers).toBe(0)
    expect(
      await text(
        answers,
        recipe('1', () => ({ body: 'b', freshMs: 1 })),
      ),
    ).toBe('b')
    await expect.poll(() => text(answers, recipe('1', 'c'))).toBe('c')
  })

  it('with a weak tag stays the first of those that share it', async () => {
    const answers = new Answers()
    await answers.take(recipe('1', () => ({ body: 'at 1', etag: 'W/"x"' })))
    expect(
      await text(
        answers,
        recipe('2', () => ({ body: 'at 2', etag: 'W/"x"' })),
      ),
    ).toBe('at 1')
    expect(
      await text(
        answers,
        recipe('3', () => ({ body: 'at 3', etag: 'W/"y"' })),
      ),
    ).toBe('at 3')
  })
})

describe('when making fails', () => {
  const failing = (error: Error) => (): Promise<Made> => Promise.reject(error)

  it('because PostgreSQL is away, the old answer is sent and marked', async () => {
    const answers = new Answers()
    await answers.take(recipe('1', 'a'))
    const served = await answers.take(recipe('2', failing(OUTAGE)))
    expect([served.answer.body.toString(), served.stale]).toEqual(['a', true])
    expect(answers.statistics()).toMatchObject({ stale: 1, failed: 1 })
    expect(await answers.take(recipe('2', 'b'))).toMatchObject({ stale: false })
  })

  it('without an old answer, or for another reason, the caller is told', async () => {
    const answers = new Answers()
    await expect(answers.take(recipe('1', failing(OUTAGE)))).rejects.toBe(OUTAGE)
    await answers.take(recipe('1', 'a'))
    const unknown = new UniversesError('no such name', { code: 'UV003' })
    await expect(answers.take(recipe('2', failing(unknown)))).rejects.toBe(unknown)
  })

  it('all who waited are told, and the next one tries again', async () => {
    const answers = new Answers()
    const asking = Array.from({ length: 5 }, () => answers.take(recipe('1', failing(OUTAGE))))
    for (const asked of await Promise.allSettled(asking)) expect(asked.status).toBe('rejected')
    expect(await text(answers, recipe('1', 'a'))).toBe('a')
  })

  it('an answer in doubt is only sent then', async () => {
    const answers = new Answers()
    await answers.take(recipe('1', 'a'))
    expect(await text(answers, { ...recipe('1', 'b'), doubtful: true })).toBe('b')
    const served = await answers.take({ ...recipe('1', failing(OUTAGE)), doubtful: true })
    expect([served.answer.body.toString(), served.stale]).toEqual(['b', true])
  })
})

describe('the memory', () => {
  const body = 'x'.repeat(10_000)
  const make = async (answers: Answers, key: number): Promise<unknown> =>
    answers.take(recipe('1', body, String(key)))

  it('is bounded: what nobody asks for goes first', async () => {
    const answers = new Answers(110_000)
    for (let key = 0; key < 100; key++) {
      await make(answers, key)
      if (key > 0) answers.get('0', '1')
    }
    const { bytes, answers: count, evicted } = answers.statistics()
    expect(bytes).toBeLessThanOrEqual(110_000)
    expect(bytes).toBeGreaterThan(90_000)
    expect([count, count + evicted]).toEqual([10, 100])
    expect(answers.get('0', '1'), 'the one that is asked for all the time').toBeDefined()
    expect(answers.get('99', '1'), 'the newest').toBeDefined()
    expect(answers.get('50', '1')).toBeUndefined()
  })

  it('never takes an answer that is larger than all of it', async () => {
    const answers = new Answers(5_000)
    expect(await text(answers, recipe('1', body))).toBe(body)
    expect(answers.statistics()).toMatchObject({ answers: 0, bytes: 0 })
  })

  it('is counted right when answers are replaced', async () => {
    const answers = new Answers()
    for (let stamp = 0; stamp < 20; stamp++)
      await answers.take(recipe(String(stamp), 'x'.repeat(stamp * 100)))
    const { bytes } = answers.statistics()
    const one = new Answers()
    await one.take(recipe('19', 'x'.repeat(1_900)))
    expect(bytes).toBe(one.statistics().bytes)
  })

  it('is filled ahead without counting as asked for', async () => {
    const answers = new Answers()
    expect(await answers.prepare(recipe('1', 'a'))).toBe(true)
    expect(await answers.prepare(recipe('1', 'b'))).toBe(false)
    expect(answers.statistics()).toMatchObject({ hits: 0, misses: 0, made: 1 })
    expect(answers.get('k', '1')?.body.toString()).toBe('a')
  })
})
