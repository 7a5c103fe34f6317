import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/package.js'

type Row = Record<string, string>

const folder = join(packageRoot, 'holdings')
const text = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8')
const read = (...path: string[]): Row[] => parse<Row>(text(...path), { columns: true })

const symbols = read('market', 'symbols.csv')
const prices = read('market', 'prices.csv')
const stocks = symbols.filter((row) => row['type'] === 'CS')
const known = new Set(symbols.map((row) => row['symbol'] ?? ''))
const close = new Map(prices.map((row) => [row['symbol'], Number(row['close'])]))
const fundFiles = readdirSync(folder).filter((name) => name.endsWith('_holdings.csv'))
const funds = fundFiles.map((file) => file.replace('_holdings.csv', '').toUpperCase())

/** The band of a stock by close x shares, or nothing below 50 million. */
function band(row: Row): string | undefined {
  const cap = (close.get(row['symbol']) ?? NaN) * Number(row['weighted_shares_outstanding'])
  const bounds: [string, number][] = [
    ['mega', 200e9],
    ['large', 10e9],
    ['mid', 2e9],
    ['small', 300e6],
    ['micro', 50e6],
  ]
  return bounds.find(([, from]) => cap >= from)?.[0]
}

describe('starter symbols', () => {
  it('have the canonical header', () => {
    expect(text('market', 'symbols.csv').split('\n')[0]).toBe(
      'symbol,name,type,primary_exchange,active,market_cap,weighted_shares_outstanding,list_date,' +
        'sector,industry,country,sic_code,sic_description',
    )
    expect(text('market', 'prices.csv').split('\n')[0]).toBe('symbol,date,open,high,low,close,volume')
  })

  it('are at least 150 stocks and the 15 funds, each once', () => {
    expect(stocks.length).toBeGreaterThanOrEqual(150)
    expect(
      symbols
        .filter((row) => row['type'] === 'ETF')
        .map((row) => row['symbol'])
        .sort(),
    ).toEqual(funds.sort())
    expect(known.size).toBe(symbols.length)
  })

  it('cover all eleven sectors, ten stocks or more in each, all with a SIC code', () => {
    const counts = new Map<string, number>()
    for (const row of stocks) counts.set(row['sector'] ?? '', (counts.get(row['sector'] ?? '') ?? 0) + 1)
    expect(counts.size).toBe(11)
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(10)
    expect(stocks.filter((row) => !/^\d{4}$/.test(row['sic_code'] ?? ''))).toEqual([])
  })

  it('reach all five bands by close x shares, and none falls below them', () => {
    const counts = new Map<string | undefined, number>()
    for (const row of stocks) counts.set(band(row), (counts.get(band(row)) ?? 0) + 1)
    expect([...counts.keys()].sort()).toEqual(['large', 'mega', 'micro', 'mid', 'small'])
    expect(counts.get('micro')).toBeGreaterThanOrEqual(8)
    expect(counts.get('small')).toBeGreaterThanOrEqual(15)
  })

  it('have one price each, consistent within the day', () => {
    expect(prices.map((row) => row['symbol']).sort()).toEqual([...known].sort())
    expect(new Set(prices.map((row) => row['date'])).size).toBe(1)
    const wrong = prices.filter((row) => {
      const [low, open, last, high] = ['low', 'open', 'close', 'high'].map((name) => Number(row[name]))
      return !(Number(low) <= Math.min(Number(open), Number(last)) && Number(high) >= Number(last))
    })
    expect(wrong).toEqual([])
  })
})

describe('starter universes', () => {
  it('name the 30 Dow members, all of them known', () => {
    const dow = read('universes', 'dow30.csv').map((row) => row['symbol'] ?? '')
    expect(new Set(dow).size).toBe(30)
    expect(dow).toEqual(expect.arrayContaining(['AMZN', 'NVDA', 'SHW']))
    expect(dow.filter((symbol) => !known.has(symbol))).toEqual([])
  })
})

describe('starter funds', () => {
  it('are the eleven sector funds and four broad ones, and nothing else lies beside them', () => {
    expect(funds.sort()).toEqual('DIA QQQ SPY VTI XLB XLC XLE XLF XLI XLK XLP XLRE XLU XLV XLY'.split(' '))
    const beside = readdirSync(folder).filter((name) => !fundFiles.includes(name))
    expect(beside.sort()).toEqual(['README.md', 'market', 'universes'])
  })

  it.each(fundFiles)('%s lists known symbols once, heaviest first, at most 101 percent in all', (file) => {
    const rows = read(file)
    expect(rows.length).toBeGreaterThanOrEqual(15)
    expect(rows.filter((row) => !known.has(row['symbol'] ?? ''))).toEqual([])
    expect(new Set(rows.map((row) => row['symbol'])).size).toBe(rows.length)
    const weights = rows.map((row) => Number(row['weight']))
    expect(weights).toEqual([...weights].sort((a, b) => b - a))
    expect(weights.every((weight) => weight > 0 && weight <= 100)).toBe(true)
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(101)
  })

  it('of one sector hold only stocks of that sector', () => {
    const sector = new Map(symbols.map((row) => [row['symbol'], row['sector']]))
    const mixed = fundFiles
      .filter((file) => file.startsWith('xl'))
      .filter((file) => new Set(read(file).map((row) => sector.get(row['symbol']))).size !== 1)
    expect(mixed).toEqual([])
  })

  it('of the Dow holds the Dow', () => {
    const dow = read('universes', 'dow30.csv').map((row) => row['symbol'])
    expect(
      read('dia_holdings.csv')
        .map((row) => row['symbol'])
        .sort(),
    ).toEqual(dow.sort())
  })
})

describe('starter files', () => {
  it('are UTF-8 with line feeds and no byte order mark', () => {
    const files = [
      ...fundFiles,
      join('market', 'symbols.csv'),
      join('market', 'prices.csv'),
      join('universes', 'dow30.csv'),
    ]
    for (const file of files) {
      expect(text(file)).toMatch(/^[\x20-\x7e\n]+\n$/)
    }
  })
})
