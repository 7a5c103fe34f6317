import { expect, test } from 'vitest'
import { decode, eachRow, firstRows, type QuoteFlaw } from '../../src/load/formats/csv-rows.js'

/** Cells, line and flaw of every row. */
function rowsOf(text: string): [string[], number, QuoteFlaw | undefined][] {
  const rows: [string[], number, QuoteFlaw | undefined][] = []
  eachRow(text, ',', (cells, line, flaw) => rows.push([cells, line, flaw]))
  return rows
}

test.each([
  ['UTF-8', Buffer.from('é\n')],
  ['UTF-8 with a byte order mark', Buffer.from('\ufeffé\n')],
  ['Windows-1252', Buffer.from('é\n', 'latin1')],
  ['CR LF', Buffer.from('é\r\n')],
  ['CR alone', Buffer.from('é\r')],
])('%s is read', (_name, bytes) => {
  expect(decode(bytes)).toBe('é\n')
})

test('a character that is cut apart does not make UTF-8 another encoding', () => {
  const bytes = Buffer.from('é€')
  expect(decode(bytes.subarray(0, 4), true)).toMatch(/^é/)
  expect(decode(bytes.subarray(0, 4))).toMatch(/^Ã/)
})

test('a row knows its line, whatever is in the quotes above it', () => {
  expect(rowsOf('a,"b\nc\nd",e\n\nf,g\n')).toEqual([
    [['a', 'b\nc\nd', 'e'], 1, 'line break'],
    [[''], 4, undefined],
    [['f', 'g'], 5, undefined],
    [[''], 6, undefined],
  ])
})

test('a quote that is never closed takes in the rest', () => {
  expect(rowsOf('a,b\n"c,d\ne,f\n')).toEqual([
    [['a', 'b'], 1, undefined],
    [['c,d\ne,f\n'], 2, 'never closed'],
  ])
})

test('rows of a text of many chunks are those of the text in one piece', () => {
  const cell = (index: number): string => (index % 7 === 0 ? `"x, ""${index}""\ny"` : `v${index}`)
  const text = Array.from({ length: 60_000 }, (_, index) => `${index},${cell(index)},z`).join('\n')
  const rows = rowsOf(text)
  expect(rows).toHaveLength(60_000)
  expect(rows.map(([cells]) => cells)).toEqual(firstRows(text, ',', 60_000))
  expect(rows.at(-1)?.[1]).toBe(text.slice(0, text.lastIndexOf('\n59999,') + 1).split('\n').length)
})
