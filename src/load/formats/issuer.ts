import { decode, eachRow, refuseNul } from './csv-rows.js'
import type { Content, Format, Source } from './format.js'
import { ISSUER_COPY, STAGED_COLUMNS } from './issuer-layout.js'
import { IssuerTable } from './issuer-table.js'
import type { IssuerHead } from './issuer-head.js'
import { readWhole } from '../read-file.js'
import { readWorkbook } from './workbook.js'

/** Format of an issuer's file: its tables are collected as CSV, with the line of each row. */
export class IssuerFormat implements Format {
  readonly name: string
  readonly asOf: string | undefined
  readonly columns: readonly string[]
  readonly unread: readonly string[]
  readonly copy = ISSUER_COPY
  readonly firstLine = 1

  constructor(private readonly head: IssuerHead) {
    this.name = head.header.layout.name
    this.asOf = head.asOf
    this.columns = STAGED_COLUMNS.filter((column) => head.header.places[column] !== undefined)
    this.unread = head.header.unread
  }

  async read({ path }: Source): Promise<Content> {
    const table = new IssuerTable(this.head.header, this.head.title)
    if (this.head.delimiter === undefined) await readSheet(path, this.head.sheet, table)
    else {
      const text = decode(await readWhole(path))
      refuseNul(text)
      eachRow(text, this.head.delimiter, (cells, line, flaw) => table.take(cells, line, flaw))
    }
    return { data: table.toCsv(), lineOf: (row) => table.lines[row - 1] }
  }
}

async function readSheet(path: string, name: string | undefined, table: IssuerTable): Promise<void> {
  const sheet = (await readWorkbook(path)).find((candidate) => candidate.name === name)
  sheet?.rows.forEach((cells, index) => table.take(cells, index + 1))
}
