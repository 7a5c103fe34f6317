import type { Problem } from '../file-problem.js'
import { fundInName } from './fund-name.js'
import { kindOf, type LoadKind } from '../kinds.js'

/** The universe that a file defines. */
export interface GroupName {
  type: 'ETF' | 'UNIVERSE' | 'THEME'
  name: string
}

/** Facts from the name of a file. A wrong name keeps the universe that it seems to mean, so that its file is not taken for deleted. */
export interface NamedFile {
  group?: GroupName | undefined
  problem?: Problem | undefined
  /** Reason why a canonical file cannot have this name; an issuer's can. */
  misnamed?: Problem | undefined
  /** The fund, if this is an issuer's file. */
  fund?: string | undefined
}

/**
 * Reads the name of a file: `spy_holdings.csv` is the fund SPY, `dow30.csv` the universe dow30. An issuer's file keeps
 * the name it was downloaded under.
 */
export function nameFile(kind: LoadKind, name: string): NamedFile {
  const { universe, issuers, noDirectories } = kindOf(kind)
  if (issuers && /\.xlsx$/i.test(name)) return nameWorkbook(name)
  // Stooq and Nasdaq Trader offer .txt.
  const isMarket = noDirectories && /\.txt$/i.test(name)
  if (!/\.csv(\.gz)?$/i.test(name) && !isMarket) {
    const endings = issuers
      ? '.csv, .csv.gz or .xlsx'
      : noDirectories
        ? '.csv, .csv.gz or .txt'
        : '.csv or .csv.gz'
    const what = issuers ? 'CSV files and workbooks' : 'CSV files'
    return {
      problem: { message: `the name does not end in ${endings}`, remedy: `Only ${what} are loaded.` },
    }
  }
  if (universe === 'ETF') return nameEtfFile(name)
  return universe === undefined ? {} : nameListFile(name, universe)
}

function nameWorkbook(name: string): NamedFile {
  const fund = fundInName(name)
  return fund === undefined ? {} : { fund, group: { type: 'ETF', name: fund } }
}

function nameEtfFile(name: string): NamedFile {
  const canonical = /^([a-z0-9][a-z0-9.-]*)_holdings\.csv(\.gz)?$/.exec(name)?.[1]?.toUpperCase()
  if (canonical !== undefined) return { group: { type: 'ETF', name: canonical }, fund: canonical }
  const fund = fundInName(name)
  const [stem, extension] = split(name)
  const meant = fund?.toLowerCase() ?? stem.replace(/[_ -]*holdings$/, '')
  const problem = (remedy: string): Problem => ({ message: 'not the name of a holdings file', remedy })
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(meant))
    return { misnamed: problem("Name it after the fund's ticker in lower case: spy_holdings.csv.") }
  return {
    fund,
    group: { type: 'ETF', name: meant.toUpperCase() },
    misnamed: problem(`Rename it to ${meant}_holdings${extension}.`),
  }
}

function nameListFile(name: string, type: 'UNIVERSE' | 'THEME'): NamedFile {
  const [stem, extension] = split(name)
  const meant = stem.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '')
  if (/^[a-z0-9][a-z0-9_]*\.csv(\.gz)?$/.test(name)) return { group: { type, name: stem } }
  const message = `not the name of a ${type.toLowerCase()} file`
  if (meant === '') return { problem: { message, remedy: 'Name it like dow30.csv.' } }
  return { group: { type, name: meant }, problem: { message, remedy: `Rename it to ${meant}${extension}.` } }
}

function split(name: string): [stem: string, extension: string] {
  const [, stem = '', extension = ''] = /^(.*?)(\.csv(?:\.gz)?)$/.exec(name.toLowerCase()) ?? []
  return [stem, extension]
}
