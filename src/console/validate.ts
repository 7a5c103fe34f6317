import pc from 'picocolors'
import type { CheckResult, Validation } from '../operations/validate.js'
import { renderTable } from './text.js'

const COLORS = { PASS: pc.green, WARN: pc.yellow, FAIL: pc.red }
const LINE_WIDTH = 100

/** Renders one line per check and a closing line; `verbose` adds every listed finding and its remedy. */
export function renderValidation(validation: Validation, verbose = false): string {
  const { checks } = validation
  if (checks.length === 0) return 'no check is enabled: see relationship_checks'
  const found = checks.filter((check) => check.status !== 'PASS')
  const table = renderTable(
    ['status', 'check', 'findings', ''],
    checks.map((check) => [COLORS[check.status](check.status), check.check, check.findings, summary(check)]),
  )
  const parts = [table, ...(verbose ? found.map(renderFindings) : []), closingLine(validation)]
  if (!verbose && found.length > 0) {
    parts.push(pc.dim('--verbose lists the findings, and what to do about each.'))
  }
  return parts.join('\n\n')
}

/** Title of a passed check, otherwise the findings that fit in one line. */
function summary({ status, findings, samples, title }: CheckResult): string {
  if (status === 'PASS') return title
  if (findings === null) return samples.map(({ subject, detail }) => `${subject}: ${detail}`).join()
  const [first, ...others] = samples.map(({ subject, detail }) => `${subject} (${detail})`)
  const line = [first!.length > LINE_WIDTH ? `${first!.slice(0, LINE_WIDTH - 4)}...)` : first!]
  for (const text of others) if (line.join(', ').length + text.length < LINE_WIDTH) line.push(text)
  return line.join(', ') + (findings > line.length ? ', ...' : '')
}

/** Renders all listed findings, the number of others, and the remedy. */
function renderFindings({ status, check, findings, samples, title, remedy, relation }: CheckResult): string {
  const expected = title.charAt(0).toLowerCase() + title.slice(1)
  const lines = [`${COLORS[status](status)} ${pc.bold(check)}, expected: ${expected}`]
  lines.push(...samples.map(({ subject, detail }) => `  ${subject}: ${detail}`))
  const hidden = (findings ?? 0) - samples.length
  if (hidden > 0) {
    lines.push(`  ... and ${hidden.toLocaleString('en-US')} more: SELECT * FROM ${relation}`)
  }
  return [...lines, `  ${pc.dim('remedy:')} ${remedy}`].join('\n')
}

function closingLine({ environment, status, checks }: Validation): string {
  const count = (wanted: string): number => checks.filter((check) => check.status === wanted).length
  const counts = `${count('PASS')} passed, ${count('WARN')} warned, ${count('FAIL')} failed`
  return `${COLORS[status](status)}: ${counts}, environment ${environment}`
}
