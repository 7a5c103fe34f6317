import { FileProblem } from '../file-problem.js'
import { kindOf, type LoadKind } from '../kinds.js'
import { refuseOtherThanCsv } from './file-signature.js'
import { readMarketHeader, type MarketHeader } from './market-layout.js'

/** First line of a canonical file. */
export interface CanonicalHeader {
  /** Columns of the staging table in the order of the file; unknown columns are extra_1, extra_2 and so on. */
  columns: string[]
  /** Header cells of the columns extra_n, as the file spells them. */
  unread: string[]
  /** False if the first line is a row already. */
  header: boolean
  /** The file begins with a byte order mark. */
  bom: boolean
  /** Separator, if it is not the comma. */
  delimiter?: string
  /** Lines above the header, and their bytes, the byte order mark included. */
  above?: { lines: number; bytes: number }
  /** The vendor's layout that the file has. */
  market?: MarketHeader
}

/** Thrown for a header that is not canonical: the file may come from an issuer. */
export class NotCanonical extends FileProblem {}

/** Number of unknown columns that the staging tables take; wider files pass through staged_wide. */
export const MAX_EXTRA = 8

/** Number of columns of staged_wide. */
const MAX_COLUMNS = 200

const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Limit for the length of the first line. An issuer's header has to be within as many bytes, too. */
export const MAX_HEADER_BYTES = 65_536

/**
 * Reads the header of a canonical file from its first MAX_HEADER_BYTES: known columns in any order and case. A list
 * may begin with a symbol instead. Throws NotCanonical for another header, FileProblem for anything else.
 */
export function readCanonicalHeader(kind: LoadKind, head: Buffer, fileName = ''): CanonicalHeader {
  const bom = head.subarray(0, 3).equals(BOM)
  refuseOtherThanCsv(kind, head)
  const end = head.findIndex((byte) => byte === 0x0a || byte === 0x0d)
  if (/^\s*$/.test(head.toString('utf8', bom ? 3 : 0)))
    throw new FileProblem({ message: 'the file is empty', remedy: 'Export or download it again.' })
  const line = head.toString('utf8', bom ? 3 : 0, end < 0 ? head.length : end)
  if (end < 0 && head.length >= MAX_HEADER_BYTES) {
    throw new FileProblem({
      message: 'the first line is longer than 64 KiB',
      line: 1,
      remedy: 'Is it a CSV file? It needs one line per row.',
    })
  }
  refuseNul(line)
  const declared = /^"?sep=(.)"?$/i.exec(line.trim())?.[1] ?? (/^sep=\t$/i.test(line) ? '\t' : undefined)
  if (declared !== undefined) return belowSeparator(kind, head, fileName, declared)
  return readHeaderLine(kind, head, line, { bom, fileName })
}

/** Reads the header below Excel's line `sep=;`. */
function belowSeparator(kind: LoadKind, head: Buffer, fileName: string, delimiter: string): CanonicalHeader {
  const bytes = /^[^\r\n]*(\r\n|\r|\n|$)/.exec(head.toString('latin1'))![0].length
  const rest = head.subarray(bytes)
  const line = /^[^\r\n]*/.exec(rest.toString('utf8'))![0]
  refuseNul(line)
  const header = readHeaderLine(kind, rest, line, { bom: false, fileName, delimiter })
  return { ...header, delimiter, above: { lines: 1, bytes } }
}

function readHeaderLine(
  kind: LoadKind,
  head: Buffer,
  line: string,
  { bom, fileName, delimiter = ',' }: { bom: boolean; fileName: string; delimiter?: string },
): CanonicalHeader {
  const market = delimiter === ',' ? readMarket(kind, head, bom, fileName) : undefined
  if (market) return market
  const cells = splitLine(line, delimiter).map((cell) => cell.trim())
  const names = columnNames(kind, cells)
  if (kindOf(kind).headerOptional && isFirstSymbol(names))
    return { columns: ['symbol'], unread: [], header: false, bom }
  const columns = stagingColumns(kind, names)
  const unread = cells.filter((cell, index) => cell !== '' && columns[index]?.startsWith('extra_'))
  return { columns, unread, header: true, bom }
}

/** Reads the header of a vendor's listing or price file, if it is one. */
function readMarket(
  kind: LoadKind,
  head: Buffer,
  bom: boolean,
  fileName: string,
): CanonicalHeader | undefined {
  const { required, universe } = kindOf(kind)
  if (universe !== undefined) return undefined
  const lines = head.toString('utf8', bom ? 3 : 0).split(/\r\n|\r|\n/, 3)
  const first = (lines[0] ?? '').split(',').map((cell) => cell.trim().replace(/^"|"$/g, '').toLowerCase())
  const isCanonical = required.every((name) => first.includes(name)) && !first.includes('last sale')
  const market = isCanonical ? undefined : readMarketHeader(kind, lines, fileName)
  if (!market) return undefined
  const columns = stagingColumns(kind, market.cells, market)
  const unread = market.cells.filter((cell, index) => cell !== '' && columns[index]?.startsWith('extra_'))
  const header = { columns, unread, header: true, bom, market }
  if (market.above === 0)
    return market.delimiter === ',' ? header : { ...header, delimiter: market.delimiter }
  const above = lines.slice(0, market.above).join('\n')
  const end = /\r\n/.test(head.toString('latin1')) ? 2 : 1
  const bytes = Buffer.byteLength(above) - (market.above - 1) + market.above * end + (bom ? 3 : 0)
  return { ...header, bom: false, above: { lines: market.above, bytes } }
}

/** Headings that stand for the column symbol where no column has that name. */
const SYMBOL_HEADINGS = [
  'symbols',
  'ticker',
  'tickers',
  'ticker symbol',
  'ticker symbols',
  'stock symbol',
  'code',
  'codes',
  'constituent',
  'constituents',
  'component',
  'components',
  'member',
  'members',
  'holding',
  'holdings',
  'security',
  'securities',
  'stock',
  'stocks',
]

/**
 * Returns the header cells in lower case, with another heading of the symbols as `symbol`. Files of funds with more than
 * two columns keep theirs: `Ticker,Name,Sector,...` is a download of an issuer.
 */
function columnNames(kind: LoadKind, cells: readonly string[]): string[] {
  const names = cells.map((cell) => cell.toLowerCase())
  const { universe, issuers } = kindOf(kind)
  if (universe === undefined || names.includes('symbol') || (issuers && names.length > 2)) return names
  const heading = names.find((name) => SYMBOL_HEADINGS.includes(name))
  return names.map((name) => (name === heading ? 'symbol' : name))
}

/** A list without a header starts with a symbol. */
function isFirstSymbol(names: readonly string[]): boolean {
  const [first = ''] = names
  return names.length === 1 && first !== '' && first !== 'symbol'
}

/** PostgreSQL stores no NUL byte, in messages neither. */
function refuseNul(line: string): void {
  if (!line.includes('\0')) return
  throw new FileProblem({
    message: 'a NUL byte',
    line: 1,
    remedy: 'The file is damaged or not text: export or download it again.',
  })
}

function stagingColumns(kind: LoadKind, names: readonly string[], market?: MarketHeader): string[] {
  const { columns, vendorColumns = [], required } = kindOf(kind)
  const known = market ? [...columns, ...vendorColumns] : columns
  const missing = required.filter(
    (name) => !names.includes(name) && !(name === 'symbol' && market?.symbol !== undefined),
  )
  if (missing.length > 0) throw missingColumns(missing, names)
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index)
  if (repeated !== undefined) {
    throw new FileProblem({
      message: `the header names the column ${repeated} twice`,
      line: 1,
      column: repeated,
      remedy: 'Keep one column of each name.',
    })
  }
  let extra = 0
  if (names.length > MAX_COLUMNS) {
    throw new FileProblem({
      message: `the header names ${names.length} columns, at most ${MAX_COLUMNS} may be`,
      line: 1,
      remedy: `Known columns: ${columns.join(', ')}.`,
    })
  }
  return names.map((name) => (known.includes(name) ? name : `extra_${(extra += 1)}`))
}

function missingColumns(missing: readonly string[], names: readonly string[]): NotCanonical {
  const line = names.join(',')
  const separated = names.length === 1 && /[;\t|]/.test(line)
  return new NotCanonical({
    message: `the header has no column ${missing.join(', ')}`,
    line: 1,
    value: line.slice(0, 80),
    remedy: separated
      ? 'Separate the columns with commas.'
      : `The first line must name the columns, ${missing.join(', ')} among them.`,
  })
}

function splitLine(line: string, delimiter: string): string[] {
  const fields: string[] = []
  // A blank can match in one place only: with two, a long line of them would take seconds.
  const comma = /[\\\]^-]/.test(delimiter) ? `\\${delimiter}` : delimiter
  const field = new RegExp(`("(?:[^"]|"")*"\\s*|[^"${comma}]*)([${comma}]|$)`, 'y')
  do {
    const match = field.exec(line)
    if (!match) {
      throw new NotCanonical({
        message: 'a quote in the header is never closed',
        line: 1,
        value: line.slice(0, 80),
        remedy: 'Close or remove it.',
      })
    }
    fields.push((match[1] ?? '').trim().replace(/^"|"$/g, '').replaceAll('""', '"'))
    if (match[2] === '') break
  } while (field.lastIndex <= line.length)
  return fields
}
