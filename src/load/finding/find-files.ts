import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { usageError, type UniversesError } from '../../errors.js'
import { nameFile, type NamedFile } from './file-names.js'
import { kindOf, type LoadKind } from '../kinds.js'

/** A file to load, with what its name tells. */
export interface FoundFile extends NamedFile {
  path: string
  /** Name for results, under which the checksum is remembered. */
  name: string
  /** The fund that --etf gives to this file. */
  asked?: string | undefined
}

/** Files of a load. */
export interface FoundFiles {
  files: FoundFile[]
  /** True if these are all files of their kind: whole directories, none picked out. */
  complete: boolean
  /** Load only the files about this fund; their names do not tell. */
  pick?: string
  /** Absolute paths of the folders and files that were named, or of the default. */
  source: string[]
}

/**
 * Finds the files that `paths` name; a directory stands for the files directly inside it, by name. Without paths the
 * default of the kind is used. `etf` picks one fund of a directory, or names the fund of a single file. A missing file
 * or directory is a usage error.
 */
export function findFiles(kind: LoadKind, paths: readonly string[], etf?: string): FoundFiles {
  const given = paths.length > 0 ? paths : [defaultPath(kind)]
  const directories = given.filter(isDirectory)
  if (directories.length > 0 && kindOf(kind).noDirectories)
    throw usageError(`${directories[0]} is a directory`, 'Name the files themselves.')
  const fund = etf === undefined ? undefined : parseEtf(etf)
  if (fund !== undefined && given.length > 1) {
    throw usageError(
      `--etf ${etf} with several paths`,
      'Give one file, or one directory, or leave out --etf.',
    )
  }
  const unique = new Map<string, FoundFile>()
  for (const path of given) {
    for (const file of isDirectory(path) ? listDirectory(kind, path) : [path])
      unique.set(resolve(file), nameOne(kind, file, isDirectory(path) ? undefined : fund))
  }
  const files = withUniqueNames([...unique.values()])
  const source = [...new Set(given.map((path) => resolve(path)))]
  if (fund !== undefined && directories.length > 0)
    return { ...pick(files, fund, directories[0] ?? ''), source }
  return { files, complete: fund === undefined && directories.length === given.length, source }
}

/**
 * Returns the folder that is read without a path: `holdings/` of the working directory. It is never the starter data of
 * the package, which a job started elsewhere would load over the real data. Throws a usage error if there is none.
 */
export function defaultFolder(): string {
  const folder = resolve('holdings')
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder
  throw usageError(
    `no path was given, and there is no folder ${folder}`,
    'Name the folder that has the files, or start the command where holdings/ is.',
  )
}

/** Returns what is loaded without a path, from the default folder. Throws a usage error if there is no such path. */
export function defaultPath(kind: LoadKind): string {
  const { defaults, noDirectories } = kindOf(kind)
  if (noDirectories)
    throw usageError(`no files of ${kind} were named`, `Name them: universes load ${kind} FILE ...`)
  const holdings = defaultFolder()
  const paths = defaults.map((path) => join(holdings, path))
  const found = paths.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw usageError(
    `no path was given, and there is no ${paths.join(' or ')}`,
    `Name the folder or the files: universes load ${kind} PATH ...`,
  )
}

function isDirectory(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) throw usageError(`no such file or directory: ${path}`, 'Check the path.')
  return stats.isDirectory()
}

function listDirectory(kind: LoadKind, directory: string): string[] {
  const { issuers } = kindOf(kind)
  // Skips hidden files and what Excel leaves beside an open workbook.
  const wanted = issuers ? /^(?![.~]).*\.(csv|xlsx)$/i : /^(?!\.).*\.csv$/i
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && wanted.test(entry.name))
    .map((entry) => entry.name)
    .sort()
  const endings = issuers ? '.csv or .xlsx' : '.csv'
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

/** Picks the files whose names tell this fund; without any, all files whose names tell no fund. */
function pick(files: FoundFile[], fund: string, directory: string): Omit<FoundFiles, 'source'> {
  const picked = files.filter((file) => file.group?.name === fund || file.fund === fund)
  if (picked.length > 0) return { files: picked, complete: false }
  const unnamed = files.filter((file) => file.fund === undefined && !file.problem)
  if (unnamed.length === 0) throw nothingAbout(fund, directory)
  return { files: unnamed, complete: false, pick: fund }
}

/** Returns the usage error for --etf with a fund that no file is about. */
export function nothingAbout(fund: string, directory: string): UniversesError {
  const expected = join(directory, `${fund.toLowerCase()}_holdings.csv`)
  return usageError(`no such file: ${expected}`, 'Check --etf and the directory.')
}

/** Of several files with one name, all but the first are named by their path. */
function withUniqueNames(files: readonly FoundFile[]): FoundFile[] {
  const names = new Set<string>()
  return files.map((found) => {
    const file = names.has(found.name) ? { ...found, name: found.path } : found
    names.add(file.name)
    return file
  })
}
