import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { fileName, toCsv, wantsCsv, type Cell } from '../../src/http/responses/csv.js'

/** Renders the cell of a value. */
function cell(value: Cell): string {
  return toCsv(['a'], [{ a: value }])
    .split('\r\n')
    .slice(1, -1)
    .join('\r\n')
}

/** Reads the cell of a value with a CSV parser. */
function read(value: Cell): string {
  return parse<{ a: string }>(toCsv(['a', 'b'], [{ a: value, b: 1 }]), { columns: true })[0]!.a
}

describe('a document', () => {
  it('has a line of headings, commas, CRLF at the end of every line, and empty cells for nothing', () => {
    const rows = [
      { symbol: 'A', name: 'Alpha, Inc.', weight: 6.5 },
      { symbol: 'B', name: null, weight: null },
    ]
    expect(toCsv(['symbol', 'name', 'weight'], rows)).toBe(
      'symbol,name,weight\r\nA,"Alpha, Inc.",6.5\r\nB,,\r\n',
    )
    expect(toCsv(['symbol'], [])).toBe('symbol\r\n')
  })

  it('is read back as it was', () => {
    const names = [
      'plain',
      'a,b',
      'say "x"',
      '"',
      '""',
      'two\nlines',
      'two\r\nlines',
      ' blanks ',
      'é 漢字 🙂',
      "O'Brien",
      'a;b',
      '',
      '5.350%',
    ]
    for (const name of names) expect(read(name)).toBe(name)
  })
})

describe('numbers', () => {
  it.each([-1.5, -0.000001, 0, 1e13, 100])('%d stays a number', (value) => {
    expect(Number(cell(value))).toBe(value)
    expect(cell(value)).not.toContain('"')
  })
})

describe('what a spreadsheet would take for a formula', () => {
  it.each([
    ['=HYPERLINK("x")', '\'=HYPERLINK("x")'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t'=1"],
    ['\rx', "'\rx"],
    ['\nx', "'\nx"],
    [' =1', "' =1"],
    ['＝1', "'＝1"],
    ['a";=1', 'a";\'=1'],
    ['a;=1', "a;'=1"],
    ['a"=1', 'a"\'=1'],
    ["a'=1", "a''=1"],
    ['a\n@b', "a\n'@b"],
    ['a\t-b', "a\t'-b"],
  ])('%j becomes the text %j', (value, text) => {
    expect(read(value)).toBe(text)
    expect(cell(value)).toBe(`"${text.replaceAll('"', '""')}"`)
  })

  it('is nothing that stands inside a text', () => {
    for (const text of ['a=b', 'A-B', 'a+b@c', 'T^A', 'AT&T Inc.', '3-D Systems', 'a, -b'])
      expect(read(text)).toBe(text)
  })

  it('never remains, whatever the text', () => {
    const letters = ['=', '+', '-', '@', '\t', '\r', '\n', ' ', '"', "'", ';', ',', 'a', '＝']
    let seed = 7
    const next = (): number => (seed = (seed * 48_271) % 2_147_483_647)
    const wrong: string[] = []
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + (next() % 8) }, () => letters[next() % letters.length]).join('')
      const found = read(text)
      // However a spreadsheet cuts the cell into pieces, no piece begins like a formula.
      if (found.split(/[;"\t\r\n]/).some((piece) => /^\s*[=+\-@＝]/.test(piece))) wrong.push(text)
      if (found.replaceAll("'", '') !== text.replaceAll("'", '')) wrong.push(text)
    }
    expect(wrong).toEqual([])
  })
})

describe('a file name', () => {
  it.each([
    [['ETF', 'SPY', '', 'members'], 'ETF_SPY_members.csv'],
    [['THEME', '../../etc/passwd'], 'THEME_etc_passwd.csv'],
    [['X', 'a"; filename="b\r\n', '2025-03-05 18:00+01'], 'X_a_filename_b_2025-03-05_18_00_01.csv'],
    [['…', 'BRK.B'], 'BRK.B.csv'],
  ])('of %j is %s', (parts, expected) => {
    expect(fileName(...parts)).toBe(expected)
  })
})

describe('CSV is preferred', () => {
  it.each([
    ['csv', undefined, true],
    ['json', 'text/csv', false],
    ['csv', 'application/json', true],
    [undefined, undefined, false],
    [undefined, '*/*', false],
    [undefined, 'text/csv', true],
    [undefined, 'Text/CSV; header=present', true],
    [undefined, 'text/csv, application/json', false],
    [undefined, 'text/csv, application/json;q=0.9', true],
    [undefined, 'text/csv;q=0.5, application/json', false],
    [undefined, 'text/csv, */*;q=0.1', true],
    [undefined, 'text/csv;q=0.5, */*', false],
    [undefined, 'text/csv;q=0', false],
    [undefined, 'text/*', true],
    [undefined, 'text/html,application/xhtml+xml,*/*;q=0.8', false],
    [undefined, 'text/csv;q=nonsense', false],
  ] as const)('format %s, Accept %s: %s', (format, accept, expected) => {
    expect(wantsCsv(format, accept)).toBe(expected)
  })
})
