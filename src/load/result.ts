import type { UniverseChangeDocument } from '../documents/changes.js'
import type { GoneFile, LoadDocument, LoadFile, RowChanges } from '../documents/loads.js'

export type { GoneFile }

/** `full` reads every file, `incremental` those whose checksum changed. */
export type LoadMode = LoadDocument['mode']

/** Result of one file. */
export type FileResult = LoadFile

/** Changes of one universe, in numbers of symbols; the symbols themselves are in load_runs.changes. */
export type LoadChange = Omit<UniverseChangeDocument, 'added_symbols' | 'removed_symbols'>

/** A row of load_runs, without symbols, and its source. */
export interface LoadResult extends Omit<LoadDocument, 'changes'> {
  /** Per changed universe; for symbols, prices and sectors the numbers of rows, or an empty list if no file was merged. */
  changes: LoadChange[] | RowChanges
  /** Absolute paths of the folders and files that were read. */
  source: string[]
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
