import { isUtf8 } from 'node:buffer'
import Papa, { type ParseResult } from 'papaparse'
import { FileProblem } from '../file-problem.js'
import { MAX_WHOLE_ROWS } from '../read-file.js'
import { LINE_TOO_LONG, MAX_LINE_BYTES } from './watch-bytes.js'

/** Separators that spreadsheets use, the usual one first. */
export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** Characters parsed at a time, so that the rows of a large file are never in memory all at once. */
const CHUNK = 256 * 1024

/**
 * Decodes a file as UTF-8, else as Windows-1252, in which spreadsheets save CSV. Removes the byte order mark and makes
 * LF the only line end. `cut`: the bytes may end within a character.
 */
export function decode(bytes: Buffer, cut = false): string {
  const utf8 = isUtf8(bytes) || (cut && [1, 2, 3].some((end) => isUtf8(bytes.subarray(0, -end))))
  const text = utf8 ? bytes.toString('utf8') : new TextDecoder('windows-1252').decode(bytes)
  const start = text.startsWith('\ufeff') ? text.slice(1) : text
  return start.includes('\r') ? start.replace(/\r\n?/g, '\n') : start
}

/** Parses the first rows of a text. */
export function firstRows(text: string, delimiter: Delimiter, rows: number): string[][] {
  return Papa.parse<string[]>(text, { delimiter, newline: '\n', preview: rows }).data
}

/** Problem with the quotes of a row: it spans several lines, or all that follow. */
export type QuoteFlaw = 'line break' | 'never closed'

/** Receives a row and the number of its first line, line ends within quotes counted. */
export type VisitRow = (cells: string[], line: number, flaw?: QuoteFlaw) => void

/** Parses a text row by row. Throws FileProblem for more rows than any fund has, and for a line longer than any row. */
export function eachRow(text: string, delimiter: Delimiter, visit: VisitRow): void {
  refuseLongLine(text)
  let line = 1
  let rows = 0
  let unfinished = 0
  // Papa Parse splits strings into chunks, too, although its types allow that for files only.
  const config = {
    delimiter,
    newline: '\n' as const,
    chunkSize: CHUNK,
    chunk: ({ data, errors }: ParseResult<string[]>): void => {
      // Papa Parse starts over with every chunk until a row is complete.
      unfinished = data.length > 0 ? 0 : unfinished + CHUNK
      if (unfinished > MAX_LINE_BYTES) throw unfinishedRow(line)
      const unclosed = errors.find(({ code }) => code === 'MissingQuotes')?.row
      for (const [index, cells] of data.entries()) {
        const breaks = countLineBreaks(cells)
        const flaw = index === unclosed ? 'never closed' : breaks > 0 ? 'line break' : undefined
        if ((rows += 1) > MAX_WHOLE_ROWS) throw tooManyRows(line)
        visit(cells, line, flaw)
        line += 1 + breaks
      }
    },
  }
  Papa.parse<string[]>(text, config)
}

function tooManyRows(line: number): FileProblem {
  return new FileProblem({
    message: `the file has more than ${MAX_WHOLE_ROWS.toLocaleString('en-US')} rows`,
    line,
    remedy: 'No fund has as many: is it one fund, on one day?',
  })
}

function unfinishedRow(line: number): FileProblem {
  return new FileProblem({
    message: 'a row is longer than 1 MiB',
    line,
    remedy: 'Is a quote opened and never closed?',
  })
}

function refuseLongLine(text: string): void {
  for (let start = 0; text.length - start > MAX_LINE_BYTES;) {
    const end = text.lastIndexOf('\n', start + MAX_LINE_BYTES)
    if (end < start)
      throw new FileProblem({ ...LINE_TOO_LONG, line: text.slice(0, start).split('\n').length })
    start = end + 1
  }
}

function countLineBreaks(cells: readonly string[]): number {
  let breaks = 0
  for (const cell of cells)
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) breaks += 1
  return breaks
}

/** Throws FileProblem for a text with a NUL byte: PostgreSQL stores none, in messages neither. */
export function refuseNul(text: string): void {
  const at = text.indexOf('\0')
  if (at < 0) return
  const line = text.slice(0, at).split('\n').length
  const remedy = 'The file is damaged or not text: export or download it again.'
  throw new FileProblem({ message: 'a NUL byte', line, remedy })
}
