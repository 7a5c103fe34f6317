import type { ReportAlert, ReportCheck, ReportFund, ReportTotals } from '../../operations/report.js'
import { formatCount, formatCounted, formatPercent, formatTime } from '../format.js'

const SAMPLE_LENGTH = 90

/** Totals in words, by title. */
export function describeTotals(totals: ReportTotals): Record<string, string> {
  const history = totals.history_since ? ` since ${formatTime(totals.history_since)}` : ''
  const prices = totals.prices > 0 ? `, ${totals.priced_from} to ${totals.priced_to}` : ''
  const retired = totals.retired_universes > 0 ? `, ${formatCount(totals.retired_universes)} retired` : ''
  const waiting = totals.events_waiting_since ? ` since ${formatTime(totals.events_waiting_since)}` : ''
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

/** `the refresh: 7 minutes, limit 5`; the subject alone if no limit was exceeded. */
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

/** `BH.A (in ETF VTI)` for each sample, truncated if long. */
export function describeSamples({ samples }: ReportCheck): string[] {
  return samples
    .map(({ subject, detail }) => `${subject} (${detail})`)
    .map((text) => (text.length > SAMPLE_LENGTH ? `${text.slice(0, SAMPLE_LENGTH)}…` : text))
}

/** Mode of a run or load; a dry run says so. */
export function describeMode({ mode, dry_run }: { mode: string; dry_run: boolean }): string {
  return dry_run ? `${mode}, dry run` : mode
}

/** `SPDR S&P 500 ETF Trust, 493 constituents, top 10 39.21 % of 99.10 %, as of 2025-11-18` */
export function describeFund(fund: ReportFund): string {
  const weights =
    fund.top_weight === null
      ? 'no weights'
      : `top ${formatCount(fund.holdings.length)} ${formatPercent(fund.top_weight)} of ${formatPercent(fund.weight_sum)}`
  return [
    fund.description,
    formatCounted(fund.members, 'constituent'),
    weights,
    fund.as_of ? `as of ${fund.as_of}` : null,
  ]
    .filter((part) => part !== null)
    .join(', ')
}
