import { expect, test } from 'vitest'
import { readCanonicalHeader } from '../../src/load/formats/canonical-header.js'

test.each([
  ['symbol,weight', ['symbol', 'weight']],
  ['"symbol","weight"', ['symbol', 'weight']],
  [' Symbol , WEIGHT ', ['symbol', 'weight']],
  ['"symbol"  ,"weight" ', ['symbol', 'weight']],
  ['weight,"symbol","a ""quoted"", name"', ['weight', 'symbol', 'extra_1']],
  ['symbol,,', ['symbol', 'extra_1', 'extra_2']],
])('the header %j names the columns %j', (line, columns) => {
  expect(readCanonicalHeader('etfs', Buffer.from(`${line}\nAAPL,1\n`))).toEqual({
    columns,
    header: true,
    bom: false,
  })
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
