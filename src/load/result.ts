import type { Problem } from './file-problem.js'

/** What can be loaded. */
export const LOAD_KINDS = ['symbols', 'prices', 'etfs', 'universes'] as const
export type LoadKind = (typeof LOAD_KINDS)[number]

/** `full` reads every file, `incremental` those whose checksum changed. */
export type LoadMode = 'full' | 'incremental'

/** What became of one file. */
export interface FileResult {
  name: string
  universe?: string
  md5?: string
  /** unchanged: nothing to write. held: a guard, or --strict, kept it out. rejected: see problem. */
  status: 'loaded' | 'unchanged' | 'held' | 'rejected'
  rows: number
  /** Rows repaired by a stated rule: upper case, blanks, percent sign. */
  repaired: number
  problem?: Problem
  warnings: string[]
}

/** Numbers of rows written to symbols or ohlcv_daily. */
export interface RowChanges {
  inserted: number
  updated: number
}

/** What a load did to one universe, in numbers of symbols; the symbols themselves are in load_runs.changes. */
export interface LoadChange {
  type: string
  name: string
  count: number
  members_before: number
  added: number
  removed: number
  updated: number
  held: boolean
}

/** A row of load_runs, without symbols. */
export interface LoadResult {
  id: string
  kind: LoadKind
  mode: LoadMode
  dry_run: boolean
  force: boolean
  environment: string
  triggered_by: string
  started_at: string
  finished_at: string
  files: FileResult[]
  /** Per changed universe; for symbols and prices the numbers of rows, and an empty list where no file was merged. */
  changes: LoadChange[] | RowChanges
  total_changes: number
}

/** Changes per universe; none for symbols and prices. */
export function universeChanges(result: LoadResult): LoadChange[] {
  return Array.isArray(result.changes) ? result.changes : []
}

/** Whether everything went in: no file was rejected, no universe held back. */
export function isClean(result: LoadResult): boolean {
  return (
    result.files.every((file) => file.status === 'loaded' || file.status === 'unchanged') &&
    universeChanges(result).every((change) => !change.held)
  )
}
