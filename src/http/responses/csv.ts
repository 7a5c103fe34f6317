// Own code: papaparse's unparse takes two to three times as long, and its escapeFormulae looks only at the start of a cell. negotiator
// would let the order of the Accept header decide a tie between CSV and JSON.
/** What a cell can hold. */
export type Cell = string | number | boolean | null

/** RFC 4180, by its full name. */
export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

/**
 * Where a spreadsheet could see the beginning of a formula: at the beginning of the cell, also after blanks, and after what
 * it may take for the end of a cell (quotes, semicolon, tab, line break). A tab or line break at the beginning is no text either.
 */
const FORMULA = /(?<=^|["';\t\r\n])(?=[^\S\t\r\n]*[=+\-@＝＋－＠])|^(?=[\t\r\n])/g

/**
 * Rows as CSV with a line of headings: comma, CRLF, quotes where they are needed. Texts cannot become formulas: an apostrophe
 * keeps them texts. Numbers stay numbers, negative ones too. Null is an empty cell.
 */
export function toCsv<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, Cell>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => toCell(row[column])).join(','))
  return [columns.join(','), ...lines, ''].join('\r\n')
}

function toCell(value: Cell): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = value.replace(FORMULA, "'")
  return text === value && !/[",\r\n]|^\s|\s$|^$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`
}

/** A file name that is one on every system: letters, digits, dot, minus and underscore. */
export function fileName(...parts: string[]): string {
  const name = parts.map((part) =>
    part.replaceAll(/[^A-Za-z0-9.-]+/g, '_').replaceAll(/^[._-]+|[._-]+$/g, ''),
  )
  return `${name
    .filter((part) => part !== '')
    .join('_')
    .slice(0, 100)}.csv`
}

/** Whether a request prefers CSV: it says so in its query, else in its Accept header, where JSON wins a tie. */
export function wantsCsv(format: 'csv' | 'json' | undefined, accept: string | undefined): boolean {
  if (format !== undefined) return format === 'csv'
  if (accept === undefined || !/text\/(csv|\*)/i.test(accept)) return false
  const ranges = new Map(accept.split(',').map(mediaRange))
  const csv = ranges.get('text/csv') ?? ranges.get('text/*') ?? 0
  const named = ranges.get('application/json') ?? ranges.get('application/*')
  return csv > 0 && (named === undefined ? csv >= (ranges.get('*/*') ?? 0) : csv > named)
}

function mediaRange(text: string): [string, number] {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  return [type, quality === undefined ? 1 : Number(quality.slice(2)) || 0]
}
