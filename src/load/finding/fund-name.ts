import type { Problem } from '../file-problem.js'

/** Words of a file name that are not a ticker, although some look like one. */
const FILLERS = new Set(
  'a all as at copy daily data detail details download en equity etf etfs export file full fund funds index latest list market monthly my new of portfolio stock the top total trust us usd'.split(
    ' ',
  ),
)

/**
 * Returns the fund that the name of an issuer's download tells, in any case: the word before `holdings`
 * (`IWV_holdings.csv`, `ARK_INNOVATION_ETF_ARKK_HOLDINGS.csv`, `copx_full-holdings_20260612.csv`), else the only word after it besides fillers
 * (`holdings-daily-us-en-spy.xlsx`, `Holdings_details_VTI.csv`), else the one in parentheses. Undefined for anything
 * else, titles like `Holdings_details_Total_World_Stock_ETF.csv` among them.
 */
export function fundInName(name: string): string | undefined {
  const stem = name.replace(/\.(csv|csv\.gz|xlsx)$/i, '').replace(/ *\(\d+\)$/, '')
  const inParentheses = /\(([a-z][a-z0-9.]{0,6})\)/i.exec(stem)?.[1]
  if (inParentheses !== undefined) return inParentheses.toUpperCase()
  const words = stem
    .toLowerCase()
    .replace('fundholdings', 'holdings')
    .replace('full-holdings', 'holdings')
    .split(/[ _,-]+/)
  if (words[1] === 'asof') return ticker(words[0] ?? '')
  const at = words.lastIndexOf('holdings')
  if (at < 0) return undefined
  const before = words[at - 1]
  const after = words.slice(at + 1).filter((word) => !/^\d+$/.test(word))
  if (after.length === 0 || after.every((word) => FILLERS.has(word)))
    return before === undefined ? undefined : ticker(before)
  if (after.includes('etf') || after.includes('fund')) return undefined
  const [only, ...others] = after.filter((word) => !FILLERS.has(word))
  return only !== undefined && others.length === 0 && at === 0 ? ticker(only) : undefined
}

function ticker(word: string): string | undefined {
  return /^[a-z][a-z0-9]{0,4}(\.[a-z])?$/.test(word) && !FILLERS.has(word) ? word.toUpperCase() : undefined
}

/** Sources for the fund of an issuer's file. */
export interface FundClues {
  content?: string | undefined
  name?: string | undefined
  /** --etf */
  asked?: string | undefined
}

/** Resolves the fund that an issuer's file is about: --etf overrides the name, and neither may contradict the content. */
export function resolveFund({ content, name, asked }: FundClues): string | Problem {
  const said = asked ?? name
  if (content === undefined) return said ?? NO_FUND
  if (said === undefined || said === content) return content
  const file = `${content.toLowerCase()}_holdings`
  if (asked !== undefined) {
    return {
      message: `the file is about ${content}, not about ${asked}`,
      remedy: `Load it with --etf ${content}, or name the file of ${asked}.`,
    }
  }
  return {
    message: `the file is about ${content}, but its name says ${said}`,
    remedy: `Rename it like ${file}.csv, or confirm the fund: --etf ${content}.`,
  }
}

const NO_FUND: Problem = {
  message: 'neither the file nor its name says which fund it is about',
  remedy: 'Say it with --etf, or name the file after the ticker: vti_holdings.csv.',
}
