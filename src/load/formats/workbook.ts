import { checkZip } from './check-zip.js'
import { FileProblem } from '../file-problem.js'
import { readWhole } from '../staging/read-file.js'

/** A sheet of a workbook, its cells as text. */
export interface Sheet {
  name: string
  rows: string[][]
}

/** Whether the name says that a file is a workbook. */
export function isWorkbook(path: string): boolean {
  return /\.xlsx$/i.test(path)
}

/** The sheets of a workbook in their order. Throws FileProblem when it cannot be read. */
export async function readWorkbook(path: string): Promise<Sheet[]> {
  const bytes = checkZip(await readWhole(path))
  // Only here, since it takes longer than most loads.
  const { default: readXlsxFile } = await import('read-excel-file/node')
  const sheets = await readXlsxFile(bytes).catch((thrown: unknown) => {
    const reason = thrown instanceof Error && thrown.message !== '' ? ` (${thrown.message})` : ''
    throw new FileProblem({ message: `the workbook is damaged${reason}`, remedy: 'Download it again.' })
  })
  return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data.map((row) => row.map(cellText)) }))
}

/** A cell as a CSV file would state it. The library's types say `typeof Date` where it gives a Date. */
function cellText(cell: string | number | boolean | DateConstructor | Date | null): string {
  if (typeof cell === 'string') return cell
  if (cell instanceof Date) return cell.toISOString().slice(0, 10)
  // A spreadsheet takes the ticker TRUE for a truth value.
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE'
  return typeof cell === 'number' ? String(cell) : ''
}
