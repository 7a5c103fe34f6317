import type { QuoteFlaw } from './csv-rows.js'
import { FileProblem } from '../file-problem.js'
import { STAGED_COLUMNS } from './issuer-layout.js'
import { findHeader, findPlaces, tableTitle, width, type Header, type Places } from './issuer-header.js'
import { quoteProblem, secondTable, strayRow, widthProblem } from './row-problem.js'

/** Characters of rows put together before they are encoded. */
const STAGED_CHARACTERS = 64 * 1024

/**
 * Takes the rows of an issuer's file one by one and collects those of its tables as input of ISSUER_COPY. A table ends
 * with the first row that has fewer than two cells; in a layout with sections the next one follows under its title and
 * header. Throws FileProblem rather than lose a row.
 */
export class IssuerTable {
  /** Line in the file of each row collected. */
  readonly lines: number[] = []
  private readonly staged: Buffer[] = []
  private rows = ''
  /** Sentences about what was left out. */
  readonly warnings: string[] = []
  private passed = 0
  private inside = false
  /** The table comes again: the rest of the file is a copy. */
  private repeated = false
  /** First cells of the rows below the table. */
  private readonly below: string[] = []
  private places: Places
  private width: number
  /** Cells that must be the same in every row: a file is about one fund on one day. */
  private readonly constant = new Map<number, string>()

  constructor(
    private readonly header: Header,
    /** Title of the table, which is the asset class of its rows. */
    private title: string | undefined,
    /** First row above the header. */
    private readonly preamble?: string,
  ) {
    this.places = header.places
    this.width = header.width
  }

  /** Takes the next row of the file, preamble and header included. */
  take(cells: readonly string[], line: number, flaw?: QuoteFlaw): void {
    this.passed += 1
    if (this.repeated) return
    if (this.passed <= this.header.row) return
    if (this.passed === this.header.row + 1) {
      this.inside = true
      return
    }
    if (this.inside && flaw === 'never closed') throw quoteProblem(cells, line, flaw)
    this.inside &&= hasTwoCells(cells) && !this.isTitle(cells)
    if (!this.inside) return this.takeOutside(cells, line)
    if (flaw && this.swallows(cells)) throw quoteProblem(cells, line, flaw)
    this.collect(cells, line)
  }

  /** Returns the collected rows as the input of ISSUER_COPY. */
  toCsv(): Buffer {
    return Buffer.concat([...this.staged, Buffer.from(this.rows)])
  }

  private takeOutside(cells: readonly string[], line: number): void {
    const { layout } = this.header
    if (!layout.sectioned && findHeader([layout], [cells])) return this.takeCopy(cells, line)
    if (this.looksLikeMember(cells)) throw strayRow(cells, line)
    if (!layout.sectioned) {
      this.below.push(joined(cells))
      return
    }
    const places = findPlaces(layout, cells)
    if (places.weight !== undefined && (places.symbol ?? places.name) !== undefined) {
      this.places = places
      this.width = width(cells)
      this.inside = true
    } else this.title = tableTitle(layout, cells) ?? this.title
  }

  /** Takes the header of a second table: iShares downloads of currency hedged funds hold theirs twice. */
  private takeCopy(cells: readonly string[], line: number): void {
    const { preamble = '' } = this
    if (preamble !== '' && this.below.some((text) => text !== '') && !this.below.includes(preamble))
      throw secondTable(cells, line)
    this.repeated = true
    const last = this.lines.at(-1) ?? line
    this.warnings.push(
      `the file holds its table twice: line ${line} and below are left out, rows up to line ${last} are read`,
    )
  }

  /**
   * Returns true if a value with a line break contains the end of its row: a quote was not closed. A break within a name
   * is none; the ticker and the weight have none.
   */
  private swallows(cells: readonly string[]): boolean {
    return cells.some((cell, index) => {
      if (!cell.includes('\n')) return false
      if (index === this.places.symbol || index === this.places.weight) return true
      const pieces = cell.split('\n').map((piece) => piece.split(/[,;\t|]/).length)
      if (index + 1 < this.width) return index + pieces[0]! >= this.width
      return pieces.slice(1).some((count) => count >= this.width)
    })
  }

  /** Returns true if a row would fit into the table above, which has a gap then and did not end. */
  private looksLikeMember(cells: readonly string[]): boolean {
    const { symbol, weight } = this.places
    if (symbol === undefined || weight === undefined) return false
    return (
      /^[A-Z][A-Z0-9./ -]{0,11}$/.test(cells[symbol]?.trim() ?? '') &&
      /^[<\d.]+ *%?$/.test(cells[weight]?.trim() ?? '')
    )
  }

  private isTitle(cells: readonly string[]): boolean {
    return (
      this.header.layout.sectioned && width(cells) <= 2 && tableTitle(this.header.layout, cells) !== undefined
    )
  }

  private collect(cells: readonly string[], line: number): void {
    this.refuseOtherWidth(cells, line)
    this.refuseOtherFile(cells, line)
    let row = String(line)
    for (const column of STAGED_COLUMNS) {
      const place = this.places[column]
      row += ','
      if (place !== undefined) row += csvValue(cells[place])
      else if (column === 'asset_class' && this.title !== undefined) row += csvValue(this.title)
    }
    this.rows += row + '\n'
    // Bytes take a fifth of the memory of strings that were put together.
    if (this.rows.length > STAGED_CHARACTERS) {
      this.staged.push(Buffer.from(this.rows))
      this.rows = ''
    }
    this.lines.push(line)
  }

  /** A row with too many or too few cells would put values into wrong columns. */
  private refuseOtherWidth(cells: readonly string[], line: number): void {
    const { symbol = 0, weight = 0 } = this.places
    const needed = Math.max(symbol, weight) + 1
    if (cells.length >= needed && (cells.length <= this.width || width(cells) <= this.width)) return
    throw widthProblem(cells, line, cells.length < needed)
  }

  private refuseOtherFile(cells: readonly string[], line: number): void {
    this.refuseChange(cells, line, this.places.fund, 'the file is about several funds')
    this.refuseChange(cells, line, this.places.as_of, 'the file is about several days')
  }

  private refuseChange(
    cells: readonly string[],
    line: number,
    place: number | undefined,
    message: string,
  ): void {
    if (place === undefined) return
    const value = cells[place] ?? ''
    if (value === '') return
    const before = this.constant.get(place)
    if (before === undefined) this.constant.set(place, value)
    else if (before !== value)
      throw new FileProblem({ message, line, value, remedy: 'Keep one fund and one day per file.' })
  }
}

/** Returns true for a row of a table; blank cells do not count. */
function hasTwoCells(cells: readonly string[]): boolean {
  let filled = 0
  for (const cell of cells) if (cell !== '' && cell.trim() !== '' && (filled += 1) === 2) return true
  return false
}

function joined(cells: readonly string[]): string {
  return cells
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(' ')
}

/** Writes a cell for COPY. Papa Parse's `unparse` takes more than twice as long for a table. */
function csvValue(cell: string | undefined): string {
  const value = cell?.trim() ?? ''
  if (!/[",\n\r]/.test(value)) return value
  return `"${value.replace(/[\r\n]+/g, ' ').replaceAll('"', '""')}"`
}
