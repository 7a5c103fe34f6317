import { FileProblem } from '../file-problem.js'
import { kindOf, type LoadKind } from '../kinds.js'

/** Throws FileProblem for a file that begins like anything but CSV. */
export function refuseOtherThanCsv(kind: LoadKind, head: Buffer): void {
  const refuse = (message: string, remedy: string): never => {
    throw new FileProblem({ message, remedy, line: 1 })
  }
  const start = head.subarray(0, 64)
  const zeros = start.reduce((count, byte) => count + Number(byte === 0), 0)
  const first = start.toString('latin1', 0, 2)
  const rename = kindOf(kind).issuers
    ? 'If it is a workbook, rename it so that it ends in .xlsx.'
    : 'Save it as CSV.'
  if (isZip(start)) refuse('the file is a spreadsheet or ZIP archive', rename)
  if (first === '\xff\xfe' || first === '\xfe\xff' || zeros * 4 > start.length)
    refuse('the file is UTF-16', 'Save it as UTF-8 ("CSV UTF-8" in Excel).')
  if (first === '\x1f\x8b') refuse('the file is compressed', 'Rename it so that it ends in .csv.gz.')
  if (/^(\xef\xbb\xbf)?\s*<(?!ticker>,)/i.test(head.toString('latin1', 0, 1024)))
    refuse('the file is a web page, not CSV', 'Often an error page: open it in a browser, download again.')
}

/** Returns true if the name of a file says that it is a workbook. */
export function isWorkbook(path: string): boolean {
  return /\.xlsx$/i.test(path)
}

/** Throws FileProblem for a file that is named .xlsx but begins like anything else. */
export function refuseOtherThanWorkbook(head: Buffer): void {
  if (isZip(head)) return
  const start = head.toString('latin1', 0, 1024)
  const refuse = (message: string, remedy: string): never => {
    throw new FileProblem({ message, remedy })
  }
  if (start.trim() === '') refuse('the file is empty', 'Export or download it again.')
  if (start.startsWith('\xd0\xcf\x11\xe0'))
    refuse('the workbook is in the old format .xls, or has a password', 'Save it as .xlsx or CSV.')
  if (/^(\xef\xbb\xbf)?\s*</.test(start))
    refuse('the file is a web page, not a workbook', 'Often an error page: open it in a browser, download again.')
  refuse('the file is not a workbook', 'If it is CSV, rename it so that it ends in .csv.')
} // prettier-ignore

/** Returns true for the first bytes of a ZIP archive, which a workbook is. Four of them, because a list may begin with PKG. */
function isZip(bytes: Buffer): boolean {
  return ['PK\x03\x04', 'PK\x05\x06'].includes(bytes.toString('latin1', 0, 4))
}
