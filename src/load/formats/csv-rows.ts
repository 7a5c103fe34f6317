import { isUtf8 } from 'node:buffer'
import Papa, { type ParseResult } from 'papaparse'

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

/** Parses a text row by row. */
export function eachRow(text: string, delimiter: Delimiter, visit: VisitRow): void {
  let line = 1
  // Papa Parse splits strings into chunks, too, although its types allow that for files only.
  const config = {
    delimiter,
    newline: '\n' as const,
    chunkSize: CHUNK,
    chunk: ({ data, errors }: ParseResult<string[]>): void => {
      const unclosed = errors.find(({ code }) => code === 'MissingQuotes')?.row
      for (const [index, cells] of data.entries()) {
        const breaks = countLineBreaks(cells)
        const flaw = index === unclosed ? 'never closed' : breaks > 0 ? 'line break' : undefined
        visit(cells, line, flaw)
        line += 1 + breaks
      }
    },
  }
  Papa.parse<string[]>(text, config)
}

function countLineBreaks(cells: readonly string[]): number {
  let breaks = 0
  for (const cell of cells) if (cell.includes('\n')) breaks += cell.split('\n').length - 1
  return breaks
}
