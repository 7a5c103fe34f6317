// Own code: papaparse's unparse takes two to three times as long, and its escapeFormulae looks only at the start of a cell. negotiator
// would let the order of the Accept header decide a tie between CSV and JSON.

/** Value of a cell. */
export type Cell = string | number | boolean | null

/** Media type of CSV with a header line (RFC 4180). */
export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

/**
 * Positions where a spreadsheet could see the start of a formula: the start of the cell, possibly after blanks, and after a
 * character that it may take for the end of a cell (quote, semicolon, tab, line break). Also a tab or line break at the start.
 */
const FORMULA = /(?<=^|["';\t\r\n])(?=[^\S\t\r\n]*[=+\-@＝＋－＠])|^(?=[\t\r\n])/g

/**
 * Renders rows as CSV with a header line: comma, CRLF, quotes only where needed. Text that could become a formula gets an
 * apostrophe; numbers, including negative ones, stay as they are. Null is an empty cell.
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

/** Builds a file name that is valid on every system: letters, digits, dot, hyphen and underscore. */
export function fileName(...parts: string[]): string {
  const name = parts.map((part) =>
    part.replaceAll(/[^A-Za-z0-9.-]+/g, '_').replaceAll(/^[._-]+|[._-]+$/g, ''),
  )
  return `${name
    .filter((part) => part !== '')
    .join('_')
    .slice(0, 100)}.csv`
}

/** Returns true if a request prefers CSV. Its query decides, else its Accept header, where JSON wins a tie. */
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
