import { formatDuration } from '../text.js'
import type { ReportLoad, ReportRun } from '../../operations/report.js'
import { columns, escapeMarkdown as text, markdownTable } from './report-markdown-text.js'
import { formatCount, formatMoment, modeOf } from './report-values.js'

const ACTIVITY = ['when', 'kind', 'mode', 'status', 'took>', 'changes>']

/** Refreshes, rollbacks and imports. */
export function markdownRuns(runs: readonly ReportRun[]): string[] {
  if (runs.length === 0) return ['## Last refreshes', 'None yet.']
  const rows = runs.map((run) => [
    ...activity(run),
    formatCount(run.universes),
    formatCount(run.held),
    formatCount(run.alerts),
    text(run.triggered_by),
    text(run.error ?? ''),
  ])
  const head = columns(...ACTIVITY, 'universes>', 'held>', 'alerts>', 'by', 'error')
  return ['## Last refreshes', markdownTable(head, rows)]
}

/** Loads, with what became of their files. */
export function markdownLoads(loads: readonly ReportLoad[]): string[] {
  if (loads.length === 0) return ['## Last loads', 'None yet.']
  const rows = loads.map((load) => [
    ...activity(load),
    ...[load.files, load.loaded, load.unchanged, load.held, load.rejected].map(formatCount),
    text(load.triggered_by),
  ])
  const head = columns(...ACTIVITY, 'files>', 'loaded>', 'unchanged>', 'held>', 'rejected>', 'by')
  return ['## Last loads', markdownTable(head, rows)]
}

function activity(row: ReportRun | ReportLoad): string[] {
  const words = [row.kind, modeOf(row), row.status].map(text)
  return [formatMoment(row.started_at), ...words, formatDuration(row.duration_ms), formatCount(row.changes)]
}
