import pc from 'picocolors'
import { renderTable } from '../text.js'
import type { ReportFund, ReportUniverse } from '../../operations/report.js'
import { formatCount, formatCounted, formatDelta, formatMoment, formatPercent } from './report-values.js'

const HOLDINGS_PER_LINE = 5

/** Every universe with its size and last change, type by type. */
export function renderUniverses(universes: readonly ReportUniverse[]): string {
  return [...byType(universes)]
    .map(([type, members]) => `${pc.bold(`Universes of type ${type}`)}\n${renderType(members)}`)
    .join('\n\n')
}

/** Universes by type, in the order of the report. */
export function byType(universes: readonly ReportUniverse[]): Map<string, ReportUniverse[]> {
  const types = new Map<string, ReportUniverse[]>()
  for (const universe of universes) types.set(universe.type, [...(types.get(universe.type) ?? []), universe])
  return types
}

function renderType(universes: readonly ReportUniverse[]): string {
  const weighted = universes.some(({ weight_sum }) => weight_sum !== null)
  const rows = universes.map((universe) => [
    universe.name,
    universe.members,
    formatMoment(universe.last_change),
    formatDelta(universe.added, '+'),
    formatDelta(universe.removed, '−'),
    ...(weighted ? [formatPercent(universe.weight_sum), universe.as_of ?? ''] : []),
  ])
  const head = ['universe', 'members', 'last change', 'added 30 d', 'removed 30 d']
  return renderTable([...head, ...(weighted ? ['weights', 'as of'] : [])], rows, [
    'added 30 d',
    'removed 30 d',
    'weights',
  ])
}

/** Every fund with its ten heaviest constituents, five in a line. */
export function renderFunds(funds: readonly ReportFund[]): string {
  if (funds.length === 0) return ''
  return `${pc.bold('Top ten holdings, percent of the fund')}\n\n${funds.map(renderFund).join('\n\n')}`
}

function renderFund(fund: ReportFund): string {
  const cells = fund.holdings.map(
    ({ symbol, weight }) => `${symbol.padEnd(6)} ${pc.dim(weight.toFixed(2).padStart(5))}`,
  )
  const lines: string[] = []
  for (let first = 0; first < cells.length; first += HOLDINGS_PER_LINE) {
    lines.push(`  ${cells.slice(first, first + HOLDINGS_PER_LINE).join('    ')}`)
  }
  return [`${pc.bold(fund.fund)} ${describeFund(fund)}`, ...lines].join('\n')
}

/** `SPDR S&P 500 ETF Trust, 493 constituents, top ten 39.21 % of 99.10 %, as of 2025-11-18` */
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
