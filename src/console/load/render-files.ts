import pc from 'picocolors'
import { renderTable, type Cell } from '../text.js'
import { kindOf } from '../../load/kinds.js'
import {
  goneFiles,
  universeChanges,
  type FileResult,
  type GoneFile,
  type LoadChange,
  type LoadResult,
} from '../../load/result.js'

/** Limit for the rows of the table: a load of thousands of files is better read as JSON. */
export const SHOWN_FILES = 100

/** Renders the files of a load as a table, and the universes whose files no longer exist. */
export function renderFiles(result: LoadResult): string {
  const changes = new Map(universeChanges(result).map((change) => [change.name, change]))
  const columns = columnsOf(result)
  const shown = result.files.length > SHOWN_FILES ? problemsFirst(result.files) : result.files
  const rows = shown
    .slice(0, SHOWN_FILES)
    .map((file) => fileRow(result, file, changes.get(file.universe ?? '')))
  for (const file of result.files) changes.delete(file.universe ?? '')
  const gone = [
    ...[...changes.values()].map((change) => goneUniverse(result, change)),
    ...goneFiles(result).map((file) => goneFile(result, file)),
  ]
  const table = renderTable(
    columns,
    [...rows, ...gone].map((row) => columns.map((column) => row[column])),
  )
  const left = shown.length - rows.length
  return left > 0 ? `${table}\n${pc.dim(`... and ${left} more files (--json lists all)`)}` : table
}

const COLUMNS = [
  'file',
  'universe',
  'format',
  'as of',
  'status',
  'rows',
  'skipped',
  'added',
  'removed',
  'updated',
  'note',
] as const
type Row = Partial<Record<(typeof COLUMNS)[number], Cell>>

/** Columns with content: files of symbols, prices and sectors define no universe, canonical ones have no format. */
function columnsOf({ kind, files }: LoadResult): readonly (keyof Row)[] {
  const hidden = new Set<keyof Row>(kindOf(kind).universe ? [] : ['universe', 'added', 'removed', 'updated'])
  if (!files.some((file) => file.format)) hidden.add('format')
  if (!files.some((file) => file.as_of)) hidden.add('as of')
  if (!files.some((file) => file.skipped)) hidden.add('skipped')
  return COLUMNS.filter((column) => !hidden.has(column))
}

/** Sorts the files that need attention first. */
function problemsFirst(files: readonly FileResult[]): FileResult[] {
  const order: readonly FileResult['status'][] = ['rejected', 'held', 'loaded', 'unchanged']
  return [...files].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
}

function fileRow(result: LoadResult, file: FileResult, change: LoadChange | undefined): Row {
  const skipped = Object.values(file.skipped ?? {}).reduce((sum, rows) => sum + rows, 0)
  return {
    file: file.name,
    universe: file.universe ?? '',
    format: file.format ?? '',
    'as of': file.as_of ?? '',
    status: statusCell(result, file.status),
    rows: file.rows,
    skipped: skipped || null,
    ...countCells(change),
    note: fileNote(file),
  }
}

function statusCell({ dry_run }: LoadResult, status: FileResult['status']): string {
  if (status === 'rejected' || status === 'held') return pc.yellow(status)
  return status === 'loaded' && dry_run ? 'would load' : status
}

function fileNote(file: FileResult): string {
  if (file.status === 'held' || file.status === 'rejected') return 'see below'
  return file.repaired > 0 ? `${count(file.repaired, 'row')} repaired` : ''
}

function goneUniverse({ dry_run }: LoadResult, change: LoadChange): Row {
  const note = change.held
    ? 'its file is gone: --force empties it'
    : `its file is gone, it ${dry_run ? 'would be' : 'was'} emptied`
  const status = change.held ? pc.yellow('held') : 'retired'
  return { file: '', universe: change.name, status, rows: 0, ...countCells(change), note }
}

function goneFile({ dry_run }: LoadResult, { file, rows, held }: GoneFile): Row {
  const note = held
    ? 'the file is gone: --force deletes its rows'
    : `the file is gone, its rows ${dry_run ? 'would be' : 'were'} deleted`
  return { file, status: held ? pc.yellow('held') : 'retired', rows, note }
}

function countCells(change: LoadChange | undefined): Row {
  return change ? { added: change.added, removed: change.removed, updated: change.updated } : {}
}

/** Formats a quantity: `3 rows`, `1 row`. */
export function count(quantity: number, noun: string): string {
  return `${number(quantity)} ${noun}${quantity === 1 ? '' : 's'}`
}

/** Formats a number with thousands separators. */
export function number(quantity: number): string {
  return quantity.toLocaleString('en-US')
}
