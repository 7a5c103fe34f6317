import type { ReportAlert, ReportCheck, ReportTotals } from '../../operations/report.js'

/** What stands where there is no value. */
export const NOTHING = '–'

const SAMPLE_LENGTH = 90

const SCALES = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
] as const

/** `5,567` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `5,567 stocks`, `1 stock`; nouns that end in y become -ies. */
export function formatCounted(count: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

/** `19.27 %` */
export function formatPercent(percent: number | null): string {
  return percent === null ? NOTHING : `${percent.toFixed(2)} %`
}

/** US dollars in the largest unit of T, B and M: `15.22 T`. */
export function formatDollars(dollars: number | null): string {
  if (dollars === null) return NOTHING
  const [unit, name] = SCALES.find(([scale]) => dollars >= scale) ?? [1, '']
  return unit === 1 ? formatCount(dollars) : `${(dollars / unit).toFixed(2)} ${name}`
}

/** `2026-11-21 12:01`, in UTC. */
export function formatMoment(moment: string | null): string {
  return moment === null ? NOTHING : new Date(moment).toISOString().slice(0, 16).replace('T', ' ')
}

/** `+12`, or nothing for 0. */
export function formatDelta(count: number, sign: '+' | '−'): string {
  return count === 0 ? '' : sign + formatCount(count)
}

/** The totals as sentences' worth of words: symbols, universes, prices, events. */
export function describeTotals(totals: ReportTotals): Record<string, string> {
  const history = totals.history_since ? ` since ${formatMoment(totals.history_since)}` : ''
  const prices = totals.prices > 0 ? `, ${totals.priced_from} to ${totals.priced_to}` : ''
  const retired = totals.retired_universes > 0 ? `, ${formatCount(totals.retired_universes)} retired` : ''
  const waiting = totals.events_waiting_since ? ` since ${formatMoment(totals.events_waiting_since)}` : ''
  return {
    Symbols: [
      formatCounted(totals.stocks, 'active stock'),
      formatCounted(totals.etfs, 'ETF'),
      `${formatCount(totals.other_securities)} others`,
      `${formatCount(totals.inactive_symbols)} inactive`,
    ].join(', '),
    Universes: `${formatCounted(totals.universes, 'universe')}${retired}, ${formatCounted(totals.memberships, 'membership')}`,
    History: `${formatCounted(totals.history_rows, 'row')}${history}`,
    Prices: `${formatCounted(totals.prices, 'daily price')}${prices}`,
    Events:
      totals.events_waiting === 0
        ? 'none waiting'
        : `${formatCount(totals.events_waiting)} waiting${waiting}`,
  }
}

/** `the refresh: 7 minutes, limit 5`; the subject alone where no limit was exceeded. */
export function describeAlert({ subject, value, allowed, unit }: ReportAlert): string {
  const measured = value === null ? '' : `: ${formatCount(value)} ${unit ?? ''}`.trimEnd()
  return subject + measured + (allowed === null ? '' : `, limit ${formatCount(allowed)}`)
}

/** `17 PASS, 2 WARN, 0 FAIL` */
export function countChecks(checks: readonly Pick<ReportCheck, 'status'>[]): string {
  return (['PASS', 'WARN', 'FAIL'] as const)
    .map((status) => `${checks.filter((check) => check.status === status).length} ${status}`)
    .join(', ')
}

/** `BH.A (in ETF VTI)` for each sample, long ones cut. */
export function describeSamples({ samples }: ReportCheck): string[] {
  return samples
    .map(({ subject, detail }) => `${subject} (${detail})`)
    .map((text) => (text.length > SAMPLE_LENGTH ? `${text.slice(0, SAMPLE_LENGTH)}…` : text))
}

/** A mode, with what makes a run or load differ from an ordinary one. */
export function modeOf({ mode, dry_run }: { mode: string; dry_run: boolean }): string {
  return dry_run ? `${mode}, dry run` : mode
}
