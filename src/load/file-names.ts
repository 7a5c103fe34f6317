import type { Problem } from './file-problem.js'
import type { LoadKind } from './result.js'

/** The universe that a file states. */
export interface GroupName {
  type: 'ETF' | 'UNIVERSE'
  name: string
}

/** What the name of a file says. A wrong name keeps the universe it seems to mean, so that it does not count as gone. */
export interface NamedFile {
  group?: GroupName | undefined
  problem?: Problem | undefined
}

/** Reads the name of a file: `spy_holdings.csv` is the fund SPY, `dow30.csv` the universe dow30. */
export function nameFile(kind: LoadKind, name: string): NamedFile {
  if (!/\.csv(\.gz)?$/i.test(name)) {
    return {
      problem: { message: 'the name does not end in .csv or .csv.gz', remedy: 'Only CSV files are loaded.' },
    }
  }
  if (kind === 'etfs') return nameEtfFile(name)
  return kind === 'universes' ? nameUniverseFile(name) : {}
}

function nameEtfFile(name: string): NamedFile {
  const fund = /^([a-z0-9][a-z0-9.-]*)_holdings\.csv(\.gz)?$/.exec(name)?.[1]
  if (fund !== undefined) return { group: { type: 'ETF', name: fund.toUpperCase() } }
  const [stem, extension] = split(name)
  const meant = stem.replace(/[_ -]*holdings$/, '')
  const problem = (remedy: string): Problem => ({ message: 'not the name of a holdings file', remedy })
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(meant))
    return { problem: problem("Name it after the fund's ticker in lower case: spy_holdings.csv.") }
  return {
    group: { type: 'ETF', name: meant.toUpperCase() },
    problem: problem(`Rename it to ${meant}_holdings${extension}.`),
  }
}

function nameUniverseFile(name: string): NamedFile {
  const [stem, extension] = split(name)
  const meant = stem.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '')
  const group = { type: 'UNIVERSE', name: meant } as const
  if (/^[a-z0-9][a-z0-9_]*\.csv(\.gz)?$/.test(name)) return { group: { ...group, name: stem } }
  const message = 'not the name of a universe file'
  if (meant === '') return { problem: { message, remedy: 'Name it like dow30.csv.' } }
  return { group, problem: { message, remedy: `Rename it to ${meant}${extension}.` } }
}

function split(name: string): [stem: string, extension: string] {
  const [, stem = '', extension = ''] = /^(.*?)(\.csv(?:\.gz)?)$/.exec(name.toLowerCase()) ?? []
  return [stem, extension]
}
