import pc from 'picocolors'
import type { Finding, Problem, Status } from '../doctor/finding.js'

/** Problems per check that are shown without --verbose. */
const MAX_PROBLEMS = 8

const COLOURS: Readonly<Record<Status, (text: string) => string>> = {
  PASS: pc.green,
  WARN: pc.yellow,
  FAIL: pc.red,
}

/** Renders one line per check with its problems and remedies below. `verbose` adds all problems and details. */
export function renderFindings(findings: readonly Finding[], verbose = false): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.flatMap((finding) => {
    const { check, status, summary, problems, details } = finding
    const shown = verbose ? problems : problems.slice(0, MAX_PROBLEMS)
    const hidden = problems.length - shown.length
    return [
      `${COLOURS[status](status)}  ${check.padEnd(width)}  ${summary}`,
      ...shown.flatMap(renderProblem),
      ...(hidden > 0 ? [`      ... and ${hidden} more: --verbose shows them`] : []),
      ...(verbose ? details.map((detail) => pc.dim(`      ${detail}`)) : []),
    ]
  })
  return [...lines, '', verdict(findings)].join('\n')
}

function renderProblem({ problem, remedy }: Problem): string[] {
  const [first = '', ...steps] = remedy.split('\n')
  return [
    `      ${problem}`,
    `      ${pc.bold('remedy:')} ${first}`,
    ...steps.map((step) => `              ${step}`),
  ]
}

function verdict(findings: readonly Finding[]): string {
  const count = (status: Status): number => findings.filter((finding) => finding.status === status).length
  return `${findings.length} ${findings.length === 1 ? 'check' : 'checks'}: ${count('PASS')} passed, ${count('WARN')} to look at, ${count('FAIL')} failed`
}
