import { expect, it } from 'vitest'
import { singleFlight, withTimeout } from '../../src/database/timeout.js'

const never = (): Promise<string> => new Promise(() => undefined)

it('resolves and rejects as the promise does, if that is in time', async () => {
  expect(await withTimeout(Promise.resolve('answer'), 60_000, () => 'late')).toBe('answer')
  await expect(withTimeout(Promise.reject(new Error('failed')), 60_000, () => 'late')).rejects.toThrow(
    'failed',
  )
})

it('resolves with the substitute after the timeout', async () => {
  expect(await withTimeout(never(), 1, () => 'late')).toBe('late')
})

it('coalesces concurrent calls, and calls again after the end, also after a failure', async () => {
  let calls = 0
  const call = singleFlight(() => {
    calls++
    return calls === 2 ? Promise.reject(new Error('failed')) : Promise.resolve(calls)
  })
  expect(await Promise.all([call(), call()])).toEqual([1, 1])
  await expect(Promise.all([call(), call()])).rejects.toThrow('failed')
  expect(await call()).toBe(3)
})
