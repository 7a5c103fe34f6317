import { FileProblem } from '../file-problem.js'
import { kindOf, type LoadKind } from '../kinds.js'
import { refuseOtherThanCsv } from './file-signature.js'

/** First line of a canonical file. */
export interface CanonicalHeader {
  /** Columns of the staging table in the order of the file; unknown columns are extra_1 to extra_8. */
  columns: string[]
  /** Header cells of the columns extra_n, as the file spells them. */
  unread: string[]
  /** False if the first line is a row already. */
  header: boolean
  /** The file begins with a byte order mark. */
  bom: boolean
}

/** Thrown for a header that is not canonical: the file may come from an issuer. */
export class NotCanonical extends FileProblem {}

const MAX_EXTRA = 8
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Limit for the length of the first line. An issuer's header has to be within as many bytes, too. */
export const MAX_HEADER_BYTES = 65_536

/**
 * Reads the header of a canonical file from its first MAX_HEADER_BYTES: known columns in any order and case. A list
 * may begin with a symbol instead. Throws NotCanonical for another header, FileProblem for anything else.
 */
export function readCanonicalHeader(kind: LoadKind, head: Buffer): CanonicalHeader {
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
  const cells = splitLine(line).map((cell) => cell.trim())
  const names = columnNames(kind, cells)
  if (kindOf(kind).headerOptional && isFirstSymbol(names))
    return { columns: ['symbol'], unread: [], header: false, bom }
  const columns = stagingColumns(kind, names)
  const unread = cells.filter((cell, index) => cell !== '' && columns[index]?.startsWith('extra_'))
  return { columns, unread, header: true, bom }
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

function stagingColumns(kind: LoadKind, names: readonly string[]): string[] {
  const { columns: known, required } = kindOf(kind)
  const missing = required.filter((name) => !names.includes(name))
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
  const columns = names.map((name) => (known.includes(name) ? name : `extra_${(extra += 1)}`))
  if (extra > MAX_EXTRA) {
    throw new FileProblem({
      message: `${extra} columns are unknown, at most ${MAX_EXTRA} may be`,
      line: 1,
      remedy: `Known columns: ${known.join(', ')}.`,
    })
  }
  return columns
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

function splitLine(line: string): string[] {
  const fields: string[] = []
  // A blank can match in one place only: with two, a long line of them would take seconds.
  const field = /("(?:[^"]|"")*"\s*|[^",]*)(,|$)/y
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
