import { byType, describeFund } from './report-console-detail.js'
import type { ReportFund, ReportUniverse } from '../../operations/report.js'
import { columns, escapeMarkdown as text, foldedPart, markdownTable } from './report-markdown-text.js'
import {
  formatCount,
  formatCounted,
  formatDelta,
  formatDollars,
  formatMoment,
  formatPercent,
} from './report-values.js'

/** Every universe with its size and last change, one folded part per type. */
export function markdownUniverses(universes: readonly ReportUniverse[]): string[] {
  const parts = [...byType(universes)].map(([type, members]) => {
    const sum = members.reduce((total, universe) => total + universe.members, 0)
    const summary = `${type}: ${formatCounted(members.length, 'universe')}, ${formatCounted(sum, 'member')}`
    return foldedPart(summary, typeTable(members))
  })
  return parts.length === 0 ? [] : ['## Every universe', ...parts]
}

function typeTable(universes: readonly ReportUniverse[]): string {
  const head = columns(
    'universe',
    'description',
    'members>',
    'last change',
    'added 30 d>',
    'removed 30 d>',
    'weights>',
    'as of',
  )
  const rows = universes.map((universe) => [
    text(universe.name),
    text(universe.description ?? ''),
    formatCount(universe.members),
    formatMoment(universe.last_change),
    formatDelta(universe.added, '+'),
    formatDelta(universe.removed, '−'),
    universe.weight_sum === null ? '' : formatPercent(universe.weight_sum),
    universe.as_of ?? '',
  ])
  return markdownTable(head, rows)
}

/** Every fund with its ten heaviest constituents, folded. */
export function markdownFunds(funds: readonly ReportFund[]): string[] {
  const parts = funds.map((fund) => foldedPart(`${fund.fund}: ${describeFund(fund)}`, holdingsTable(fund)))
  return parts.length === 0 ? [] : ['## Top ten holdings', ...parts]
}

function holdingsTable(fund: ReportFund): string {
  if (fund.holdings.length === 0) return 'Its constituents have no weights.'
  const head = columns('rank>', 'symbol', 'name', 'weight>', 'market cap, US dollars>')
  const rows = fund.holdings.map(({ rank, symbol, name, weight, market_cap }) => [
    String(rank),
    text(symbol),
    text(name ?? 'not in symbols'),
    formatPercent(weight),
    formatDollars(market_cap),
  ])
  return markdownTable(head, rows)
}
