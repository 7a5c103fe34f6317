import { afterEach, expect, it, vi } from 'vitest'
import { backOff, backoffMs } from '../../src/database/backoff.js'

afterEach(() => {
  vi.restoreAllMocks()
})

const ceilings = (maxMs?: number): number[] => [0, 1, 2, 3, 4, 5, 6, 1e9].map((n) => backoffMs(n, maxMs))

it('doubles from 100 ms up to the maximum', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  expect(ceilings()).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000])
  expect(ceilings(1_000)).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000])
})

it('takes off up to one half at random', () => {
  vi.spyOn(Math, 'random').mockReturnValue(1)
  expect(ceilings()).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 1_000])
})

it('ends early, and without an error, when the signal aborts', async () => {
  const closing = new AbortController()
  const waiting = backOff(1e9, closing.signal)
  closing.abort()
  await waiting
  await backOff(1e9, closing.signal)
})
