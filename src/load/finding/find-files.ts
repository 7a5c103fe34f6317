import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { packageRoot } from '../../database/package-root.js'
import { usageError, type UniversesError } from '../../errors.js'
import { nameFile, type NamedFile } from './file-names.js'
import type { LoadKind } from '../result.js'

/** A file to load, with the universe that it states, if any, and what is wrong with its name alone. */
export interface FoundFile extends NamedFile {
  path: string
  /** The name under which results are reported and the checksum is remembered. */
  name: string
  /** The fund that --etf says this file is about. */
  asked?: string | undefined
}

/** Files of a load; `complete` when they are all there are of their kind: whole directories, nothing picked out. */
export interface FoundFiles {
  files: FoundFile[]
  complete: boolean
  /** Of these files only those about this fund are meant; their names do not say. */
  pick?: string
}

/**
 * Files named by `paths`, directories standing for the files directly inside them, by name. No path means the
 * directory `holdings/`. `etf` picks one fund of a directory, or says which fund a single file is about.
 * A missing file or directory is a usage error.
 */
export function findFiles(kind: LoadKind, paths: readonly string[], etf?: string): FoundFiles {
  const given = paths.length > 0 ? paths : [defaultDirectory(kind)]
  const directories = given.filter(isDirectory)
  if (directories.length > 0 && (kind === 'symbols' || kind === 'prices'))
    throw usageError(`${directories[0]} is a directory`, 'Name the files themselves.')
  const fund = etf === undefined ? undefined : parseEtf(etf)
  if (fund !== undefined && given.length > 1)
    throw usageError(
      `--etf ${etf} with several paths`,
      'Give one file, or one directory, or leave out --etf.',
    )

  const unique = new Map<string, FoundFile>()
  for (const path of given) {
    for (const file of isDirectory(path) ? listDirectory(kind, path) : [path])
      unique.set(resolve(file), nameOne(kind, file, isDirectory(path) ? undefined : fund))
  }
  const files = withUniqueNames([...unique.values()])
  if (fund !== undefined && directories.length > 0) return pick(files, fund, directories[0] ?? '')
  return { files, complete: fund === undefined && directories.length === given.length }
}

/**
 * `holdings/` of the working directory, else the one of the package; lists are in its `universes/` and `themes/`,
 * sectors in `sectors/` or `sectors.csv`.
 */
export function defaultDirectory(kind: LoadKind): string {
  const holdings = existsSync('holdings') ? 'holdings' : join(packageRoot, 'holdings')
  if (kind === 'universes' || kind === 'themes') return join(holdings, kind)
  if (kind !== 'sectors') return holdings
  const file = join(holdings, 'sectors.csv')
  return existsSync(file) ? file : join(holdings, 'sectors')
}

function isDirectory(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) throw usageError(`no such file or directory: ${path}`, 'Check the path.')
  return stats.isDirectory()
}

function listDirectory(kind: LoadKind, directory: string): string[] {
  // Neither hidden files nor what Excel leaves beside a workbook that is open.
  const wanted = kind === 'etfs' ? /^(?![.~]).*\.(csv|xlsx)$/i : /^(?!\.).*\.csv$/i
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && wanted.test(entry.name))
    .map((entry) => entry.name)
    .sort()
  const endings = kind === 'etfs' ? '.csv or .xlsx' : '.csv'
  if (names.length === 0)
    throw usageError(`no ${endings} file in ${directory}`, 'Name another directory, or the files.')
  return names.map((name) => join(directory, name))
}

function parseEtf(etf: string): string {
  const fund = etf.trim().toUpperCase()
  if (!/^[A-Z0-9][A-Z0-9.^/-]*$/.test(fund))
    throw usageError(`"${etf}" is not a ticker symbol`, 'Name one fund: --etf SPY')
  return fund
}

function nameOne(kind: LoadKind, path: string, asked: string | undefined): FoundFile {
  const name = basename(path)
  const named = nameFile(kind, name)
  if (asked === undefined) return { path, name, ...named }
  return { path, name, asked, fund: named.fund, group: { type: 'ETF', name: asked } }
}

/** The files about one fund, going by their names; if none of them says so, all whose names say nothing. */
function pick(files: FoundFile[], fund: string, directory: string): FoundFiles {
  const picked = files.filter((file) => file.group?.name === fund || file.fund === fund)
  if (picked.length > 0) return { files: picked, complete: false }
  const silent = files.filter((file) => file.fund === undefined && !file.problem)
  if (silent.length === 0) throw nothingAbout(fund, directory)
  return { files: silent, complete: false, pick: fund }
}

/** The usage error when --etf names a fund that no file is about. */
export function nothingAbout(fund: string, directory: string): UniversesError {
  const expected = join(directory, `${fund.toLowerCase()}_holdings.csv`)
  return usageError(`no such file: ${expected}`, 'Check --etf and the directory.')
}

/** Files of one name go by their path, all but the first. */
function withUniqueNames(files: readonly FoundFile[]): FoundFile[] {
  const names = new Set<string>()
  return files.map((found) => {
    const file = names.has(found.name) ? { ...found, name: found.path } : found
    names.add(file.name)
    return file
  })
}

/** A universe is stated by one file of a load, a good one first; the others are refused. */
export function oneFilePerUniverse<File extends FoundFile>(files: readonly File[]): File[] {
  const stating = new Map<string, File>()
  const goodFirst = [...files].sort((a, b) => Number(Boolean(a.problem)) - Number(Boolean(b.problem)))
  for (const file of goodFirst) {
    const key = file.group?.name
    if (key !== undefined && !stating.has(key)) stating.set(key, file)
  }
  return files.map((file) => {
    const first = file.group && stating.get(file.group.name)
    if (first === undefined || first === file) return file
    const problem = {
      message: `${file.group?.name} is stated by ${first.name} already`,
      remedy: 'Load one file per universe.',
    }
    return { ...file, group: undefined, problem: file.problem ?? problem }
  })
}
