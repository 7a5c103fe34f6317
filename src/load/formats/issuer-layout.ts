import type pg from 'pg'
import { UniversesError } from '../../errors.js'

/** Columns of the staging table that an issuer's file can fill, in the order of ISSUER_COPY. */
export const STAGED_COLUMNS = [
  'symbol',
  'weight',
  'name',
  'sector',
  'asset_class',
  'exchange',
  'country',
  'currency',
  'market_currency',
  'cusip',
  'isin',
  'sedol',
  'figi',
  'market_value',
] as const
export type StagedColumn = (typeof STAGED_COLUMNS)[number]

/** COPY of rows that come with their line in the file. */
export const ISSUER_COPY = `COPY staged_members (line, ${STAGED_COLUMNS.join(', ')}) FROM STDIN WITH (FORMAT csv, ENCODING 'UTF8')`

/** Meaning of a header cell: a staging column, or a fact about the whole file. */
export type HeaderColumn = StagedColumn | 'fund' | 'as_of'

/** Layout of an issuer's holdings files: a row of issuer_formats. */
export interface IssuerLayout {
  name: string
  /** Fingerprint: cells that the header row has, as `headerCell` spells them. */
  headers: string[]
  /** Header cells by what they stand for; the first that the file has counts. */
  columns: Partial<Record<HeaderColumn, string[]>>
  /** First group: ticker of the fund, in a row above the header or in the column `fund`. */
  fundPattern: RegExp | undefined
  /** First group: date of the holdings, in a row above the header. */
  asOfPattern: RegExp | undefined
  /** The file holds several tables, each under a line with its title. */
  sectioned: boolean
  /** The column `fund` may name several funds. */
  severalFunds: boolean
}

interface LayoutRow {
  name: string
  headers: string[]
  columns: Partial<Record<HeaderColumn, string[]>>
  fund_pattern: string | null
  as_of_pattern: string | null
  sectioned: boolean
  several_funds: boolean
  /** Name of the table with its schema, for remedies. */
  relation: string
}

/** Reads the layouts that this database knows. An invalid regular expression is an error that names its row. */
export async function readIssuerLayouts(client: pg.Client): Promise<IssuerLayout[]> {
  const { rows } = await client.query<LayoutRow>(
    `SELECT f.*, format('%I.issuer_formats', engine_schema()) AS relation FROM issuer_formats AS f ORDER BY f.name`,
  )
  return rows.map(toIssuerLayout)
}

function toIssuerLayout(row: LayoutRow): IssuerLayout {
  const { name, headers, columns, sectioned, several_funds: severalFunds } = row
  return {
    name,
    sectioned,
    severalFunds,
    headers: headers.map(headerCell),
    columns: Object.fromEntries(
      Object.entries(columns).map(([column, cells]) => [column, cells.map(headerCell)]),
    ),
    fundPattern: pattern(row, 'fund_pattern'),
    asOfPattern: pattern(row, 'as_of_pattern'),
  }
}

/** Returns a header cell as it is compared: lower case, blanks (non-breaking ones too) trimmed and collapsed. */
export function headerCell(cell: string): string {
  return cell.trim().replace(/\s+/g, ' ').toLowerCase()
}

function pattern(row: LayoutRow, column: 'fund_pattern' | 'as_of_pattern'): RegExp | undefined {
  const { name, relation, [column]: text } = row
  if (text === null) return undefined
  try {
    return new RegExp(text, 'i')
  } catch (thrown) {
    throw new UniversesError(`${column} of the issuer format ${name} is no regular expression: ${text}`, {
      hint: `Correct the row: UPDATE ${relation} SET ${column} = ... WHERE name = '${name}'.`,
      cause: thrown,
    })
  }
}
