/** PASS: as it should be. WARN: works, but look at it. FAIL: does not work, or not as the package does. */
export type Status = 'PASS' | 'WARN' | 'FAIL'

/** One thing that is wrong, and what to do about it. */
export interface Problem {
  status: 'WARN' | 'FAIL'
  problem: string
  /** A command or SQL statement to paste, or what to change where no statement can. */
  remedy: string
}

/** What one check found. */
export interface Examined {
  /** One line that says what was found, good or bad. */
  summary: string
  problems?: readonly Problem[]
  /** Further facts, shown on request. */
  details?: readonly string[]
}

/** The result of one check; its status is that of its worst problem. */
export interface Finding {
  check: string
  status: Status
  summary: string
  problems: Problem[]
  details: string[]
}

/** Gives what a check found its name and status. */
export function toFinding(check: string, { summary, problems = [], details = [] }: Examined): Finding {
  return { check, status: worst(problems), summary, problems: [...problems], details: [...details] }
}

/** The worst status of these; PASS when there are none. */
export function worst(items: readonly { status: Status }[]): Status {
  if (items.some(({ status }) => status === 'FAIL')) return 'FAIL'
  return items.some(({ status }) => status === 'WARN') ? 'WARN' : 'PASS'
}

/** Something that does not work. */
export function fail(problem: string, remedy: string): Problem {
  return { status: 'FAIL', problem, remedy }
}

/** Something to look at. */
export function warn(problem: string, remedy: string): Problem {
  return { status: 'WARN', problem, remedy }
}
