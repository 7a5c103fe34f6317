import { formatDuration } from '../../operations/duration.js'
import type { RelationshipReport, ReportCheck, ReportLoad, ReportRun } from '../../operations/report.js'
import { formatCount, formatCounted, formatTime } from '../format.js'
import { countChecks, describeAlert, describeMode, describeSamples } from './describe.js'
import { tableOr, type Cell, type List, type Section } from './section.js'

const ACTIVITY_COLUMNS = ['when', 'kind', 'mode', 'status', 'took>', 'changes>']
/** Runs and loads that a terminal shows without --detail. */
const RECENT = 5

/** Results of validation; a terminal shows the checks that found something. */
export function integritySection({ integrity }: RelationshipReport): Section {
  const rows = integrity.map((check) => [
    { status: check.status },
    check.title,
    check.findings === null ? 'could not run' : formatCount(check.findings),
    { lines: describeSamples(check) },
    check.status === 'PASS' ? '' : check.remedy,
  ])
  const open = integrity.filter(({ status }) => status !== 'PASS').map(openCheck)
  const columns = ['status', 'check', 'findings>', 'such as', 'remedy']
  const table = tableOr('', columns, rows, { console: { kind: 'list', items: open } })
  return { title: 'Integrity', blocks: [countChecks(integrity), table] }
}

function openCheck(check: ReportCheck): List['items'][number] {
  const found = check.findings === null ? 'could not run' : formatCounted(check.findings, 'finding')
  const [sample] = describeSamples(check)
  const notes = sample === undefined ? [check.remedy] : [`such as ${sample}`, check.remedy]
  return { status: check.status, text: `${check.title}: ${found}`, notes }
}

/** Alerts that are still open. */
export function alertSection({ alerts }: RelationshipReport): Section {
  const rows = alerts.map((alert) => [
    alert.alert,
    describeAlert(alert),
    formatTime(alert.since),
    alert.detail ?? '',
  ])
  const items = alerts.map((alert) => ({
    status: alert.alert,
    text: `${describeAlert(alert)} since ${formatTime(alert.since)}`,
    notes: alert.detail === null ? [] : [alert.detail],
  }))
  const columns = ['alert', 'subject', 'since', 'detail']
  return {
    title: 'Open alerts',
    blocks: [tableOr('None.', columns, rows, { console: { kind: 'list', items } })],
  }
}

/** Last refreshes, rollbacks and imports, with the errors of failed ones. */
export function runSection({ runs, detail }: RelationshipReport): Section {
  const rows = runs.map((run) => [
    ...activityCells(run),
    run.universes,
    run.held,
    run.alerts,
    run.triggered_by,
  ])
  const errors = runs.filter(({ error }) => error !== null)
  const items = errors.map(({ started_at, error }) => ({
    status: 'failed',
    text: `${formatTime(started_at)}: ${error}`,
    notes: [],
  }))
  const columns = [...ACTIVITY_COLUMNS, 'universes>', 'held>', 'alerts>', 'by']
  const table = tableOr('No refresh yet: universes refresh', columns, rows, { limit: limit(detail) })
  return {
    title: 'Last refreshes',
    blocks: items.length === 0 ? [table] : [table, { kind: 'list', items }],
  }
}

/** Last loads with the results of their files. */
export function loadSection({ loads, detail }: RelationshipReport): Section {
  const rows = loads.map((load) => [
    ...activityCells(load),
    load.files,
    load.loaded,
    load.unchanged,
    load.held,
    load.rejected,
    load.triggered_by,
  ])
  const columns = [
    ...ACTIVITY_COLUMNS,
    'files>',
    { title: 'loaded', right: true, markdownOnly: true },
    'unchanged>',
    'held>',
    'rejected>',
    'by',
  ]
  const otherwise = 'No load yet: universes load symbols FILE'
  return { title: 'Last loads', blocks: [tableOr(otherwise, columns, rows, { limit: limit(detail) })] }
}

function limit(detail: boolean): number | undefined {
  return detail ? undefined : RECENT
}

function activityCells(row: ReportRun | ReportLoad): Cell[] {
  return [
    formatTime(row.started_at),
    row.kind,
    describeMode(row),
    { status: row.status },
    formatDuration(row.duration_ms),
    row.changes,
  ]
}
