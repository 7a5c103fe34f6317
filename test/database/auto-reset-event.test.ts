import { expect, test } from 'vitest'
import { AutoResetEvent } from '../../src/database/auto-reset-event.js'

test('any number of sets before a wait end that one wait', async () => {
  const event = new AutoResetEvent()
  event.set()
  event.set()
  expect(await event.wait(60_000)).toBe(true)
  expect(await event.wait(1)).toBe(false)
})

test('a set ends the pending wait and leaves nothing for the next', async () => {
  const event = new AutoResetEvent()
  const waiting = event.wait(60_000)
  event.set()
  expect(await waiting).toBe(true)
  expect(await event.wait(1)).toBe(false)
})
