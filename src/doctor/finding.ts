/** PASS: no problem. WARN: works, but needs attention. FAIL: broken, or different from what the package installs. */
export type Status = 'PASS' | 'WARN' | 'FAIL'

/** One problem with its remedy. */
export interface Problem {
  status: 'WARN' | 'FAIL'
  problem: string
  /** Commands or SQL statements to paste; an instruction if no statement can solve the problem. */
  remedy: string
}

/** Outcome of a check, before it has a name and status. */
export interface CheckResult {
  /** One line, with or without problems. */
  summary: string
  problems?: readonly Problem[]
  /** Further facts, shown with --verbose. */
  details?: readonly string[]
}

/** Result of one check; its status is that of its worst problem. */
export interface Finding {
  check: string
  status: Status
  summary: string
  problems: Problem[]
  details: string[]
}

/** Adds name and status to the outcome of a check. */
export function toFinding(check: string, { summary, problems = [], details = [] }: CheckResult): Finding {
  return { check, status: worst(problems), summary, problems: [...problems], details: [...details] }
}

/** Returns the worst status; PASS if there are no items. */
export function worst(items: readonly { status: Status }[]): Status {
  if (items.some(({ status }) => status === 'FAIL')) return 'FAIL'
  return items.some(({ status }) => status === 'WARN') ? 'WARN' : 'PASS'
}

/** Creates a problem of status FAIL. */
export function fail(problem: string, remedy: string): Problem {
  return { status: 'FAIL', problem, remedy }
}

/** Creates a problem of status WARN. */
export function warn(problem: string, remedy: string): Problem {
  return { status: 'WARN', problem, remedy }
}
