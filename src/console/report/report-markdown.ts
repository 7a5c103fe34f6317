import { renderBar } from '../text.js'
import type { RelationshipReport, ReportCheck } from '../../operations/report.js'
import { markdownLoads, markdownRuns } from './report-markdown-activity.js'
import { markdownFunds, markdownUniverses } from './report-markdown-detail.js'
import {
  columns,
  escapeMarkdown as text,
  markdownTable,
  mermaidBlock,
  quoteMermaid,
} from './report-markdown-text.js'
import {
  countChecks,
  describeAlert,
  describeSamples,
  describeTotals,
  formatCount,
  formatDelta,
  formatDollars,
  formatMoment,
  formatPercent,
} from './report-values.js'

const BAR = 20
const STATUS_SIGN = { PASS: '✅', WARN: '⚠️', FAIL: '❌' } as const

/** The report as GitHub-flavoured Markdown, with diagrams and, in a detailed report, folded parts. */
export function renderMarkdown(report: RelationshipReport): string {
  const parts = [
    markdownHead(report),
    ...markdownSectors(report),
    ...markdownCoverage(report),
    ...markdownTypes(report),
    ...markdownIntegrity(report.integrity),
    ...markdownAlerts(report),
    ...markdownRuns(report.runs),
    ...markdownLoads(report.loads),
    ...(report.universes ? markdownUniverses(report.universes) : []),
    ...(report.funds ? markdownFunds(report.funds) : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function markdownHead(report: RelationshipReport): string {
  const facts = Object.entries(describeTotals(report.totals)).map(([title, words]) => [title, text(words)])
  return [
    `# Stock universes, ${report.generated_at.slice(0, 10)}, database ${text(report.database)}`,
    `Environment ${text(report.environment)}, as of ${formatMoment(report.generated_at)} UTC, PostgreSQL ${text(report.server_version)}. All times in UTC.`,
    markdownTable([{ title: 'What' }, { title: 'How much' }], facts),
  ].join('\n\n')
}

function markdownSectors({ sectors, sector_sources, totals }: RelationshipReport): string[] {
  if (totals.stocks === 0) return ['## Sectors', 'No stock is loaded yet.']
  const largest = Math.max(...sectors.map(({ stocks }) => stocks), 1)
  const rows = sectors.map(({ title, stocks, percent, market_cap, market_cap_percent }) => [
    text(title),
    formatCount(stocks),
    formatPercent(percent),
    bar(stocks / largest),
    formatDollars(market_cap),
    formatPercent(market_cap_percent),
  ])
  const sources = sector_sources.map(({ title, stocks, percent }) => [
    text(title),
    formatCount(stocks),
    formatPercent(percent),
  ])
  return [
    '## Sectors',
    markdownTable(
      columns('sector', 'stocks>', 'share>', 'stocks as a bar', 'market cap, US dollars>', 'share>'),
      rows,
    ),
    ...sectorChart(sectors),
    'Where the sectors come from, most trusted source first:',
    markdownTable(columns('source', 'stocks>', 'share>'), sources),
  ]
}

/** Mermaid refuses a pie without a slice. */
function sectorChart(sectors: RelationshipReport['sectors']): string[] {
  const slices = sectors
    .filter(({ market_cap }) => market_cap >= 1e9)
    .sort((one, other) => other.market_cap - one.market_cap)
    .map(({ title, market_cap }) => `    ${quoteMermaid(title)} : ${Math.round(market_cap / 1e9)}`)
  if (slices.length === 0) return []
  return [mermaidBlock(['pie showData', '    title Market cap by sector, billion US dollars', ...slices])]
}

function markdownCoverage({ coverage }: RelationshipReport): string[] {
  const rows = coverage.map(({ title, covered, total, percent, missing }) => [
    text(title),
    formatCount(covered),
    formatCount(total),
    formatPercent(percent),
    percent === null ? '' : bar(percent / 100),
    text(missing.join(' ')),
  ])
  return [
    '## Coverage',
    markdownTable(
      columns('known', 'count>', 'of>', 'share>', 'share as a bar', 'missing, most important first'),
      rows,
    ),
  ]
}

function markdownTypes({ types }: RelationshipReport): string[] {
  if (types.length === 0) return ['## Universes', 'There is no universe yet.']
  const rows = types.map((type) => [
    text(type.type),
    formatCount(type.universes),
    formatCount(type.members),
    type.empty > 0 ? formatCount(type.empty) : '',
    text(`${type.largest} (${formatCount(type.largest_members)})`),
    formatMoment(type.last_change),
    formatDelta(type.added, '+'),
    formatDelta(type.removed, '−'),
  ])
  const head = columns(
    'type',
    'universes>',
    'members>',
    'empty>',
    'largest',
    'last change',
    'added 30 d>',
    'removed 30 d>',
  )
  return ['## Universes', markdownTable(head, rows), typeChart(types)]
}

function typeChart(types: RelationshipReport['types']): string {
  return mermaidBlock([
    'xychart-beta horizontal',
    '    title "Universes per type"',
    `    x-axis [${types.map(({ type }) => quoteMermaid(type)).join(', ')}]`,
    '    y-axis "universes"',
    `    bar [${types.map(({ universes }) => universes).join(', ')}]`,
  ])
}

function markdownIntegrity(checks: readonly ReportCheck[]): string[] {
  const rows = checks.map((check) => [
    `${STATUS_SIGN[check.status]} ${check.status}`,
    text(check.title),
    check.findings === null ? 'could not run' : formatCount(check.findings),
    describeSamples(check).map(text).join('<br>'),
    check.status === 'PASS' ? '' : text(check.remedy),
  ])
  return [
    '## Integrity',
    `${countChecks(checks)}.`,
    markdownTable(columns('status', 'check', 'findings>', 'such as', 'remedy'), rows),
  ]
}

function markdownAlerts({ alerts }: RelationshipReport): string[] {
  if (alerts.length === 0) return ['## Open alerts', 'None.']
  const rows = alerts.map((alert) => [
    text(alert.alert),
    text(describeAlert(alert)),
    formatMoment(alert.since),
    text(alert.detail ?? ''),
  ])
  return ['## Open alerts', markdownTable(columns('alert', 'what', 'since', 'detail'), rows)]
}

function bar(share: number): string {
  const cells = renderBar(share, BAR)
  return cells === '' ? '' : `\`${cells}\``
}
