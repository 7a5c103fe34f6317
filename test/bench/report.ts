import { cpus, totalmem } from 'node:os'

/** One line of the table of results. */
export interface Line {
  /** Measured operation and its size. */
  what: string
  floor: string
  ours: string
  ratio: string
  goal: string
  met: boolean
  note?: string
}

/** Values of the floor and of ours in the same unit; equal indexes were measured one after the other. */
export interface Pairs {
  floor: number[]
  ours: number[]
}

/** Goal for the ratio ours : floor. */
export interface Goal {
  atMost?: number
  atLeast?: number
}

/** Line for the ratios of ours to the floor measured just before: median, smallest and largest. */
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

/** Line for a value that must stay below a limit, with an optional value to compare it with. */
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

/** Returns the median. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** Formats a number with three significant digits. */
export function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

/** Renders the lines as a Markdown table. */
export function markdown(lines: readonly Line[]): string {
  const rows = lines.map(({ what, floor, ours, ratio, goal, met, note }) => {
    return `| ${[what, floor, ours, ratio, goal, met ? 'met' : '**missed**', note ?? ''].join(' | ')} |`
  })
  const head = ['what', 'floor', 'ours', 'ours : floor, median (min to max)', 'goal', '', 'how']
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows, ''].join('\n')
}

/** Describes the machine and the versions of PostgreSQL and Node. */
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
