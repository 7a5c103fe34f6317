import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { usageError } from '../../errors.js'
import { kindOf, LOAD_KINDS, type LoadKind, type Place } from '../kinds.js'

/**
 * Finds the files of a folder by kind, in the order in which they are loaded; kinds without files are left out. A
 * folder without any file to load is a usage error.
 */
export function findData(folder: string): [LoadKind, string[]][] {
  if (!isFolder(folder))
    throw usageError(`no such folder: ${folder}`, 'Name the folder that holds the files.')
  const found = LOAD_KINDS.map((kind): [LoadKind, string[]] => [
    kind,
    kindOf(kind).places.flatMap((place) => filesAt(folder, place)),
  ])
  const present = found.filter(([, paths]) => paths.length > 0)
  if (present.length === 0) {
    throw usageError(
      `nothing to load in ${folder}`,
      'Expected market/symbols*.csv, market/prices*.csv, *_holdings.csv, universes/*.csv, themes/*.csv, sectors.csv.',
    )
  }
  return present
}

function filesAt(folder: string, { subfolder, orFolder, names }: Place): string[] {
  if (subfolder === undefined) return files(folder, names)
  if (isFolder(join(folder, subfolder))) return files(join(folder, subfolder), names)
  return orFolder ? files(folder, names) : []
}

/** Skips hidden files and what a spreadsheet program leaves beside an open workbook. */
function files(folder: string, names: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && names.test(entry.name) && !/^[.~]/.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort()
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
