import pc from 'picocolors'
import { formatDuration, renderTable, type Cell } from '../report/console.js'
import type { Problem } from './file-problem.js'
import { universeChanges, type FileResult, type LoadChange, type LoadResult } from './result.js'

/** Rows of the table; a load of thousands of files is read as JSON. */
const SHOWN_FILES = 100

/** A load for a person: a table of files, warnings, what is wrong with rejected files, and one closing line. */
export function renderLoad(result: LoadResult): string {
  const warnings = result.files
    .filter((file) => file.warnings.length > 0)
    .map((file) => `${pc.yellow('warning')} ${file.name}: ${file.warnings.join(', ')}`)
  const problems = result.files
    .filter((file) => file.problem !== undefined)
    .map((file) => `${pc.red('rejected')} ${renderProblem(file.name, file.problem!)}`)
  return [renderFiles(result), shorten(warnings), problems.join('\n'), closingLine(result)]
    .filter((part) => part !== '')
    .join('\n\n')
}

function shorten(lines: readonly string[]): string {
  if (lines.length <= SHOWN_FILES) return lines.join('\n')
  return [...lines.slice(0, SHOWN_FILES), `... and ${lines.length - SHOWN_FILES} more warnings`].join('\n')
}

/** One line: `spy_holdings.csv line 12, weight "abc": the weight is not a number from 0 to 100. Weights are ...` */
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

function renderFiles(result: LoadResult): string {
  const changes = new Map(universeChanges(result).map((change) => [change.name, change]))
  const isMembers = result.kind === 'etfs' || result.kind === 'universes'
  const shown = result.files.length > SHOWN_FILES ? newsFirst(result.files) : result.files
  const rows = shown
    .slice(0, SHOWN_FILES)
    .map((file) => fileRow(file, changes.get(file.universe ?? ''), isMembers))
  for (const file of result.files) changes.delete(file.universe ?? '')
  const gone = [...changes.values()].map((change) => goneRow(change, result.dry_run))
  const counts = isMembers ? ['added', 'removed', 'updated'] : []
  const head = ['file', ...(isMembers ? ['universe'] : []), 'status', 'rows', ...counts, 'note']
  const table = renderTable(head, [...rows, ...gone])
  const left = shown.length - rows.length
  return left > 0 ? `${table}\n${pc.dim(`... and ${left} more files (--json lists all)`)}` : table
}

/** Files in the order of what a person has to know about. */
function newsFirst(files: readonly FileResult[]): FileResult[] {
  const order: readonly FileResult['status'][] = ['rejected', 'held', 'loaded', 'unchanged']
  return [...files].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
}

function fileRow(file: FileResult, change: LoadChange | undefined, isMembers: boolean): Cell[] {
  const status = file.status === 'rejected' || file.status === 'held' ? pc.yellow(file.status) : file.status
  const note = fileNote(file, change)
  if (!isMembers) return [file.name, status, file.rows, note]
  return [file.name, file.universe ?? '', status, file.rows, ...countCells(change), note]
}

function fileNote(file: FileResult, change: LoadChange | undefined): string {
  if (file.status === 'held' && change?.held) return 'too many would go: see membership_guards, or --force'
  if (file.status === 'held') return 'another file was rejected (--strict)'
  if (file.repaired > 0) return `${count(file.repaired, 'row')} repaired`
  return file.status === 'rejected' ? 'see below' : ''
}

function goneRow(change: LoadChange, dryRun: boolean): Cell[] {
  const note = change.held
    ? 'its file is gone: --force empties it'
    : `its file is gone, it ${dryRun ? 'would be' : 'was'} emptied`
  const status = change.held ? pc.yellow('held') : 'retired'
  return ['', change.name, status, 0, ...countCells(change), note]
}

function countCells(change: LoadChange | undefined): Cell[] {
  if (!change) return [null, null, null]
  return [change.added, change.removed, change.updated]
}

function closingLine(result: LoadResult): string {
  const of = (status: FileResult['status']): number =>
    result.files.filter((file) => file.status === status).length
  const bad = (['held', 'rejected'] as const)
    .filter((status) => of(status) > 0)
    .map((status) => `, ${of(status)} ${status}`)
  const duration = formatDuration(Date.parse(result.finished_at) - Date.parse(result.started_at))
  const dryRun = result.dry_run ? 'dry run, nothing was kept: ' : ''
  return `${dryRun}${count(result.total_changes, 'change')} from ${count(result.files.length, 'file')} (${of('unchanged')} unchanged${bad.join('')}), in ${duration}: load ${result.id}`
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}
