import { FileProblem } from '../file-problem.js'
import { headerCell, type HeaderColumn, type IssuerLayout } from './issuer-layout.js'

/** Number of rows that are searched for a header. */
export const HEADER_ROWS = 50

/** A header row that was recognised. */
export interface Header {
  layout: IssuerLayout
  /** Index of the row, from 0. */
  row: number
  /** Number of columns, without the empty ones that a spreadsheet appends. */
  width: number
  places: Places
  /** Cells that the layout does not name, as the file spells them. */
  unread: string[]
}

/** Index of the cell of each column, from 0. */
export type Places = Partial<Record<HeaderColumn, number>>

/**
 * Finds the first row that has every header cell of a layout. If several layouts fit, the one with the most header
 * cells is used.
 */
export function findHeader(
  layouts: readonly IssuerLayout[],
  rows: readonly (readonly string[])[],
): Header | undefined {
  const byHeaders = [...layouts].sort((a, b) => b.headers.length - a.headers.length)
  for (const [row, cells] of rows.slice(0, HEADER_ROWS).entries()) {
    const names = cells.map(headerCell)
    const layout = byHeaders.find(({ headers }) => headers.every((header) => names.includes(header)))
    if (!layout) continue
    const places = findPlaces(layout, cells)
    return { layout, row, width: width(cells), places, unread: unreadCells(cells, places) }
  }
  return undefined
}

/** Finds the columns of a layout in a header row. */
export function findPlaces({ columns }: IssuerLayout, cells: readonly string[]): Places {
  const names = cells.map(headerCell)
  const places: Places = {}
  for (const [column, alternatives] of Object.entries(columns)) {
    const index = alternatives.map((cell) => names.indexOf(cell)).find((place) => place >= 0)
    if (index !== undefined) places[column as HeaderColumn] = index
  }
  return places
}

function unreadCells(cells: readonly string[], places: Places): string[] {
  const read = new Set<number | undefined>(Object.values(places))
  return cells.map((cell) => cell.trim()).filter((cell, index) => cell !== '' && !read.has(index))
}

/** Returns the number of cells up to the last that is not blank. */
export function width(cells: readonly string[]): number {
  return cells.findLastIndex((cell) => cell.trim() !== '') + 1
}

/** Returns the title that a row gives to the table below it: its first cell; undefined for a blank row and the name of the fund. */
export function tableTitle(layout: IssuerLayout, cells: readonly string[]): string | undefined {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
  const [first] = filled
  if (first === undefined || filled.length > 2) return undefined
  const isFact = layout.fundPattern?.test(filled.join(' ')) || layout.asOfPattern?.test(first)
  return isFact || (filled.length === 2 && !layout.asOfPattern?.test(filled.join(' '))) ? undefined : first
}

/**
 * Returns the problem of a file whose header fits no layout: the row that looks most like a header, and the closest
 * layout. `tables` are the first rows of the file, read in several ways.
 */
export function unknownHeader(
  layouts: readonly IssuerLayout[],
  tables: readonly (readonly (readonly string[])[])[],
): FileProblem {
  const best = tables
    .flatMap((rows) => [...rows.slice(0, HEADER_ROWS).entries()])
    .map(([row, cells]) => ({ row, names: cells.map(headerCell).filter((name) => name !== '') }))
    .map(({ row, names }) => ({ row, names, known: mostFound(layouts, names) }))
    .sort((a, b) => b.known - a.known || b.names.length - a.names.length || a.row - b.row)[0]
  const names = best?.names ?? []
  if (layouts.length === 1) return otherHeader(layouts[0]!, best && { line: best.row + 1, names })
  return new FileProblem({
    message: 'the header belongs to no known format',
    ...(best ? { line: best.row + 1, value: shorten(names.join(', ')) } : {}),
    remedy:
      `Known are symbol,weight on line 1 and the downloads ${list(layouts.map(({ name }) => name))}.` +
      `${closest(layouts, names)} Map its columns with --columns symbol=..., weight=..., or add a row to issuer_formats.`,
  })
}

function otherHeader(
  { headers }: IssuerLayout,
  best: { line: number; names: string[] } | undefined,
): FileProblem {
  return new FileProblem({
    message: `no row has the columns ${list(headers)}`,
    ...(best ? { line: best.line, value: shorten(best.names.join(', ')) } : {}),
    remedy: 'Name them as the header spells them.',
  })
}

function mostFound(layouts: readonly IssuerLayout[], names: readonly string[]): number {
  return Math.max(0, ...layouts.map((layout) => found(layout, names).length))
}

function found({ headers }: IssuerLayout, names: readonly string[]): string[] {
  return headers.filter((header) => names.includes(header))
}

function closest(layouts: readonly IssuerLayout[], names: readonly string[]): string {
  const share = (layout: IssuerLayout): number => found(layout, names).length / layout.headers.length
  const [best] = [...layouts].sort((a, b) => share(b) - share(a))
  if (!best || share(best) < 0.5) return ''
  return ` ${best.name} comes closest, but has ${list(best.headers.filter((name) => !names.includes(name)))}, too.`
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`
}
