import { FileProblem } from '../file-problem.js'

/** Cells from the first to the last one of a sheet; those between them are read too, filled or not. */
const MAX_CELLS = 2_000_000

const CELL = /\br="([A-Z]{1,3})(\d{1,7})"/g

/** Throws FileProblem for the XML of a sheet whose cells lie so far apart that the rows between them do not fit into memory. */
export function refuseVastSheet(xml: Buffer): void {
  let columns = 0
  let rows = 0
  for (const [, letters = '', digits = ''] of xml.toString('latin1').matchAll(CELL)) {
    columns = Math.max(columns, columnNumber(letters))
    rows = Math.max(rows, Number(digits))
  }
  if (columns * rows <= MAX_CELLS) return
  const size = `${rows.toLocaleString('en-US')} rows and ${columns.toLocaleString('en-US')} columns`
  throw new FileProblem({
    message: `a sheet of the workbook spans ${size}`,
    remedy: 'Delete the cells that are not part of the table.',
  })
}

/** 1 for A, 27 for AA. */
function columnNumber(letters: string): number {
  let number = 0
  for (let at = 0; at < letters.length; at += 1) number = number * 26 + letters.charCodeAt(at) - 64
  return number
}
