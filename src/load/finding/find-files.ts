import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { packageRoot } from '../../package.js'
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
  if (fund !== undefined && directories.length > 0) return pick(files, fund, directories[0] ?? '')
  return { files, complete: fund === undefined && directories.length === given.length }
}

/** Returns what is loaded without a path: from `holdings/` of the working directory, else from that of the package. */
export function defaultPath(kind: LoadKind): string {
  const holdings = existsSync('holdings') ? 'holdings' : join(packageRoot, 'holdings')
  const paths = kindOf(kind).defaults.map((path) => join(holdings, path))
  return paths.find((path) => existsSync(path)) ?? paths.at(-1)!
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
function pick(files: FoundFile[], fund: string, directory: string): FoundFiles {
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

/** Refuses all but one file per universe; of several, the first without a problem is kept. */
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
