import pc from 'picocolors'
import { formatDuration, renderTable } from '../text.js'
import type { ReportLoad, ReportRun } from '../../operations/report.js'
import { formatMoment, modeOf } from './report-values.js'

/** Refreshes, rollbacks and imports, with what failed ones said. */
export function renderRuns(runs: readonly ReportRun[]): string {
  if (runs.length === 0) return ''
  const rows = runs.map((run) => [
    formatMoment(run.started_at),
    run.kind,
    modeOf(run),
    colorStatus(run.status),
    formatDuration(run.duration_ms),
    run.changes,
    run.universes,
    run.held,
    run.alerts,
    run.triggered_by,
  ])
  const head = ['when', 'kind', 'mode', 'status', 'took', 'changes', 'universes', 'held', 'alerts', 'by']
  const errors = runs
    .filter(({ error }) => error !== null)
    .map(({ started_at, error }) => `${pc.red('failed')} ${formatMoment(started_at)}: ${error}`)
  return [renderTable(head, rows, ['took']), ...errors].join('\n')
}

/** Loads, with what became of their files. */
export function renderLoads(loads: readonly ReportLoad[]): string {
  if (loads.length === 0) return ''
  const rows = loads.map((load) => [
    formatMoment(load.started_at),
    load.kind,
    modeOf(load),
    colorStatus(load.status),
    formatDuration(load.duration_ms),
    load.changes,
    load.files,
    load.unchanged,
    load.held,
    load.rejected,
    load.triggered_by,
  ])
  const head = [
    'when',
    'kind',
    'mode',
    'status',
    'took',
    'changes',
    'files',
    'unchanged',
    'held',
    'rejected',
    'by',
  ]
  return renderTable(head, rows, ['took'])
}

/** A status of a check, run or load: red when something is lost, yellow when somebody should look. */
export function colorStatus(status: string): string {
  if (['FAIL', 'failed', 'rejected'].includes(status)) return pc.red(status)
  return ['WARN', 'held'].includes(status) ? pc.yellow(status) : status
}
