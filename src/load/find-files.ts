import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { packageRoot } from '../database/package-root.js'
import { usageError } from '../errors.js'
import { nameFile, type GroupName } from './file-names.js'
import type { Problem } from './file-problem.js'
import type { LoadKind } from './result.js'

/** A file to load. */
export interface FoundFile {
  path: string
  /** The name under which results are reported and the checksum is remembered. */
  name: string
  /** The universe that the file states; none for symbols and prices. */
  group?: GroupName | undefined
  /** Set when the name alone is wrong already. */
  problem?: Problem | undefined
}

/** Files of a load; `complete` when they are all there are of their kind: whole directories, nothing picked out. */
export interface FoundFiles {
  files: FoundFile[]
  complete: boolean
}

/**
 * Files named by `paths`, directories standing for the CSV files directly inside them, by name. No path means the
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
    for (const file of isDirectory(path) ? listDirectory(path) : [path])
      unique.set(resolve(file), nameOne(kind, file, isDirectory(path) ? undefined : fund))
  }
  let files = [...unique.values()]
  if (fund !== undefined && directories.length > 0) files = pick(files, fund, directories[0] ?? '')
  return {
    files: withoutRepetition(files),
    complete: fund === undefined && directories.length === given.length,
  }
}

/** `holdings/` of the working directory, else the one of the package; universe lists are in its `universes/`. */
export function defaultDirectory(kind: LoadKind): string {
  const holdings = existsSync('holdings') ? 'holdings' : join(packageRoot, 'holdings')
  return kind === 'universes' ? join(holdings, 'universes') : holdings
}

function isDirectory(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) throw usageError(`no such file or directory: ${path}`, 'Check the path.')
  return stats.isDirectory()
}

function listDirectory(directory: string): string[] {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /^[^.].*\.csv$/i.test(entry.name))
    .map((entry) => entry.name)
    .sort()
  if (names.length === 0)
    throw usageError(`no .csv file in ${directory}`, 'Name another directory, or the files.')
  return names.map((name) => join(directory, name))
}

function parseEtf(etf: string): string {
  const fund = etf.trim().toUpperCase()
  if (!/^[A-Z0-9][A-Z0-9.^/-]*$/.test(fund))
    throw usageError(`"${etf}" is not a ticker symbol`, 'Name one fund: --etf SPY')
  return fund
}

function nameOne(kind: LoadKind, path: string, fund: string | undefined): FoundFile {
  const name = basename(path)
  if (fund !== undefined) return { path, name, group: { type: 'ETF', name: fund } }
  return { path, name, ...nameFile(kind, name) }
}

function pick(files: readonly FoundFile[], fund: string, directory: string): FoundFile[] {
  const picked = files.filter((file) => file.group?.name === fund)
  const expected = join(directory, `${fund.toLowerCase()}_holdings.csv`)
  if (picked.length === 0) throw usageError(`no such file: ${expected}`, 'Check --etf and the directory.')
  return picked
}

/** A universe is stated by one file of a load, a rightly named one first; other files of one name go by their path. */
function withoutRepetition(files: readonly FoundFile[]): FoundFile[] {
  const stating = new Map<string, FoundFile>()
  for (const file of [...files].sort((a, b) => Number(Boolean(a.problem)) - Number(Boolean(b.problem)))) {
    const key = file.group?.name
    if (key !== undefined && !stating.has(key)) stating.set(key, file)
  }
  const names = new Set<string>()
  return files.map((found) => {
    const file = names.has(found.name) ? { ...found, name: found.path } : found
    names.add(file.name)
    const first = file.group && stating.get(file.group.name)
    if (first === undefined || first.path === file.path) return file
    const problem = {
      message: `${file.group?.name} is stated by ${first.name} already`,
      remedy: 'Load one file per universe.',
    }
    return { path: file.path, name: file.name, problem: file.problem ?? problem }
  })
}
