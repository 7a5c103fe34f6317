import type { QuoteFlaw } from './csv-rows.js'
import { FileProblem } from '../file-problem.js'
import { STAGED_COLUMNS } from './issuer-layout.js'
import { findPlaces, tableTitle, width, type Header, type Places } from './issuer-header.js'
import { quoteProblem, strayRow, widthProblem } from './row-problem.js'

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
  private passed = 0
  private inside = false
  private places: Places
  private width: number
  /** Cells that must be the same in every row: a file is about one fund on one day. */
  private readonly constant = new Map<number, string>()

  constructor(
    private readonly header: Header,
    /** Title of the table, which is the asset class of its rows. */
    private title: string | undefined,
  ) {
    this.places = header.places
    this.width = header.width
  }

  /** Takes the next row of the file, preamble and header included. */
  take(cells: readonly string[], line: number, flaw?: QuoteFlaw): void {
    this.passed += 1
    if (this.passed <= this.header.row) return
    if (this.passed === this.header.row + 1) {
      this.inside = true
      return
    }
    if (this.inside && flaw === 'never closed') throw quoteProblem(cells, line, flaw)
    this.inside &&= hasTwoCells(cells) && !this.isTitle(cells)
    if (!this.inside) return this.takeOutside(cells, line)
    if (flaw) throw quoteProblem(cells, line, flaw)
    this.collect(cells, line)
  }

  /** Returns the collected rows as the input of ISSUER_COPY. */
  toCsv(): Buffer {
    return Buffer.concat([...this.staged, Buffer.from(this.rows)])
  }

  private takeOutside(cells: readonly string[], line: number): void {
    const { layout } = this.header
    if (this.looksLikeMember(cells)) throw strayRow(cells, line)
    if (!layout.sectioned) return
    const places = findPlaces(layout, cells)
    if (places.weight !== undefined && (places.symbol ?? places.name) !== undefined) {
      this.places = places
      this.width = width(cells)
      this.inside = true
    } else this.title = tableTitle(layout, cells) ?? this.title
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

/** Writes a cell for COPY. Papa Parse's `unparse` takes more than twice as long for a table. */
function csvValue(cell: string | undefined): string {
  const value = cell?.trim() ?? ''
  if (!/[",\n\r]/.test(value)) return value
  return `"${value.replace(/[\r\n]+/g, ' ').replaceAll('"', '""')}"`
}
