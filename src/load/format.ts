import { FileProblem } from './file-problem.js'
import type { LoadKind } from './result.js'

/** How the bytes of a file become rows of the staging table. */
export interface Format {
  /** Staging columns in the order of the file; columns that nothing reads are extra_1 to extra_8. */
  columns: string[]
  header: boolean
  bom: boolean
}

/** Columns that each kind of file may have; the required ones and the staging table. */
const MEMBERS = { table: 'staged_members', known: ['symbol', 'weight'], required: ['symbol'] }
const KINDS: Record<LoadKind, { table: string; known: string[]; required: string[] }> = {
  etfs: MEMBERS,
  universes: MEMBERS,
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

const MAX_EXTRA = 8
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Longest first line; `recogniseFormat` needs to see all of it. */
export const MAX_HEADER_BYTES = 65_536

/**
 * Recognises a canonical file by its first bytes: the header in any order and case, known columns by name. A universe
 * list may have no header: then its first line is a symbol. Throws FileProblem for anything else.
 */
export function recogniseFormat(kind: LoadKind, head: Buffer): Format {
  const bom = head.subarray(0, 3).equals(BOM)
  refuseOtherFormats(head)
  const end = head.findIndex((byte) => byte === 0x0a || byte === 0x0d)
  if (/^\s*$/.test(head.toString('utf8', bom ? 3 : 0)))
    throw new FileProblem({ message: 'the file is empty', remedy: 'Export or download it again.' })
  const line = head.toString('utf8', bom ? 3 : 0, end < 0 ? head.length : end)
  if (end < 0 && head.length >= MAX_HEADER_BYTES)
    throw new FileProblem({ message: 'the first line is longer than 64 KiB', line: 1, remedy: IS_IT_CSV })
  const names = splitLine(line).map((name) => name.trim().toLowerCase())
  if (kind === 'universes' && isFirstSymbol(names)) return { columns: ['symbol'], header: false, bom }
  return { columns: stagingColumns(kind, names), header: true, bom }
}

/** COPY of a file in this format; file and line come from the defaults of the staging table. */
export function copyStatement(kind: LoadKind, { columns, header }: Format): string {
  const list = columns.join(', ')
  const options = `FORMAT csv, HEADER ${header}, ENCODING 'UTF8', FORCE_NULL (${list})`
  return `COPY ${KINDS[kind].table} (${list}) FROM STDIN WITH (${options})`
}

const IS_IT_CSV = 'Is it a CSV file? It needs one line per row.'

function refuseOtherFormats(head: Buffer): void {
  const refuse = (message: string, remedy: string): never => {
    throw new FileProblem({ message, remedy, line: 1 })
  }
  const start = head.subarray(0, 64)
  const zeros = start.reduce((count, byte) => count + Number(byte === 0), 0)
  const first = start.toString('latin1', 0, 2)
  if (first === '\xff\xfe' || first === '\xfe\xff' || zeros * 4 > start.length)
    refuse('the file is UTF-16', 'Save it as UTF-8 ("CSV UTF-8" in Excel).')
  if (first === 'PK') refuse('the file is a spreadsheet or ZIP archive', 'Save it as CSV.')
  if (first === '\x1f\x8b') refuse('the file is compressed', 'Rename it so that it ends in .csv.gz.')
  if (/^(\xef\xbb\xbf)?\s*</.test(head.toString('latin1', 0, 1024)))
    refuse('the file is a web page, not CSV', 'Often an error page: open it in a browser, download again.')
}

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

function missingColumns(missing: readonly string[], names: readonly string[]): FileProblem {
  const line = names.join(',')
  const separated = names.length === 1 && /[;\t|]/.test(line)
  return new FileProblem({
    message: `the header has no column ${missing.join(', ')}`,
    ...{ line: 1, value: line.slice(0, 80) },
    remedy: separated
      ? 'Separate the columns with commas.'
      : `The first line must name the columns, ${missing.join(', ')} among them.`,
  })
}

function splitLine(line: string): string[] {
  const fields: string[] = []
  const field = /("(?:[^"]|"")*"|[^",]*)\s*(,|$)/y
  do {
    const match = field.exec(line)
    if (!match) {
      throw new FileProblem({
        ...{ message: 'a quote in the header is never closed', line: 1, value: line.slice(0, 80) },
        remedy: 'Close or remove it.',
      })
    }
    fields.push((match[1] ?? '').replace(/^"|"$/g, '').replaceAll('""', '"'))
    if (match[2] === '') break
  } while (field.lastIndex <= line.length)
  return fields
}
