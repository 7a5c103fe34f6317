import { decode, eachRow, refuseNul, type VisitRow } from './csv-rows.js'
import type { Content, Format, Source } from './format.js'
import { ISSUER_COPY, STAGED_COLUMNS } from './issuer-layout.js'
import { IssuerTable } from './issuer-table.js'
import type { IssuerHead } from './issuer-head.js'
import { readWhole } from '../read-file.js'
import type { NumberedRow } from './several-funds.js'
import { readWorkbook } from './workbook.js'

/** Format of an issuer's file: its tables are collected as CSV, with the line of each row. */
export class IssuerFormat implements Format {
  readonly name: string
  readonly asOf: string | undefined
  readonly columns: readonly string[]
  readonly unread: readonly string[]
  readonly copy = ISSUER_COPY
  readonly firstLine = 1

  constructor(
    private readonly head: IssuerHead,
    /** Rows of one fund, the header and those above it included, where the file is about several. */
    private readonly rows?: readonly NumberedRow[],
  ) {
    this.name = head.header.layout.name
    this.asOf = head.asOf
    this.columns = STAGED_COLUMNS.filter((column) => head.header.places[column] !== undefined)
    this.unread = head.header.unread
  }

  async read({ path }: Source): Promise<Content> {
    const { header, title, preamble } = this.head
    const table = new IssuerTable(header, title, preamble)
    if (this.rows) for (const row of this.rows) table.take(...row)
    else await eachRowOf(path, this.head, (...row) => table.take(...row))
    return { data: table.toCsv(), lineOf: (row) => table.lines[row - 1], warnings: table.warnings }
  }
}

/** Reads the rows of the sheet or CSV file whose head was recognised. */
export async function eachRowOf(
  path: string,
  { delimiter, sheet: name }: IssuerHead,
  visit: VisitRow,
): Promise<void> {
  if (delimiter === undefined) {
    const sheet = (await readWorkbook(path)).find((candidate) => candidate.name === name)
    sheet?.rows.forEach((cells, index) => visit(cells, index + 1))
    return
  }
  const text = decode(await readWhole(path))
  refuseNul(text)
  eachRow(text, delimiter, visit)
}
