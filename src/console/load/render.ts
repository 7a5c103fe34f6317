import pc from 'picocolors'
import { formatDuration } from '../../operations/duration.js'
import { renderTable } from '../text.js'
import type { Problem } from '../../load/file-problem.js'
import { count, number, renderFiles, SHOWN_FILES } from './render-files.js'
import type { FileResult, LoadResult } from '../../load/result.js'

/**
 * Renders a load for a terminal: a table of files, warnings, the reasons for rejected and held files, what was read, and
 * one closing line. `verbose` adds every skipped line with its reason.
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
    renderUnread(result.files),
    shorten(warnings),
    problems.join('\n'),
    renderHeld(result.files),
    `${renderSource(result.source)}\n${closingLine(result)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Limit for the paths that are named: the table lists the files. */
const SHOWN_PATHS = 3

function renderSource(source: readonly string[]): string {
  const left = source.length - SHOWN_PATHS
  const more = left > 0 ? ` and ${number(left)} more` : ''
  return `read ${source.slice(0, SHOWN_PATHS).join(', ')}${more}`
}

function renderSkipped(files: readonly FileResult[], verbose: boolean): string {
  const skipping = files.filter((file) => file.skipped_lines)
  if (skipping.length === 0) return ''
  if (!verbose) return pc.dim('skipped: lines that are no members; --verbose shows each, and why')
  return skipping.map(skippedLines).join('\n\n')
}

function skippedLines({ name, skipped_lines = [] }: FileResult): string {
  const rows = skipped_lines.map((row) => [
    String(row.line),
    row.symbol,
    row.name,
    row.weight === undefined ? '' : `${row.weight} %`,
    row.reason,
  ])
  return `${name}\n${renderTable(['line', 'symbol', 'name', 'weight', 'skipped as'], rows)}`
}

/** Names the columns that nobody reads, once for all files that have the same. */
function renderUnread(files: readonly FileResult[]): string {
  const byColumns = new Map<string, string[]>()
  for (const { name, unread_columns = [] } of files) {
    if (unread_columns.length === 0) continue
    const columns = unread_columns.join(', ')
    byColumns.set(columns, [...(byColumns.get(columns) ?? []), name])
  }
  return [...byColumns]
    .map(([columns, names]) => {
      const more = names.length > 1 ? ` and ${names.length - 1} more` : ''
      return pc.dim(`not read in ${names[0]}${more}: ${columns}`)
    })
    .slice(0, SHOWN_FILES)
    .join('\n')
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
