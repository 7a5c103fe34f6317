import pc from 'picocolors'
import { formatDuration } from '../../operations/duration.js'
import { renderTable } from '../text.js'
import type { Problem } from '../../load/file-problem.js'
import { count, number, renderFiles, SHOWN_FILES } from './render-files.js'
import type { FileResult, LoadResult } from '../../load/result.js'

/**
 * Renders a load for a terminal: a table of files, warnings, the reasons for rejected and held files, and one closing
 * line. `verbose` adds every skipped line with its reason.
 */
export function renderLoad(result: LoadResult, verbose = false): string {
  const warnings = result.files
    .filter((file) => file.warnings.length > 0)
    .map((file) => `${pc.yellow('warning')} ${file.name}: ${file.warnings.join(', ')}`)
  const problems = result.files
    .filter((file) => file.problem !== undefined)
    .map((file) => `${pc.red('rejected')} ${renderProblem(file.name, file.problem!)}`)
  return [
    renderFiles(result),
    renderSkipped(result.files, verbose),
    shorten(warnings),
    problems.join('\n'),
    renderHeld(result.files),
    closingLine(result),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function renderSkipped(files: readonly FileResult[], verbose: boolean): string {
  const skipping = files.filter((file) => file.skipped_lines)
  if (skipping.length === 0) return ''
  if (!verbose) return pc.dim('skipped: lines that are no members; --verbose shows each, and why')
  return skipping.map(skippedLines).join('\n\n')
}

function skippedLines({ name, skipped_lines = [] }: FileResult): string {
  const rows = skipped_lines.map((row) => [String(row.line), row.symbol, row.name, row.reason])
  return `${name}\n${renderTable(['line', 'symbol', 'name', 'skipped as'], rows)}`
}

function renderHeld(files: readonly FileResult[]): string {
  const lines = files
    .filter((file) => file.status === 'held')
    .map(
      (file) => `${pc.yellow('held')} ${file.name}: ${file.held_by?.join('; ') ?? 'see membership_guards'}`,
    )
  if (lines.length === 0) return ''
  return `${shorten(lines)}\nWhat a guard holds stays as it was: check these files; --force loads them.`
}

function shorten(lines: readonly string[]): string {
  if (lines.length <= SHOWN_FILES) return lines.join('\n')
  return [
    ...lines.slice(0, SHOWN_FILES),
    `... and ${lines.length - SHOWN_FILES} more (--json lists all)`,
  ].join('\n')
}

/** Renders a problem in one line: `spy_holdings.csv line 12, weight "abc": the weight is not a number from 0 to 100. Weights are ...` */
export function renderProblem(name: string, problem: Problem): string {
  const value = problem.value === undefined ? undefined : JSON.stringify(problem.value)
  const place = [
    problem.line === undefined ? '' : `line ${problem.line}`,
    [problem.column, value].filter((part) => part !== undefined).join(' '),
  ].filter((part) => part !== '')
  const more = problem.more ? ` (and ${problem.more.toLocaleString('en-US')} more)` : ''
  const where = [name, place.join(', ')].filter((part) => part !== '').join(' ')
  return `${where}: ${problem.message}${more}.${problem.remedy ? ` ${problem.remedy}` : ''}`
}

/** Sums up the changes that a dry run would make. */
function sumLine(result: LoadResult): string {
  const { changes } = result
  if (!result.dry_run || result.total_changes === 0) return ''
  if (!Array.isArray(changes)) {
    const deleted = changes.deleted === undefined ? '' : `, delete ${number(changes.deleted)}`
    return `would insert ${count(changes.inserted, 'row')}, update ${number(changes.updated)}${deleted}\n`
  }
  const applied = changes.filter((change) => !change.held)
  const sum = (key: 'added' | 'removed' | 'updated'): string =>
    number(applied.reduce((total, change) => total + change[key], 0))
  return `would add ${sum('added')}, remove ${sum('removed')} and update ${sum('updated')} members of ${count(applied.length, 'universe')}\n`
}

function closingLine(result: LoadResult): string {
  const of = (status: FileResult['status']): number =>
    result.files.filter((file) => file.status === status).length
  const bad = (['held', 'rejected'] as const)
    .filter((status) => of(status) > 0)
    .map((status) => `, ${of(status)} ${status}`)
  const duration = formatDuration(Date.parse(result.finished_at) - Date.parse(result.started_at))
  const dryRun = result.dry_run ? 'dry run, nothing was kept: ' : ''
  return `${sumLine(result)}${dryRun}${count(result.total_changes, 'change')} from ${count(result.files.length, 'file')} (${of('unchanged')} unchanged${bad.join('')}), in ${duration}: load ${result.id}`
}
