import { FileProblem } from '../file-problem.js'
import type { LoadKind } from '../kinds.js'

/** Differences of a vendor's listing or price file from a canonical one. */
export interface MarketHeader {
  name: string
  /** Header cells, those that stand for a column under its canonical name. */
  cells: string[]
  delimiter: ',' | '|'
  /** Lines above the line that COPY takes for the header. */
  above: number
  /** Ticker of all rows, where no column has it. */
  symbol?: string | undefined
  /** Last line of a complete file, which is no row. */
  trailer?: RegExp
}

interface MarketLayout {
  name: string
  kind: LoadKind
  delimiter: ',' | '|'
  /** Cells that identify the header, lower case. */
  headers: readonly string[]
  /** Canonical columns of header cells. */
  columns: Readonly<Record<string, string>>
  trailer?: RegExp
}

const CREATED = /^File Creation Time:/i

/** Columns of the symbol directories of Nasdaq Trader; SQL reads their codes. */
const DIRECTORY = {
  symbol: 'symbol',
  'act symbol': 'symbol',
  'security name': 'name',
  'listing exchange': 'primary_exchange',
  exchange: 'primary_exchange',
  etf: 'type',
  'test issue': 'test_issue',
}

/**
 * The layouts, more particular ones first. Seen: the Nasdaq screener in code that quotes a row of it; nasdaqtraded.txt in a
 * recorded answer of OpenBB's tests and kiankirsch8-create/APEX data/nasdaqtraded.txt; otherlisted.txt in
 * jpechetty-debug/niftyscanner; yfinance, Stooq, Alpha Vantage and Tiingo in the tests of their readers.
 */
const LAYOUTS: readonly MarketLayout[] = [
  {
    name: 'nasdaq_screener',
    kind: 'symbols',
    delimiter: ',',
    headers: ['symbol', 'name', 'last sale', 'market cap'],
    columns: { 'market cap': 'market_cap' },
  },
  {
    name: 'nasdaq_traded',
    kind: 'symbols',
    delimiter: '|',
    headers: ['symbol', 'security name', 'listing exchange', 'etf', 'test issue'],
    columns: DIRECTORY,
    trailer: CREATED,
  },
  {
    name: 'nasdaq_listed',
    kind: 'symbols',
    delimiter: '|',
    headers: ['symbol', 'security name', 'market category', 'etf', 'test issue'],
    columns: { ...DIRECTORY, 'market category': 'primary_exchange' },
    trailer: CREATED,
  },
  {
    name: 'nasdaq_other',
    kind: 'symbols',
    delimiter: '|',
    headers: ['act symbol', 'security name', 'exchange', 'etf', 'test issue'],
    columns: DIRECTORY,
    trailer: CREATED,
  },
  {
    name: 'stooq',
    kind: 'prices',
    delimiter: ',',
    headers: ['<ticker>', '<per>', '<date>', '<close>'],
    columns: {
      '<ticker>': 'symbol',
      '<per>': 'period',
      '<date>': 'date',
      '<open>': 'open',
      '<high>': 'high',
      '<low>': 'low',
      '<close>': 'close',
      '<vol>': 'volume',
    },
  },
  {
    name: 'price_table',
    kind: 'prices',
    delimiter: ',',
    headers: ['ticker', 'date', 'close'],
    columns: { ticker: 'symbol' },
  },
  { name: 'price_history', kind: 'prices', delimiter: ',', headers: ['date', 'close'], columns: {} },
  {
    name: 'price_history',
    kind: 'prices',
    delimiter: ',',
    headers: ['timestamp', 'close'],
    columns: { timestamp: 'date' },
  },
]

/**
 * Recognises a vendor's header on the first lines of a file. Returns nothing for any other header. Throws FileProblem if
 * neither the file nor its name tells the symbol of its prices.
 */
export function readMarketHeader(
  kind: LoadKind,
  lines: readonly string[],
  fileName: string,
): MarketHeader | undefined {
  if (kind !== 'symbols' && kind !== 'prices') return undefined
  const yfinance = kind === 'prices' ? readYfinance(lines) : undefined
  if (yfinance) return yfinance
  for (const { name, delimiter, headers, columns, trailer, ...layout } of LAYOUTS) {
    if (layout.kind !== kind) continue
    const cells = split(lines[0] ?? '', delimiter)
    if (!headers.every((header) => cells.includes(header))) continue
    const named = cells.map((cell) => (Object.hasOwn(columns, cell) ? columns[cell]! : cell))
    const symbol = named.includes('symbol') ? undefined : symbolInName(fileName)
    return { name, delimiter, cells: named, above: 0, symbol, ...(trailer ? { trailer } : {}) }
  }
  return undefined
}

/** Reads the three header lines that yfinance has written since 2024: fields, tickers, and the name of the index. */
function readYfinance(lines: readonly string[]): MarketHeader | undefined {
  const [fields = [], tickers = [], index = []] = lines.map((line) => split(line, ','))
  if (!['price', ''].includes(fields[0] ?? '-') || !['ticker', ''].includes(tickers[0] ?? '-'))
    return undefined
  if (!['date', 'datetime'].includes(index[0] ?? '') || !fields.includes('close')) return undefined
  const symbols = new Set(tickers.slice(1).filter((cell) => cell !== ''))
  if (symbols.size !== 1) {
    throw new FileProblem({
      message: `the prices of ${symbols.size} symbols stand side by side`,
      line: 2,
      value: [...symbols].join(', ').toUpperCase().slice(0, 80),
      remedy:
        'Write one row per symbol and day: frame.stack(level="Ticker").to_csv(...), or one file per symbol.',
    })
  }
  const symbol = [...symbols][0]!.toUpperCase()
  return {
    name: 'yfinance',
    delimiter: ',',
    cells: ['date', ...fields.slice(1)],
    above: 2,
    symbol: checked(symbol),
  }
}

/** Words of file names that are no ticker. */
const FILLERS =
  /^(prices?|ohlcv|eod|daily|data|quotes?|history|historical|download|export|max|\d+[dmy]?|\d*)$/i

/** Returns the only word of a file name that may be a ticker: `AAPL.csv`, `aapl_us_d.csv` (Stooq), `prices_BRK-B.csv`. */
function symbolInName(fileName: string): string {
  const stem = fileName.replace(/\.(csv|csv\.gz|txt)$/i, '').replace(/ *\(\d+\)$/, '')
  const stooq = /^([a-z0-9.-]+)[._]us(_[dwm])?$/i.exec(stem)?.[1]
  const words = stooq ? [stooq] : stem.split(/[ _]+/).filter((word) => !FILLERS.test(word))
  const [only, ...others] = words
  if (only === undefined || others.length > 0 || !/^[a-z][a-z0-9]{0,5}([.-][a-z]{1,2})?$/i.test(only)) {
    throw new FileProblem({
      message: 'neither the file nor its name says which symbol the prices are of',
      line: 1,
      remedy: 'Add a column symbol, or name the file after the symbol: AAPL.csv.',
    })
  }
  return only.toUpperCase()
}

function checked(symbol: string): string {
  if (/^[A-Z0-9^][A-Z0-9.^=-]*$/.test(symbol)) return symbol
  throw new FileProblem({
    message: 'not a ticker symbol',
    line: 2,
    value: symbol.slice(0, 80),
    remedy: 'Correct it.',
  })
}

function split(line: string, delimiter: string): string[] {
  return line.split(delimiter).map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim()
      .toLowerCase(),
  )
}
