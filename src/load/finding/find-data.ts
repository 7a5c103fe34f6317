import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { usageError } from '../../errors.js'
import type { LoadKind } from '../result.js'

const SYMBOLS = /^symbols.*\.csv(\.gz)?$/i
const PRICES = /^(prices|ohlcv).*\.csv(\.gz)?$/i
const SECTORS = /^sectors\.csv(\.gz)?$/i
const LIST = /\.csv(\.gz)?$/i
const HOLDINGS = /\.(csv|csv\.gz|xlsx)$/i

/**
 * Files of a folder by kind, in the order in which they are loaded; any of them may be missing. Symbols and prices are
 * in `market/` or in the folder itself, holdings in `holdings/` or in the folder itself; lists in `universes/` and
 * `themes/`, sectors in `sectors/` or `sectors.csv`. A folder without any of them is a usage error.
 */
export function findData(folder: string): [LoadKind, string[]][] {
  if (!isFolder(folder))
    throw usageError(`no such folder: ${folder}`, 'Name the folder that holds the files.')
  const market = subfolder(folder, 'market')
  const holdings = subfolder(folder, 'holdings')
  const isHoldings = (name: string): boolean =>
    HOLDINGS.test(name) && ![SYMBOLS, PRICES, SECTORS].some((other) => other.test(name))
  const found: [LoadKind, string[]][] = [
    ['symbols', files(market, (name) => SYMBOLS.test(name))],
    ['prices', files(market, (name) => PRICES.test(name))],
    ['etfs', files(holdings, isHoldings)],
    ['universes', lists(folder, 'universes')],
    ['themes', lists(folder, 'themes')],
    ['sectors', [...files(folder, (name) => SECTORS.test(name)), ...lists(folder, 'sectors')]],
  ]
  const present = found.filter(([, paths]) => paths.length > 0)
  if (present.length === 0) {
    throw usageError(
      `nothing to load in ${folder}`,
      'Expected market/symbols*.csv, market/prices*.csv, *_holdings.csv, universes/*.csv, themes/*.csv, sectors.csv.',
    )
  }
  return present
}

function subfolder(folder: string, name: string): string {
  return isFolder(join(folder, name)) ? join(folder, name) : folder
}

function lists(folder: string, name: string): string[] {
  return isFolder(join(folder, name)) ? files(join(folder, name), (file) => LIST.test(file)) : []
}

/** Neither hidden files nor what a spreadsheet program leaves beside a workbook that is open. */
function files(folder: string, wanted: (name: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && wanted(entry.name) && !/^[.~]/.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort()
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
