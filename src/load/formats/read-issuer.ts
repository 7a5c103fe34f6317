import { decode, eachRow } from './csv-rows.js'
import { FileProblem } from '../file-problem.js'
import { IssuerTable } from './issuer-table.js'
import { readWhole } from '../staging/read-file.js'
import type { IssuerFile } from './recognise-issuer.js'
import { readWorkbook } from './workbook.js'

/** Reads all of an issuer's file; throws FileProblem for rows that do not fit its header. */
export async function readIssuerTable(path: string, issuer: IssuerFile): Promise<IssuerTable> {
  const table = new IssuerTable(issuer.header, issuer.title)
  if (issuer.delimiter === undefined) {
    const sheet = (await readWorkbook(path)).find(({ name }) => name === issuer.sheet)
    sheet?.rows.forEach((cells, index) => table.take(cells, index + 1))
    return table
  }
  const text = decode(await readWhole(path))
  refuseNul(text)
  eachRow(text, issuer.delimiter, (cells, line, flaw) => table.take(cells, line, flaw))
  return table
}

function refuseNul(text: string): void {
  const at = text.indexOf('\0')
  if (at < 0) return
  const line = text.slice(0, at).split('\n').length
  const remedy = 'The file is damaged or not text: export or download it again.'
  throw new FileProblem({ message: 'a NUL byte', line, remedy })
}
