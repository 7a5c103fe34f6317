import { expect, test } from 'vitest'
import { Wake } from '../../src/relay/wake.js'

test('rings before a wait end it, all of them one', async () => {
  const wake = new Wake()
  wake.ring()
  wake.ring()
  expect(await wake.wait(60_000)).toBe(true)
  expect(await wake.wait(1)).toBe(false)
})

test('a ring ends the wait under way and leaves nothing for the next', async () => {
  const wake = new Wake()
  const waiting = wake.wait(60_000)
  wake.ring()
  expect(await waiting).toBe(true)
  expect(await wake.wait(1)).toBe(false)
})
