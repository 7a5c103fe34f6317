import type pg from 'pg'
import { usageError } from '../../errors.js'
import { headerCell, STAGED_COLUMNS, type HeaderColumn, type IssuerLayout } from './issuer-layout.js'

/** Columns of a file by the meaning that somebody gives to them: `{ symbol: 'Ticker', weight: '% Weight' }`. */
export type ColumnMap = Partial<Record<HeaderColumn, string>>

const MEANINGS: readonly string[] = [...STAGED_COLUMNS, 'fund', 'as_of']

/** Parses `symbol=Ticker,weight="% Weight"`; a header cell with a comma needs its quotes. Throws a usage error. */
export function parseColumns(text: string): ColumnMap {
  const map: ColumnMap = {}
  for (const [, pair = ''] of text.matchAll(/((?:"[^"]*"|[^,"])*)(?:,|$)/g)) {
    if (pair.trim() === '') continue
    const [, meaning = '', cell = ''] = /^\s*(\w+)\s*=\s*"?(.*?)"?\s*$/s.exec(pair) ?? []
    if (!MEANINGS.includes(meaning) || cell === '') {
      throw usageError(
        `--columns cannot read ${JSON.stringify(pair.trim())}`,
        `Write column=header cell, separated by commas: --columns symbol=Ticker,weight="% Weight". Columns: ${MEANINGS.join(', ')}.`,
      )
    }
    map[meaning as HeaderColumn] = cell
  }
  if (map.symbol === undefined)
    throw usageError('--columns does not say which column has the symbols', 'Add symbol=<header cell>.')
  return map
}

/** Returns the layout of files with these columns: a row of their header has them all. */
export function mappedLayout(columns: ColumnMap, name = 'columns'): IssuerLayout {
  const cells = Object.entries(columns).map(([meaning, cell]) => [meaning, headerCell(cell)] as const)
  return {
    name,
    headers: cells.map(([, cell]) => cell),
    columns: Object.fromEntries(cells.map(([meaning, cell]) => [meaning, [cell]])),
    fundPattern: undefined,
    asOfPattern: undefined,
    sectioned: false,
    severalFunds: columns.fund !== undefined,
  }
}

/** Saves a layout as a row of issuer_formats. Rejects with UV002 if there is one of this name or with this header. */
export async function saveLayout(client: pg.Client, { name, headers, columns }: IssuerLayout): Promise<void> {
  await client.query('SELECT save_issuer_format($1, $2, $3)', [name, headers, JSON.stringify(columns)])
}
