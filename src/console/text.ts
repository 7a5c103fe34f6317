import Table from 'cli-table3'
import pc from 'picocolors'
import type { UniversesError } from '../errors.js'

const PLAIN_BORDERS = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '',
  bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '',
  right: '', 'right-mid': '', middle: '  ',
} // prettier-ignore

/** Table cell; numbers are right-aligned and grouped by thousands. */
export type Cell = string | number | null | undefined

/**
 * Renders a table without borders, one row per line. Columns of numbers are aligned to the right, as are those in
 * `right` (numbers with a unit).
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

/** Prints a JSON document to stdout. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2))
}

/** Prints an error to stderr as psql does: message, detail, remedy, position. */
export function printError(error: UniversesError): void {
  console.error(`${pc.red('error:')} ${error.message}`)
  if (error.detail) console.error(`detail: ${error.detail}`)
  if (error.hint) console.error(`remedy: ${error.hint}`)
  // Our own errors have a remedy; their position in the SQL is of no use.
  if (error.where && !error.code?.startsWith('UV')) console.error(`where: ${error.where}`)
  if (error.code) console.error(`sqlstate: ${error.code}`)
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** Renders a share of 0 to 1 as a bar of `width` cells, in eighths; empty only for 0, full only for 1. */
export function renderBar(share: number, width: number): string {
  const clamped = Math.min(Math.max(share, 0), 1)
  const eighths = clamped > 0 ? Math.max(1, Math.floor(clamped * width * 8)) : 0
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!
}

function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell
}
