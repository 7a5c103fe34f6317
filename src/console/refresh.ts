import pc from 'picocolors'
import type { RunProgress, SyncRun, UniverseChange } from '../operations/refresh.js'
import { formatDuration } from '../operations/duration.js'
import { renderTable, type Cell } from './text.js'

const MAX_LINES = 25

/** Renders a run: steps, changes per universe, alerts and a closing line. */
export function renderRun(run: SyncRun, verbose = false): string {
  const parts = [renderSteps(run)]
  if (run.changes.length > 0) parts.push(renderChanges(run.changes, verbose))
  if (run.alerts.length > 0) parts.push(renderAlerts(run))
  parts.push(closingLine(run))
  return parts.join('\n\n')
}

/** Renders the members added, removed and updated per universe; with symbols if `verbose`. */
export function renderChanges(changes: readonly UniverseChange[], verbose: boolean): string {
  const bySize = [...changes].sort((a, b) => moved(b) - moved(a))
  const shown = verbose ? changes : bySize.slice(0, MAX_LINES)
  const table = renderTable(
    ['type', 'universe', 'members', 'added', 'removed', 'updated', ''],
    shown.map(changeRow),
  )
  const lines = [table]
  if (shown.length < changes.length) {
    lines.push(
      pc.dim(`... and ${changes.length - shown.length} more universes (--verbose lists all, with symbols)`),
    )
  }
  if (verbose) lines.push('', ...changes.flatMap(symbolLines))
  return lines.join('\n')
}

/** Renders a finished step in one line. */
export function renderProgress({ step, milliseconds, position, of, added, removed }: RunProgress): string {
  const changes = [added ? `${added} added` : '', removed ? `${removed} removed` : ''].filter(Boolean)
  return [`${position}/${of} ${step}: ${formatDuration(milliseconds)}`, ...changes].join(', ')
}

function renderSteps(run: SyncRun): string {
  return renderTable(
    ['step', 'ms', 'added', 'removed', 'updated', 'held'],
    run.steps.map((step) => [
      step.step,
      Math.round(step.milliseconds * 10) / 10,
      ...['added', 'removed', 'updated', 'held'].map((name) => step[name] ?? null),
    ]),
  )
}

function changeRow(change: UniverseChange): Cell[] {
  const note = change.held ? `${pc.yellow('held')}: unchanged, see membership_guards or use --force` : ''
  const { type, name, count, added, removed, updated } = change
  return [type, name, count, added.length, removed.length, updated, note]
}

function symbolLines(change: UniverseChange): string[] {
  const lines = []
  if (change.added.length > 0) lines.push(`${change.name} ${pc.green('+')} ${change.added.join(' ')}`)
  if (change.removed.length > 0) lines.push(`${change.name} ${pc.red('-')} ${change.removed.join(' ')}`)
  return lines
}

function renderAlerts(run: SyncRun): string {
  const lines = run.alerts.map(
    ({ alert, subject, value, limit, unit }) =>
      `${pc.yellow('alert')} ${subject}: ${value} ${unit}, limit ${limit} (${alert})`,
  )
  if (lines.length <= MAX_LINES) return lines.join('\n')
  return [...lines.slice(0, MAX_LINES), `... and ${lines.length - MAX_LINES} more alerts`].join('\n')
}

function closingLine(run: SyncRun): string {
  const duration = formatDuration(run.finished_at.getTime() - run.started_at.getTime())
  if (run.status === 'failed')
    return `${pc.red('failed')}, nothing was changed, after ${duration}: run ${run.id}`
  const verb = run.dry_run ? 'dry run, nothing was kept: would make' : 'made'
  const held = run.changes.filter((change) => change.held).length
  const universes = run.changes.length - held
  return `${verb} ${run.total_changes.toLocaleString('en-US')} changes in ${universes} ${universes === 1 ? 'universe' : 'universes'}${held > 0 ? `, held ${held} back` : ''}, in ${duration}: run ${run.id}`
}

function moved(change: UniverseChange): number {
  return change.added.length + change.removed.length + change.updated
}
