import { expect, test } from 'vitest'
import { readCanonicalHeader } from '../../src/load/formats/canonical-header.js'

test.each<[string, string[], string[]?]>([
  ['symbol,weight', ['symbol', 'weight']],
  ['"symbol","weight"', ['symbol', 'weight']],
  [' Symbol , WEIGHT ', ['symbol', 'weight']],
  ['"symbol"  ,"weight" ', ['symbol', 'weight']],
  ['weight,"symbol","a ""quoted"", name"', ['weight', 'symbol', 'extra_1'], ['a "quoted", name']],
  ['symbol,,', ['symbol', 'extra_1', 'extra_2']],
])('the header %j names the columns %j', (line, columns, unread = []) => {
  expect(readCanonicalHeader('etfs', Buffer.from(`${line}\nAAPL,1\n`))).toEqual({
    columns,
    unread,
    header: true,
    bom: false,
  })
})

test.each([
  ['universes', 'Constituents\nAAPL\n', ['symbol']],
  ['universes', 'Code,Name\nAAPL,Apple\n', ['symbol', 'extra_1']],
  ['themes', 'Ticker Symbol\nAAPL\n', ['symbol']],
  ['etfs', 'Ticker,Weight\nAAPL,1\n', ['symbol', 'weight']],
] as const)('%s: another heading of the symbols is a heading: %j', (kind, text, columns) => {
  expect(readCanonicalHeader(kind, Buffer.from(text))).toMatchObject({ columns, header: true })
})

test('a download of an issuer keeps its headings', () => {
  const text = 'Ticker,Name,Weight (%)\nAAPL,Apple,1\n'
  expect(() => readCanonicalHeader('etfs', Buffer.from(text))).toThrow('the header has no column symbol')
})

test('a NUL byte in the header is a problem of the file', () => {
  expect(() => readCanonicalHeader('etfs', Buffer.from('symbol,we\0ight\n'))).toThrow('a NUL byte')
})

test.each([
  `${' '.repeat(60_000)}"x`,
  `symbol${'\t'.repeat(60_000)}"`,
  ' "symbol",weight',
  '"symbol" x,weight',
])('a quote where none may be is a problem, however many blanks there are', (line) => {
  expect(() => readCanonicalHeader('etfs', Buffer.from(`${line}\n`))).toThrow(
    'a quote in the header is never closed',
  )
})
