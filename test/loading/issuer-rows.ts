import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Papa from 'papaparse'
import readWorkbook from 'read-excel-file/node'
import { marketDir } from '../support/index.js'
import type { Row } from './staging.js'

/** Where the columns of an issuer's file stand, and the first cell of its header. */
interface Layout {
  path: string
  first: string
  columns: Partial<Record<keyof Row, string>>
}

/** The five issuer files of a market folder. */
export const LAYOUTS: Record<string, Layout> = {
  IWV: layout('ishares/IWV_holdings.csv', 'Ticker'),
  IVV: layout('ishares/IVV_holdings.csv', 'Ticker'),
  SPY: {
    path: 'statestreet/holdings-daily-us-en-spy.xlsx',
    first: 'Name',
    columns: { symbol: 'Ticker', weight: 'Weight', name: 'Name', sector: 'Sector' },
  },
  QQQ: {
    path: 'invesco/qqq_holdings.csv',
    first: 'Fund Ticker',
    columns: {
      symbol: 'Holding Ticker',
      weight: 'Weight',
      name: 'Name',
      sector: 'Sector',
      asset_class: 'Class of Shares',
    },
  },
  ARKK: {
    path: 'ark/ARK_INNOVATION_ETF_ARKK_HOLDINGS.csv',
    first: 'date',
    columns: { symbol: 'ticker', weight: 'weight (%)', name: 'company' },
  },
}

function layout(path: string, first: string): Layout {
  const columns = { symbol: 'Ticker', weight: 'Weight (%)', name: 'Name', sector: 'Sector' }
  return { path, first, columns: { ...columns, asset_class: 'Asset Class', exchange: 'Exchange' } }
}

/** The rows under the header of an issuer file up to the first short one, trimmed, with their record number. */
export async function issuerRows({ path, first, columns }: Layout): Promise<Row[]> {
  const table = await cells(join(marketDir(), 'issuer', path))
  const top = table.findIndex((row) => row[0] === first)
  const end = table.findIndex((row, index) => index > top && row.filter((cell) => cell !== '').length < 2)
  const places = Object.entries(columns).map(([to, from]) => [to, table[top]!.indexOf(from)] as const)
  return table.slice(top + 1, end).map((row, index) => ({
    line: top + index + 2,
    ...Object.fromEntries(places.map(([to, place]) => [to, row[place] || null])),
  }))
}

async function cells(path: string): Promise<string[][]> {
  if (!path.endsWith('.xlsx')) {
    const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '')
    return Papa.parse<string[]>(text).data.map((row) => row.map((cell) => cell.trim()))
  }
  const [sheet] = await readWorkbook(path)
  return sheet!.data.map((row) => row.map((cell) => (cell === null ? '' : String(cell))))
}
