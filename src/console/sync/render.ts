import pc from 'picocolors'
import { renderLoad } from '../load/render.js'
import { universeChanges, type LoadResult } from '../../load/result.js'
import type { SyncRun } from '../../operations/refresh.js'
import { UniversesError } from '../../errors.js'
import type { SyncResult, SyncStep } from '../../operations/sync.js'
import type { StepResult } from '../../operations/sync-steps.js'
import type { Validation } from '../../operations/validate.js'
import { formatDuration } from '../../operations/duration.js'
import { renderRun } from '../refresh.js'
import { formatCount, formatCounted } from '../format.js'
import { countChecks } from '../report/describe.js'
import { renderValidation } from '../validate.js'

const NAME_WIDTH = 'enrich sectors'.length

/** Renders a step in one line: `✓ load etfs        34 files, 2 loaded, 32 unchanged: 14 changes, 1.20 s`. */
export function renderStep({ step, status, milliseconds, result, error }: SyncStep): string {
  const sign = status === 'done' ? pc.green('✓') : pc.red('✗')
  const text = result ? summary(result) : (error?.message ?? '')
  return `${sign} ${step.padEnd(NAME_WIDTH)}  ${text}${pc.dim(`, ${formatDuration(milliseconds)}`)}`
}

/** Renders the details of a failed step; empty if its error is enough. */
export function renderFailure({ result }: SyncStep): string {
  if (result?.kind === 'load') return renderLoad(result.load)
  if (result?.kind === 'run') return renderRun(result.run)
  return result?.kind === 'validation' ? renderValidation(result.validation, true) : ''
}

/** Renders the closing line of a completed sync. */
export function renderSyncEnd({ steps, started_at, finished_at }: SyncResult): string {
  const changes = steps.reduce((sum, { result }) => sum + changesOf(result), 0)
  const duration = formatDuration(finished_at.getTime() - started_at.getTime())
  return `${changes === 0 ? 'nothing has changed' : formatCounted(changes, 'change')}, ${formatCounted(steps.length, 'step')} in ${duration}`
}

/** Error of a failed sync: the failed step, its cause and the steps not run. */
export function syncFailure({ steps, not_run }: SyncResult): UniversesError {
  const { step, result, error } = steps.at(-1)!
  const cause = error ?? (result?.kind === 'run' ? result.run.error : undefined)
  const left = not_run.length > 0 && `Not run: ${not_run.join(', ')}.`
  return new UniversesError(`sync ended at ${step}: ${cause?.message ?? summary(result!)}`, {
    code: cause?.sqlstate,
    detail: [cause?.detail, left].filter((part) => part).join(' '),
    hint:
      cause?.hint ?? 'See above what is wrong. What was done stays; run sync again, it goes on from there.',
  })
}

function changesOf(result: StepResult | undefined): number {
  if (result?.kind === 'load') return result.load.total_changes
  return result?.kind === 'run' ? result.run.total_changes : 0
}

function summary(result: StepResult): string {
  switch (result.kind) {
    case 'load':
      return summarizeLoad(result.load)
    case 'run':
      return summarizeRun(result.run)
    case 'validation':
      return summarizeValidation(result.validation)
    case 'report': {
      const { totals, alerts } = result.report
      const numbers = `${formatCounted(totals.stocks, 'stock')}, ${formatCounted(totals.universes, 'universe')}, ${formatCounted(totals.memberships, 'membership')}, ${formatCounted(alerts.length, 'open alert')}`
      return result.file === undefined ? numbers : `${numbers}, written to ${result.file}`
    }
  }
}

function summarizeLoad(load: LoadResult): string {
  const counts = (['loaded', 'unchanged', 'held', 'rejected'] as const)
    .map((status) => [load.files.filter((file) => file.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${formatCount(count)} ${status}`)
  const held = universeChanges(load).filter((change) => change.held).length
  const guarded = held > 0 ? `, ${formatCounted(held, 'universe')} held` : ''
  return `${formatCounted(load.files.length, 'file')} (${counts.join(', ')}${guarded}), ${formatCounted(load.total_changes, 'change')}`
}

function summarizeRun({ status, error, changes, total_changes, alerts }: SyncRun): string {
  if (status === 'failed') return error?.message ?? 'the run failed'
  const held = changes.filter((change) => change.held).length
  const parts = [
    `${formatCounted(total_changes, 'change')} in ${formatCounted(changes.length - held, 'universe')}`,
    ...(held > 0 ? [`${formatCounted(held, 'universe')} held`] : []),
    ...(alerts.length > 0 ? [formatCounted(alerts.length, 'alert')] : []),
  ]
  return parts.join(', ')
}

function summarizeValidation({ checks }: Validation): string {
  const found = checks.filter(({ status }) => status !== 'PASS').map(({ check }) => check)
  return found.length > 0 ? `${countChecks(checks)} (${found.join(', ')})` : countChecks(checks)
}
