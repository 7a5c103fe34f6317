import pc from 'picocolors'
import { renderBar, renderTable } from '../text.js'
import { colorStatus, renderLoads, renderRuns } from './report-console-activity.js'
import type { RelationshipReport, ReportCheck } from '../../operations/report.js'
import { renderFunds, renderUniverses } from './report-console-detail.js'
import {
  countChecks,
  describeAlert,
  describeSamples,
  describeTotals,
  formatCount,
  formatCounted,
  formatDelta,
  formatDollars,
  formatMoment,
  formatPercent,
} from './report-values.js'

const BAR = 24
/** Runs and loads shown without detail. */
const RECENT = 5

/** The report for a terminal about 100 columns wide. */
export function renderReport(report: RelationshipReport): string {
  return [
    renderHead(report),
    ...(report.totals.stocks > 0 ? [renderSectors(report), renderSources(report)] : []),
    renderCoverage(report),
    renderTypes(report),
    renderIntegrity(report.integrity),
    renderAlerts(report),
    section(
      'Last refreshes',
      renderRuns(recent(report.runs, report.detail)),
      'no refresh yet: universes refresh',
    ),
    section(
      'Last loads',
      renderLoads(recent(report.loads, report.detail)),
      'no load yet: universes load symbols FILE',
    ),
    ...(report.universes ? [renderUniverses(report.universes)] : []),
    ...(report.funds ? [renderFunds(report.funds)] : []),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function section(title: string, body: string, otherwise: string): string {
  return `${pc.bold(title)}\n${body === '' ? otherwise : body}`
}

function recent<Item>(items: readonly Item[], detail: boolean): readonly Item[] {
  return detail ? items : items.slice(0, RECENT)
}

function renderHead(report: RelationshipReport): string {
  const { database, environment, generated_at, totals, server_version } = report
  const facts = Object.entries(describeTotals(totals)).map(([title, text]) => [pc.dim(title), text])
  return [
    pc.bold(`Relationships of database ${database}, environment ${environment}`),
    pc.dim(`${formatMoment(generated_at)} UTC, PostgreSQL ${server_version}`),
    '',
    renderTable(['', ''], facts).replace(/^\n/, ''),
  ].join('\n')
}

function renderSectors({ sectors }: RelationshipReport): string {
  const largest = Math.max(...sectors.map(({ stocks }) => stocks))
  const rows = sectors.map(({ title, stocks, percent, market_cap, market_cap_percent }) => [
    title,
    stocks,
    formatPercent(percent),
    renderBar(stocks / Math.max(largest, 1), BAR),
    `$ ${formatDollars(market_cap)}`,
    formatPercent(market_cap_percent),
  ])
  const head = ['sector', 'stocks', 'of all', '', 'market cap', 'of all caps']
  return section('Sectors', renderTable(head, rows, ['of all', 'market cap', 'of all caps']), '')
}

function renderSources({ sector_sources }: RelationshipReport): string {
  const rows = sector_sources.map(({ title, stocks, percent }) => [title, stocks, formatPercent(percent)])
  const table = rows.length > 0 ? renderTable(['source', 'stocks', 'of all'], rows, ['of all']) : ''
  return section('Where the sectors come from', table, 'no stock has a sector yet: universes refresh')
}

function renderCoverage({ coverage }: RelationshipReport): string {
  const rows = coverage
    .filter(({ total }) => total > 0)
    .map(({ title, covered, total, percent, missing }) => [
      title,
      `${formatCount(covered)} of ${formatCount(total)}`,
      formatPercent(percent),
      pc.dim(renderMissing(missing, total - covered)),
    ])
  const table =
    rows.length > 0 ? renderTable(['known', 'count', 'share', 'missing'], rows, ['count', 'share']) : ''
  return section('Coverage', table, 'nothing to cover yet')
}

function renderMissing(missing: readonly string[], count: number): string {
  const shown = missing.slice(0, 4)
  return shown.join(' ') + (count > shown.length ? ` and ${formatCount(count - shown.length)} more` : '')
}

function renderTypes({ types }: RelationshipReport): string {
  const rows = types.map((type) => [
    type.type,
    type.universes,
    type.members,
    type.empty > 0 ? type.empty : null,
    `${type.largest} (${formatCount(type.largest_members)})`,
    formatMoment(type.last_change),
    formatDelta(type.added, '+'),
    formatDelta(type.removed, '−'),
  ])
  const head = [
    'type',
    'universes',
    'members',
    'empty',
    'largest',
    'last change',
    'added 30 d',
    'removed 30 d',
  ]
  const table = rows.length > 0 ? renderTable(head, rows, ['added 30 d', 'removed 30 d']) : ''
  return section('Universes', table, 'none yet: universes load etfs DIR, universes refresh')
}

function renderIntegrity(checks: readonly ReportCheck[]): string {
  const open = checks.filter(({ status }) => status !== 'PASS')
  const lines = open.flatMap((check) => {
    const found = check.findings === null ? 'could not run' : formatCounted(check.findings, 'finding')
    const samples = describeSamples(check)
    return [
      `${colorStatus(check.status)} ${check.title}: ${found}`,
      ...(samples.length > 0 ? [pc.dim(`     such as ${samples[0]!}`)] : []),
      pc.dim(`     ${check.remedy}`),
    ]
  })
  return section('Integrity', [countChecks(checks), ...lines].join('\n'), '')
}

function renderAlerts({ alerts }: RelationshipReport): string {
  const lines = alerts.flatMap((alert) => [
    `${pc.yellow(alert.alert)} ${describeAlert(alert)} ${pc.dim(`since ${formatMoment(alert.since)}`)}`,
    ...(alert.detail === null ? [] : [pc.dim(`     ${alert.detail}`)]),
  ])
  return section('Open alerts', lines.join('\n'), 'none')
}
