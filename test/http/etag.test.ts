import { expect, it } from 'vitest'
import { etagOf, matches } from '../../src/http/responses/etag.js'

it('the tag of bytes is strong, quoted, and theirs alone', () => {
  const tag = etagOf(Buffer.from('{"a":1}'))
  expect(tag).toMatch(/^"[\w-]{27}"$/)
  expect(etagOf(Buffer.from('{"a":1}'))).toBe(tag)
  expect(etagOf(Buffer.from('{"a":2}'))).not.toBe(tag)
})

it.each([
  ['"a"', '"a"', true],
  ['"b"', '"a"', false],
  ['*', '"a"', true],
  [' * ', '"a"', true],
  ['W/"a"', '"a"', true],
  ['"a"', 'W/"a"', true],
  ['W/"a"', 'W/"a"', true],
  ['"x", "a" , "y"', '"a"', true],
  ['"x",W/"a"', '"a"', true],
  ['"x, a", "b"', '"a"', false],
  ['"x,"a",y"', '"x,"', false],
  ['a', '"a"', false],
  ['"a', '"a"', false],
  ['w/"a"', '"a"', false],
  ['', '"a"', false],
  ['"A"', '"a"', false],
])('If-None-Match: %s names %s: %s', (header, tag, expected) => {
  expect(matches(header, tag)).toBe(expected)
})

it('no header names nothing', () => {
  expect(matches(undefined, '"a"')).toBe(false)
})

it('a long list takes no longer than its length', () => {
  const list = Array.from({ length: 20_000 }, (_, i) => `"${i}"`).join(', ')
  expect(matches(list, '"19999"')).toBe(true)
  expect(matches(`"${'\\" ,'.repeat(20_000)}`, '"a"')).toBe(false)
})
