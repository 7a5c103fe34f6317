import { FileProblem } from '../file-problem.js'
import { refuseOtherThanCsv } from '../finding/file-kind.js'
import { STAGED_COLUMNS } from './issuer-format.js'
import type { LoadKind } from '../result.js'

/** How the bytes of a file become rows of the staging table. */
export interface Format {
  /** Staging columns in the order of the file; columns that nothing reads are extra_1 to extra_8. */
  columns: string[]
  header: boolean
  bom: boolean
}

/** Columns that each kind of file may have; the required ones and the staging table. */
const MEMBERS = { table: 'staged_members', known: ['symbol', 'weight'], required: ['symbol'] }
const SECTORS = { table: 'staged_sectors', known: ['symbol', 'sector'], required: ['symbol', 'sector'] }
const KINDS: Record<LoadKind, { table: string; known: string[]; required: string[] }> = {
  etfs: MEMBERS,
  universes: MEMBERS,
  themes: MEMBERS,
  sectors: SECTORS,
  prices: {
    table: 'staged_prices',
    known: ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume'],
    required: ['symbol', 'date', 'close'],
  },
  symbols: {
    table: 'staged_symbols',
    known: [
      ...[
        'symbol',
        'name',
        'type',
        'primary_exchange',
        'active',
        'market_cap',
        'weighted_shares_outstanding',
      ],
      ...['list_date', 'sector', 'industry', 'sic_code', 'sic_description', 'country'],
    ],
    required: ['symbol'],
  },
}

/** A header that is not canonical: the file may come from an issuer. */
export class NotCanonical extends FileProblem {}

const MAX_EXTRA = 8
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Longest first line, all of which `recogniseFormat` needs to see; the header of an issuer's file stands within as much. */
export const MAX_HEADER_BYTES = 65_536

/**
 * Recognises a canonical file by its first bytes: the header in any order and case, known columns by name. A universe
 * list may have no header: then its first line is a symbol. Throws NotCanonical for another header, FileProblem for
 * anything else.
 */
export function recogniseFormat(kind: LoadKind, head: Buffer): Format {
  const bom = head.subarray(0, 3).equals(BOM)
  refuseOtherThanCsv(kind, head)
  const end = head.findIndex((byte) => byte === 0x0a || byte === 0x0d)
  if (/^\s*$/.test(head.toString('utf8', bom ? 3 : 0)))
    throw new FileProblem({ message: 'the file is empty', remedy: 'Export or download it again.' })
  const line = head.toString('utf8', bom ? 3 : 0, end < 0 ? head.length : end)
  if (end < 0 && head.length >= MAX_HEADER_BYTES)
    throw new FileProblem({ message: 'the first line is longer than 64 KiB', line: 1, remedy: IS_IT_CSV })
  const names = splitLine(line).map((name) => name.trim().toLowerCase())
  if ((kind === 'universes' || kind === 'themes') && isFirstSymbol(names))
    return { columns: ['symbol'], header: false, bom }
  return { columns: stagingColumns(kind, names), header: true, bom }
}

/** COPY of a file in this format; file and line come from the defaults of the staging table. */
export function copyStatement(kind: LoadKind, { columns, header }: Format): string {
  const list = columns.join(', ')
  const options = `FORMAT csv, HEADER ${header}, ENCODING 'UTF8', FORCE_NULL (${list})`
  return `COPY ${KINDS[kind].table} (${list}) FROM STDIN WITH (${options})`
}

/** COPY of the rows of an issuer's file, which come with their line numbers. */
export const ISSUER_COPY = `COPY staged_members (line, ${STAGED_COLUMNS.join(', ')}) FROM STDIN WITH (FORMAT csv, ENCODING 'UTF8')`

const IS_IT_CSV = 'Is it a CSV file? It needs one line per row.'

/** A list without a header starts with a symbol; a lone heading in other words is not mistaken for one. */
function isFirstSymbol(names: readonly string[]): boolean {
  const [first = ''] = names
  return names.length === 1 && !['', 'symbol', 'symbols', 'ticker', 'tickers'].includes(first)
}

function stagingColumns(kind: LoadKind, names: readonly string[]): string[] {
  const { known, required } = KINDS[kind]
  const missing = required.filter((name) => !names.includes(name))
  if (missing.length > 0) throw missingColumns(missing, names)
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index)
  if (repeated !== undefined) {
    throw new FileProblem({
      ...{ message: `the header names the column ${repeated} twice`, line: 1, column: repeated },
      remedy: 'Keep one column of each name.',
    })
  }
  let extra = 0
  const columns = names.map((name) => (known.includes(name) ? name : `extra_${(extra += 1)}`))
  if (extra > MAX_EXTRA) {
    throw new FileProblem({
      ...{ message: `${extra} columns are unknown, at most ${MAX_EXTRA} may be`, line: 1 },
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
    ...{ line: 1, value: line.slice(0, 80) },
    remedy: separated
      ? 'Separate the columns with commas.'
      : `The first line must name the columns, ${missing.join(', ')} among them.`,
  })
}

function splitLine(line: string): string[] {
  const fields: string[] = []
  // Only one way to take blanks: with a second one, a long line of them takes seconds.
  const field = /("(?:[^"]|"")*"\s*|[^",]*)(,|$)/y
  do {
    const match = field.exec(line)
    if (!match) {
      throw new NotCanonical({
        ...{ message: 'a quote in the header is never closed', line: 1, value: line.slice(0, 80) },
        remedy: 'Close or remove it.',
      })
    }
    fields.push((match[1] ?? '').trim().replace(/^"|"$/g, '').replaceAll('""', '"'))
    if (match[2] === '') break
  } while (field.lastIndex <= line.length)
  return fields
}
