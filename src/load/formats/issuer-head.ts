import { decode, DELIMITERS, firstRows, refuseNul, type Delimiter } from './csv-rows.js'
import { MAX_HEADER_BYTES } from './canonical-header.js'
import { FileProblem } from '../file-problem.js'
import { isWorkbook } from './file-signature.js'
import { findHeader, HEADER_ROWS, tableTitle, unknownHeader, type Header } from './issuer-header.js'
import type { IssuerLayout } from './issuer-layout.js'
import { readHead } from '../read-file.js'
import { readWorkbook } from './workbook.js'

/** Facts from the first rows of an issuer's file. */
export interface IssuerHead {
  header: Header
  /** Separator of the columns; a workbook has sheets instead. */
  delimiter?: Delimiter
  sheet?: string
  /** Title of the first table. */
  title?: string | undefined
  /** The first row of the file, if it is above the header. */
  preamble?: string | undefined
  /** Ticker of the fund, upper case. */
  fund?: string | undefined
  /** Date of the holdings as the file spells it. */
  asOf?: string | undefined
}

/**
 * Recognises an issuer's file by a header row among its first rows, whatever its separator and encoding. Reads the
 * head of a CSV file, but all of a workbook. Throws FileProblem if no layout fits.
 */
export async function readIssuerHead(path: string, layouts: readonly IssuerLayout[]): Promise<IssuerHead> {
  const readings = isWorkbook(path) ? await readSheets(path) : await readDelimited(path)
  for (const { rows, ...reading } of readings) {
    const header = findHeader(layouts, rows)
    if (header) return { ...reading, header, ...facts(header, rows, reading.sheet) }
  }
  throw unknownHeader(
    layouts,
    readings.map(({ rows }) => rows),
  )
}

/** One way to read the head of a file as rows. */
interface Reading {
  rows: string[][]
  delimiter?: Delimiter
  sheet?: string
}

async function readSheets(path: string): Promise<Reading[]> {
  const sheets = await readWorkbook(path)
  if (sheets.some(({ rows }) => rows.length > 0))
    return sheets.map(({ name, rows }) => ({ sheet: name, rows }))
  throw new FileProblem({ message: 'the workbook is empty', remedy: 'Export or download it again.' })
}

async function readDelimited(path: string): Promise<Reading[]> {
  const text = decode(await readHead(path, MAX_HEADER_BYTES), true)
  refuseNul(text)
  // One row more than can be the header: the first row of the table.
  return DELIMITERS.map((delimiter) => ({ delimiter, rows: firstRows(text, delimiter, HEADER_ROWS + 1) }))
}

function facts(
  header: Header,
  rows: readonly string[][],
  sheet = '',
): Pick<IssuerHead, 'fund' | 'asOf' | 'title' | 'preamble'> {
  const { layout, places, row } = header
  const preamble = rows.slice(0, row).map((cells) => filled(cells).join(' '))
  // Below a table without rows there may be legal text, which is no value of a column.
  const first = filled(rows[row + 1] ?? []).length > 1 ? rows[row + 1]! : []
  const fact = (place: number | undefined, pattern: RegExp | undefined): string | undefined => {
    if (place === undefined) return firstMatch([sheet, ...preamble], pattern)?.trim() || undefined
    const text = first[place]?.trim()
    return (pattern ? pattern.exec(text ?? '')?.[1] : text) || undefined
  }
  const fund = fact(places.fund, layout.fundPattern)?.toUpperCase()
  return {
    fund: fund !== undefined && isFund(fund) ? fund : undefined,
    asOf: fact(places.as_of, layout.asOfPattern),
    preamble: preamble.find((text) => text !== '' && !/^sep=/i.test(text)),
    title: layout.sectioned ? titleAbove(layout, rows.slice(0, row)) : undefined,
  }
}

/** Returns true for the ticker of a fund, upper case. */
export function isFund(text: string): boolean {
  return /^[A-Z0-9][A-Z0-9.^/-]*$/.test(text)
}

function firstMatch(texts: readonly string[], pattern: RegExp | undefined): string | undefined {
  return texts.map((text) => pattern?.exec(text)?.[1]).find((found) => found !== undefined)
}

/** Title of the table whose header comes next; the name of the fund is above all titles. */
function titleAbove(layout: IssuerLayout, preamble: readonly string[][]): string | undefined {
  for (const cells of preamble.toReversed()) {
    const title = tableTitle(layout, cells)
    if (title !== undefined || layout.fundPattern?.test(filled(cells).join(' '))) return title
  }
  return undefined
}

function filled(cells: readonly string[]): string[] {
  return cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
}
