import type { Problem } from './file-problem.js'
import type { LoadKind } from './kinds.js'

/** `full` reads every file, `incremental` those whose checksum changed. */
export type LoadMode = 'full' | 'incremental'

/** Result of one file. */
export interface FileResult {
  name: string
  universe?: string
  md5?: string
  /** Name of the row of issuer_formats; none for canonical files. */
  format?: string
  /** Date of the holdings, YYYY-MM-DD, if the file states it. */
  as_of?: string
  /** unchanged: nothing to write. held: kept out by a guard or by --strict. rejected: see problem. */
  status: 'loaded' | 'unchanged' | 'held' | 'rejected'
  rows: number
  /** Rows repaired by a stated rule: upper case, blanks, percent sign. */
  repaired: number
  /** Number of rows that are not members, by reason; issuers' files only. */
  skipped?: Record<string, number>
  skipped_lines?: SkippedLine[]
  /** Reasons why the file is held, one sentence each. */
  held_by?: string[]
  problem?: Problem
  warnings: string[]
}

/** A row of an issuer's file that is not a member. */
export interface SkippedLine {
  line: number
  symbol?: string
  name?: string
  reason: string
}

/** Numbers of rows written to symbols, ohlcv_daily or sector_overrides. */
export interface RowChanges {
  inserted: number
  updated: number
  /** Sectors only. */
  deleted?: number
  /** Sector files that no longer exist; their rows are deleted unless they are held. */
  gone?: GoneFile[]
}

/** A sector file that no longer exists, and the number of rows that came from it. */
export interface GoneFile {
  file: string
  rows: number
  held: boolean
}

/** Changes of one universe, in numbers of symbols; the symbols themselves are in load_runs.changes. */
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
  /** Per changed universe; for symbols, prices and sectors the numbers of rows, or an empty list if no file was merged. */
  changes: LoadChange[] | RowChanges
  total_changes: number
}

/** Returns the changes per universe; none for symbols, prices and sectors. */
export function universeChanges(result: LoadResult): LoadChange[] {
  return Array.isArray(result.changes) ? result.changes : []
}

/** Returns the sector files that no longer exist. */
export function goneFiles({ changes }: LoadResult): GoneFile[] {
  return Array.isArray(changes) ? [] : (changes.gone ?? [])
}

/** Returns true if everything was loaded: no file was rejected, no universe held. */
export function isClean(result: LoadResult): boolean {
  return (
    result.files.every((file) => file.status === 'loaded' || file.status === 'unchanged') &&
    universeChanges(result).every((change) => !change.held) &&
    goneFiles(result).every((file) => !file.held)
  )
}
