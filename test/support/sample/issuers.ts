import Papa from 'papaparse'
import { workbook } from '../workbook-file.js'
import type { Constituent, Funds } from './funds.js'
import type { Listed, Listing } from './listing.js'

/** A constituent with what the listing says about it. */
interface Holding extends Constituent {
  name: string
  sector: string
  exchange: string
}

/** Files of five funds in the layouts in which their issuers offer them, by path below `issuer/`. */
export function issuerFiles(funds: Funds, { active, delisted }: Listing): Record<string, string | Buffer> {
  const listed = new Map<string, Listed>([...delisted, ...active].map((row) => [row.symbol, row]))
  const holdings = (fund: string): Holding[] =>
    funds[fund]!.map((row) => ({
      ...row,
      name: (listed.get(row.symbol)?.name ?? row.symbol).replaceAll(/[.,]/g, '').toUpperCase(),
      sector: listed.get(row.symbol)?.sector.replace(/^Communication.*/, 'Communication') ?? '-',
      exchange:
        listed.get(row.symbol)?.primary_exchange === 'XNAS' ? 'NASDAQ' : 'New York Stock Exchange Inc.',
    }))
  return {
    'ishares/IVV_holdings.csv': ishares('iShares Core S&P 500 ETF', 'Nov 18, 2025', holdings('ivv')),
    'ishares/IWV_holdings.csv': ishares('iShares Russell 3000 ETF', 'May 21, 2025', holdings('iwv')),
    'statestreet/holdings-daily-us-en-spy.xlsx': stateStreet(holdings('spy')),
    'invesco/qqq_holdings.csv': invesco(holdings('qqq')),
    'ark/ARK_INNOVATION_ETF_ARKK_HOLDINGS.csv': ark(holdings('arkk')),
  }
}

const ISHARES_HEADER =
  'Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price,Location,Exchange,Currency,FX Rate,Market Currency,Accrual Date'

/** Rows of every iShares fund that are no constituents. */
const ISHARES_OTHERS = [
  ['XTSLA', 'BLK CSH FND TREASURY SL AGENCY', 'Cash and/or Derivatives', 'Money Market', '-'],
  ['USD', 'USD CASH', 'Cash and/or Derivatives', 'Cash', '-'],
  ['JPM', 'CASH COLLATERAL USD JPM', 'Cash and/or Derivatives', 'Cash Collateral and Margins', '-'],
  ['ESZ5', 'S&P500 EMINI DEC 25', 'Cash and/or Derivatives', 'Futures', 'Index And Options Market'],
] as const

/** A preamble of nine lines behind a byte order mark, share classes without dot, everything quoted, legal text at the end. */
function ishares(title: string, date: string, holdings: readonly Holding[]): string {
  const row = ([ticker, name, sector, kind, exchange]: readonly string[], weight: number): string[] => {
    const value = (weight * 7e9).toLocaleString('en-US', { minimumFractionDigits: 2 })
    const cells = [ticker!, name!, sector!, kind!, value, weight.toFixed(2), value, '1,000.00', '100.00']
    return [...cells, 'United States', exchange!, 'USD', '1.00', 'USD', '-']
  }
  const rows = holdings.map(({ symbol, name, sector, exchange, weight }) =>
    row([symbol.replace('.', ''), name, sector, 'Equity', exchange], weight),
  )
  const others = ISHARES_OTHERS.map((cells) => row(cells, 0))
  const preamble = ['Stock', 'Bond', 'Cash', 'Other'].map((kind) => `${kind},"-"`)
  return [
    `\ufeff${title}`,
    `Fund Holdings as of,"${date}"`,
    'Inception Date,"Jan 3, 2000"',
    'Shares Outstanding,"1,000,000.00"',
    ...preamble,
    '\u00a0',
    ISHARES_HEADER,
    Papa.unparse([...rows, ...others], { quotes: true, newline: '\n' }),
    '\u00a0',
    '"Written for tests.\nHoldings subject to change."',
  ].join('\n')
}

/** Five rows before the constituents, cash without ticker, and notes below. */
function stateStreet(holdings: readonly Holding[]): Buffer {
  const header = [
    'Name',
    'Ticker',
    'Identifier',
    'SEDOL',
    'Weight',
    'Sector',
    'Shares Held',
    'Local Currency',
  ]
  const row = (name: string, ticker: string, weight: number): (string | number)[] => {
    return [name, ticker, '000000000', '0000000', weight, '-', Math.round(weight * 1e7), 'USD']
  }
  return workbook({
    holdings: [
      ['Fund Name:', 'SPDR® S&P 500® ETF Trust'],
      ['Ticker Symbol:', 'SPY'],
      ['Holdings:', 'As of 18-Nov-2025'],
      [],
      header,
      ...holdings.map(({ name, symbol, weight }) => row(name, symbol, weight)),
      row('US DOLLAR', '-', 0.05),
      [],
      ['Past performance is not a reliable indicator of future performance.'],
    ],
  })
}

/** Carriage returns, no preamble, tickers with a blank behind them, dates in a column. */
function invesco(holdings: readonly Holding[]): string {
  const rows = holdings.map(({ symbol, name, sector, weight }) => ({
    'Fund Ticker': 'QQQ',
    'Security Identifier': '000000000',
    'Holding Ticker': `${symbol} `,
    'Shares/Par Value': '1,000',
    MarketValue: '100,000.00',
    Weight: weight,
    Name: name,
    'Class of Shares': 'Common Stock',
    Sector: sector,
    Date: '09/24/2025',
  }))
  return `${Papa.unparse(rows, { newline: '\r\n' })}\r\n`
}

/** Percent signs, a code of Bloomberg instead of a ticker, a money-market row, legal text in the last line. */
function ark(holdings: readonly Holding[]): string {
  const row = (company: string, ticker: string, weight: number): object => ({
    date: '06/04/2024',
    fund: 'ARKK',
    company,
    ticker,
    cusip: '000000000',
    shares: '1,000',
    'market value ($)': '$100,000.00',
    'weight (%)': `${weight.toFixed(2)}%`,
  })
  const rows = holdings.map(({ symbol, name, weight }) =>
    row(name, symbol === 'ROKU' ? 'ROKU UW' : symbol, weight),
  )
  const money = row('GOLDMAN FS TRSY OBLIG INST 468', '', 0.18)
  return `${Papa.unparse([...rows, money], { newline: '\n' })}\n"Written for tests. Holdings are subject to change."\n`
}
