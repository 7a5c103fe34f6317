import { FileProblem } from '../file-problem.js'

/** Largest number of rows of a canonical file: a row of the table settings. */
export interface RowLimit {
  rows: number
  setting: string
  /** Name of the table with its schema, for the remedy. */
  table: string
}

const NEWLINE = 0x0a
const RETURN = 0x0d

/** Counts the rows of a file while its bytes pass, and throws FileProblem as soon as there are too many. */
export class RowCounter {
  private ends = 0
  /** Byte that ends a line; COPY refuses a file that mixes them. */
  private end: number | undefined

  constructor(
    private readonly limit: RowLimit,
    private readonly firstLine: number,
  ) {}

  /** Counts the next bytes. The last line has no end: watchBytes() takes it off. */
  look(chunk: Buffer): void {
    this.end ??= chunk.includes(NEWLINE) ? NEWLINE : chunk.includes(RETURN) ? RETURN : undefined
    if (this.end === undefined) return
    this.ends += count(chunk, this.end)
    if (this.ends + 2 - this.firstLine > this.limit.rows) throw tooManyRows(this.limit, this.firstLine)
  }
}

/** Returns false if a file of so many bytes cannot have too many rows: COPY refuses a row that lacks a comma. */
export function canExceed({ rows }: RowLimit, bytes: number, columns: number): boolean {
  return bytes / columns > rows - 1
}

function count(chunk: Buffer, byte: number): number {
  let found = 0
  for (let at = chunk.indexOf(byte); at >= 0; at = chunk.indexOf(byte, at + 1)) found += 1
  return found
}

function tooManyRows({ rows, setting, table }: RowLimit, firstLine: number): FileProblem {
  return new FileProblem({
    message: `the file has more than ${rows.toLocaleString('en-US')} rows (setting ${setting})`,
    line: rows + firstLine,
    remedy: `Split it, or raise the limit: UPDATE ${table} SET value = ${Math.max(1, 2 * rows)} WHERE name = '${setting}'.`,
  })
}
