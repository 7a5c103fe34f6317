import pc from 'picocolors'
import type { UniverseChange } from '../refresh.js'
import { formatDuration, renderTable, type Cell } from '../report/console.js'
import type { Problem } from './file-problem.js'
import { universeChanges, type FileResult, type LoadResult } from './result.js'

/** A load for a person: a table of files, warnings, what is wrong with rejected files, and one closing line. */
export function renderLoad(result: LoadResult): string {
  const warnings = result.files.flatMap((file) =>
    file.warnings.map((warning) => `${pc.yellow('warning')} ${file.name}: ${warning}`),
  )
  const problems = result.files
    .filter((file) => file.problem !== undefined)
    .map((file) => `${pc.red('rejected')} ${renderProblem(file.name, file.problem!)}`)
  return [renderFiles(result), warnings.join('\n'), problems.join('\n'), closingLine(result)]
    .filter((part) => part !== '')
    .join('\n\n')
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
  const isMembers = Array.isArray(result.changes) && !['symbols', 'prices'].includes(result.kind)
  const rows = result.files.map((file) => {
    const change = changes.get(file.universe ?? '')
    changes.delete(file.universe ?? '')
    return fileRow(file, change, isMembers)
  })
  const gone = [...changes.values()].map((change) => goneRow(change, result.dry_run))
  const counts = isMembers ? ['added', 'removed', 'updated'] : []
  const head = isMembers
    ? ['file', 'universe', 'status', 'rows', ...counts, 'note']
    : ['file', 'status', 'rows', 'note']
  return renderTable(head, [...rows, ...gone])
}

function fileRow(file: FileResult, change: UniverseChange | undefined, isMembers: boolean): Cell[] {
  const status = file.status === 'rejected' || file.status === 'held' ? pc.yellow(file.status) : file.status
  const note = fileNote(file, change)
  if (!isMembers) return [file.name, status, file.rows, note]
  return [file.name, file.universe ?? '', status, file.rows, ...countCells(change), note]
}

function fileNote(file: FileResult, change: UniverseChange | undefined): string {
  if (file.status === 'held' && change?.held) return 'too many would go: see membership_guards, or --force'
  if (file.status === 'held') return 'another file was rejected (--strict)'
  if (file.repaired > 0) return `${file.repaired.toLocaleString('en-US')} rows repaired`
  return file.status === 'rejected' ? 'see below' : ''
}

function goneRow(change: UniverseChange, dryRun: boolean): Cell[] {
  const note = change.held
    ? 'its file is gone: --force empties it'
    : `its file is gone, it ${dryRun ? 'would be' : 'was'} emptied`
  const status = change.held ? pc.yellow('held') : 'retired'
  return ['', change.name, status, 0, ...countCells(change), note]
}

function countCells(change: UniverseChange | undefined): Cell[] {
  if (!change) return [null, null, null]
  return [change.added.length, change.removed.length, change.updated]
}

function closingLine(result: LoadResult): string {
  const count = (number: number, noun: string): string =>
    `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
  const of = (status: FileResult['status']): number =>
    result.files.filter((file) => file.status === status).length
  const bad = (['held', 'rejected'] as const)
    .filter((status) => of(status) > 0)
    .map((status) => `, ${of(status)} ${status}`)
  const duration = formatDuration(Date.parse(result.finished_at) - Date.parse(result.started_at))
  const dryRun = result.dry_run ? 'dry run, nothing was kept: ' : ''
  return `${dryRun}${count(result.total_changes, 'change')} from ${count(result.files.length, 'file')} (${of('unchanged')} unchanged${bad.join('')}), in ${duration}: load ${result.id}`
}
