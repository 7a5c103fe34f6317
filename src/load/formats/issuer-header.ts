import { FileProblem } from '../file-problem.js'
import { headerCell, type HeaderColumn, type IssuerFormat } from './issuer-format.js'

/** Rows in which a header is looked for. */
export const HEADER_ROWS = 50

/** A header row that was recognised. */
export interface Header {
  format: IssuerFormat
  /** Index of the row, from 0. */
  row: number
  /** Number of columns, without the empty ones that a spreadsheet appends. */
  width: number
  places: Places
}

/** Index of the cell that stands for a column, from 0. */
export type Places = Partial<Record<HeaderColumn, number>>

/**
 * The first row that has every header cell of a format; undefined when there is none. Where several formats fit, the
 * one with the most header cells is meant.
 */
export function findHeader(
  formats: readonly IssuerFormat[],
  rows: readonly (readonly string[])[],
): Header | undefined {
  const byHeaders = [...formats].sort((a, b) => b.headers.length - a.headers.length)
  for (const [row, cells] of rows.slice(0, HEADER_ROWS).entries()) {
    const names = cells.map(headerCell)
    const format = byHeaders.find(({ headers }) => headers.every((header) => names.includes(header)))
    if (format) return { format, row, width: width(cells), places: findPlaces(format, cells) }
  }
  return undefined
}

/** Where the columns of a format stand in a header row. */
export function findPlaces({ columns }: IssuerFormat, cells: readonly string[]): Places {
  const names = cells.map(headerCell)
  const places: Places = {}
  for (const [column, alternatives] of Object.entries(columns)) {
    const index = alternatives.map((cell) => names.indexOf(cell)).find((place) => place >= 0)
    if (index !== undefined) places[column as HeaderColumn] = index
  }
  return places
}

/** Number of cells up to the last that is not blank. */
export function width(cells: readonly string[]): number {
  return cells.findLastIndex((cell) => cell.trim() !== '') + 1
}

/** Title of the table that a row announces, its first cell; undefined for a blank row and the name of the fund. */
export function tableTitle(format: IssuerFormat, cells: readonly string[]): string | undefined {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
  const [first] = filled
  if (first === undefined || filled.length > 2) return undefined
  const isFact = format.fundPattern?.test(filled.join(' ')) || format.asOfPattern?.test(first)
  return isFact || (filled.length === 2 && !format.asOfPattern?.test(filled.join(' '))) ? undefined : first
}

/**
 * A file whose header no format fits: shows the row that looks most like one, and the format that comes closest.
 * `tables` are the first rows of the file, read in several ways.
 */
export function unknownHeader(
  formats: readonly IssuerFormat[],
  tables: readonly (readonly (readonly string[])[])[],
): FileProblem {
  const best = tables
    .flatMap((rows) => [...rows.slice(0, HEADER_ROWS).entries()])
    .map(([row, cells]) => ({ row, names: cells.map(headerCell).filter((name) => name !== '') }))
    .map(({ row, names }) => ({ row, names, known: mostFound(formats, names) }))
    .sort((a, b) => b.known - a.known || b.names.length - a.names.length || a.row - b.row)[0]
  const names = best?.names ?? []
  return new FileProblem({
    message: 'the header belongs to no known format',
    ...(best ? { line: best.row + 1, value: shorten(names.join(', ')) } : {}),
    remedy:
      `Known are symbol,weight on line 1 and the downloads ${list(formats.map(({ name }) => name))}.` +
      `${closest(formats, names)} A new format is a row of issuer_formats.`,
  })
}

function mostFound(formats: readonly IssuerFormat[], names: readonly string[]): number {
  return Math.max(0, ...formats.map((format) => found(format, names).length))
}

function found({ headers }: IssuerFormat, names: readonly string[]): string[] {
  return headers.filter((header) => names.includes(header))
}

function closest(formats: readonly IssuerFormat[], names: readonly string[]): string {
  const share = (format: IssuerFormat): number => found(format, names).length / format.headers.length
  const [best] = [...formats].sort((a, b) => share(b) - share(a))
  if (!best || share(best) < 0.5) return ''
  return ` ${best.name} comes closest, but has ${list(best.headers.filter((name) => !names.includes(name)))}, too.`
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`
}
