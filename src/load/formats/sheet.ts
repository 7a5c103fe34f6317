import { FileProblem } from '../file-problem.js'
import { MAX_WHOLE_ROWS } from '../read-file.js'
import { damaged, tooLarge } from './workbook-problem.js'
import { TextCollector, type Attributes, type XmlVisitor } from './xml.js'

/**
 * Limit for the cells of all sheets, those between two filled ones included because they are read as well, and for the
 * shared strings.
 */
const MAX_CELLS = 1_000_000

/** Limit for the text of all shared strings and cells: a short sheet can repeat one long shared string. */
const MAX_CHARACTERS = 16 * 1024 * 1024

/** Shared strings and styles that the cells of a workbook refer to, and the number of cells and characters expanded so far. */
export interface CellContext {
  sharedStrings: string[]
  /** By style number. */
  isDate: readonly boolean[]
  /** Days from 1899-12-30 to the day that dates are counted from. */
  epoch: number
  cells: number
  characters: number
}

/** Adds a shared string. Throws FileProblem at the limits. */
export function addSharedString(context: CellContext, text: string): void {
  countCharacters(context, text)
  if (context.sharedStrings.push(text) > MAX_CELLS)
    throw tooLarge(`has more than ${MAX_CELLS.toLocaleString('en-US')} shared strings`)
}

function countCharacters(context: CellContext, text: string): void {
  context.characters += text.length
  if (context.characters > MAX_CHARACTERS)
    throw tooLarge(`holds more than ${MAX_CHARACTERS / 1024 / 1024} MiB of text`)
}

/** Expands the cells of a sheet while it is parsed, and throws FileProblem at the limits. */
export class SheetVisitor implements XmlVisitor {
  private readonly rows = new Map<number, string[]>()
  private readonly collector = new TextCollector()
  private height = 0
  private width = 0
  /** Position of the current cell, from 1. A row or cell without a reference follows the one before it. */
  private row = 0
  private column = 0
  private cell: Attributes = {}

  constructor(
    private readonly part: string,
    private readonly context: CellContext,
  ) {}

  open(name: string, attributes: Attributes): void {
    this.collector.open(name)
    if (name === 'row') {
      this.row = this.position('row', attributes['r'], /^()(\d+)$/)?.row ?? this.row + 1
      this.column = 0
    } else if (name === 'c') {
      const place = this.position('cell', attributes['r'], /^([A-Z]{1,3})(\d+)$/i)
      this.row = place?.row ?? this.row
      this.column = place?.column ?? this.column + 1
      this.cell = attributes
    }
  }

  text(text: string): void {
    this.collector.add(text)
  }

  close(name: string): void {
    this.collector.close(name)
    if (name !== 'c') return
    const text = cellText(this.cell, this.collector.take(), this.context)
    if (text === undefined) throw damaged(this.part, `row ${this.row}, column ${this.column}: no valid value`)
    if (text !== '') this.put(text)
  }

  /** All rows up to the last filled cell, each at its index in the sheet and of the same width. */
  toRows(): string[][] {
    this.context.cells += this.height * this.width
    return Array.from({ length: this.height }, (_row, index) => {
      const cells = this.rows.get(index + 1)
      // Frees each row once it is copied: both together would be twice the sheet.
      this.rows.delete(index + 1)
      return Array.from({ length: this.width }, (_cell, column) => cells?.[column] ?? '')
    })
  }

  private put(text: string): void {
    this.height = Math.max(this.height, this.row)
    this.width = Math.max(this.width, this.column)
    const isVast = this.context.cells + this.height * this.width > MAX_CELLS
    if (isVast || this.height > MAX_WHOLE_ROWS) throw vastSheet(this.height, this.width)
    countCharacters(this.context, text)
    const cells = this.rows.get(this.row) ?? []
    this.rows.set(this.row, cells)
    cells[this.column - 1] = text
  }

  private position(
    what: string,
    reference: string | undefined,
    pattern: RegExp,
  ): { row: number; column: number } | undefined {
    if (reference === undefined) return undefined
    const [, letters = '', digits = ''] = pattern.exec(reference) ?? []
    const row = Number(digits)
    if (!(row > 0)) throw damaged(this.part, `a ${what} has the reference "${reference.slice(0, 80)}"`)
    return { row, column: columnNumber(letters) }
  }
}

/** Value of a cell as a CSV file would state it; undefined if it is none. */
function cellText(cell: Attributes, value: string, context: CellContext): string | undefined {
  if (value.trim() === '') return ''
  switch (cell['t'] ?? 'n') {
    case 'n':
      return numberText(value, context.isDate[Number(cell['s'] ?? 0)] ?? false, context.epoch)
    case 's':
      return context.sharedStrings[Number(value)]?.trim()
    case 'b':
      // A spreadsheet takes the ticker TRUE for a truth value.
      return value === '1' ? 'TRUE' : value === '0' ? 'FALSE' : undefined
    case 'd':
      return value.slice(0, 10)
    default:
      return value.trim()
  }
}

function numberText(value: string, isDate: boolean, epoch: number): string | undefined {
  const number = Number(value)
  if (!isDate) return Number.isFinite(number) ? String(number) : undefined
  const date = new Date(Math.floor((number + epoch) * DAY) + Date.UTC(1899, 11, 30))
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10)
}

const DAY = 24 * 60 * 60 * 1000

/** 1 for A, 27 for AA. */
function columnNumber(letters: string): number {
  return [...letters.toUpperCase()].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0)
}

function vastSheet(rows: number, columns: number): FileProblem {
  const count = (quantity: number, noun: string): string =>
    `${quantity.toLocaleString('en-US')} ${noun}${quantity === 1 ? '' : 's'}`
  const size = `${count(rows, 'row')} and ${count(columns, 'column')}`
  return new FileProblem({
    message: `a sheet of the workbook spans ${size}`,
    remedy: 'Delete the cells that are not part of the table.',
  })
}
