import Table from 'cli-table3'
import pc from 'picocolors'
import type { UniversesError } from '../errors.js'

const PLAIN_BORDERS = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '',
  bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '',
  right: '', 'right-mid': '', middle: '  ',
} // prettier-ignore

/** Cell of a table: numbers are right-aligned and grouped by thousands. */
export type Cell = string | number | null | undefined

/**
 * A table without borders, one row per line, ready to print. Columns of numbers are aligned to the right, and those in
 * `right`, where the numbers carry a unit.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  right: readonly string[] = [],
): string {
  const numeric = head.map(
    (title, column) =>
      right.includes(title) || (rows.length > 0 && rows.every((row) => typeof row[column] !== 'string')),
  )
  const table = new Table({
    head: head.map((title) => pc.dim(title)),
    colAligns: numeric.map((isNumeric) => (isNumeric ? 'right' : 'left')),
    chars: PLAIN_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  for (const row of rows) table.push(row.map(formatCell))
  return table.toString().replaceAll(/[ \t]+$/gm, '')
}

/** Prints a table to stdout. */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  console.log(renderTable(head, rows))
}

/** Prints one JSON document to stdout. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2))
}

/** Prints an error to stderr the way psql does: message, detail, remedy, position. */
export function printError(error: UniversesError): void {
  console.error(`${pc.red('error:')} ${error.message}`)
  if (error.detail) console.error(`detail: ${error.detail}`)
  if (error.hint) console.error(`remedy: ${error.hint}`)
  // Our own errors say what to do; where in the SQL they were raised helps nobody.
  if (error.where && !error.code?.startsWith('UV')) console.error(`where: ${error.where}`)
  if (error.code) console.error(`sqlstate: ${error.code}`)
}

/** Milliseconds as a person reads them. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)} s`
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of `width` cells for a share of 0 to 1, in eighths of a cell: empty for nothing only, full for all only. */
export function renderBar(share: number, width: number): string {
  const clamped = Math.min(Math.max(share, 0), 1)
  const eighths = clamped > 0 ? Math.max(1, Math.floor(clamped * width * 8)) : 0
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!
}

function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell
}
