import { cpus, totalmem } from 'node:os'

/** One line of the table of results. */
export interface Line {
  /** What is measured, and at which size. */
  what: string
  floor: string
  ours: string
  ratio: string
  goal: string
  met: boolean
  note?: string
}

/** Milliseconds, or any other unit, of the floor and of ours; the same index is the same moment. */
export interface Pairs {
  floor: number[]
  ours: number[]
}

/** A goal for ours : floor. */
export interface Goal {
  atMost?: number
  atLeast?: number
}

/** Ours divided by the floor measured just before it: median, smallest and largest. */
export function ratioLine(
  what: string,
  { floor, ours }: Pairs,
  goal: Goal,
  { unit = 'ms', note }: { unit?: string; note?: string } = {},
): Line {
  const ratios = ours.map((value, index) => value / (floor[index] ?? Number.NaN))
  const middle = median(ratios)
  const met = goal.atMost === undefined ? middle >= (goal.atLeast ?? 0) : middle <= goal.atMost
  return {
    what,
    floor: `${short(median(floor))} ${unit}`,
    ours: `${short(median(ours))} ${unit}`,
    ratio: `${short(middle)} x (${short(Math.min(...ratios))} to ${short(Math.max(...ratios))})`,
    goal: goal.atMost === undefined ? `at least ${goal.atLeast} x` : `at most ${goal.atMost} x`,
    met,
    ...(note === undefined ? {} : { note }),
  }
}

/** A value that has to stay under a limit, with what it is compared with, if anything. */
export function limitLine(
  what: string,
  value: number,
  limit: number,
  unit: string,
  { floor = '', note }: { floor?: string; note?: string } = {},
): Line {
  return {
    what,
    floor,
    ours: `${short(value)} ${unit}`,
    ratio: '',
    goal: `under ${limit} ${unit}`,
    met: value < limit,
    ...(note === undefined ? {} : { note }),
  }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** Three significant digits. */
export function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

/** The table in Markdown. */
export function markdown(lines: readonly Line[]): string {
  const rows = lines.map(({ what, floor, ours, ratio, goal, met, note }) => {
    return `| ${[what, floor, ours, ratio, goal, met ? 'met' : '**missed**', note ?? ''].join(' | ')} |`
  })
  const head = ['what', 'floor', 'ours', 'ours : floor, median (min to max)', 'goal', '', 'how']
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows, ''].join('\n')
}

/** What the numbers depend on. */
export function machine(postgres: string): string {
  const processor = cpus()[0]?.model ?? 'unknown processor'
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB of memory`
  const facts = [
    `${cpus().length} cores`,
    processor,
    memory,
    `PostgreSQL ${postgres}`,
    `Node ${process.version}`,
  ]
  return `${new Date().toISOString().slice(0, 10)}: ${facts.join(', ')}`
}
