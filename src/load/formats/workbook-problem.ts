import { FileProblem } from '../file-problem.js'

/** Names the damaged part of a workbook and the reason, an error or text. A FileProblem is returned unchanged. */
export function damaged(part: string, reason: unknown): FileProblem {
  if (reason instanceof FileProblem) return reason
  const text = reason instanceof Error ? reason.message : String(reason)
  return new FileProblem({
    message: `the workbook is damaged (${part}: ${text})`,
    remedy: 'Download it again.',
  })
}

/** A workbook that would not fit into memory. `what` completes "the workbook ...". */
export function tooLarge(what: string): FileProblem {
  return new FileProblem({
    message: `the workbook ${what}`,
    remedy: 'No issuer offers such files: save the table of holdings as CSV.',
  })
}
