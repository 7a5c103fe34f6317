import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'pg'
import { stopOnExit } from '../../src/operations/stop-on-exit.js'
import { dataDir } from '../support/data.js'
import { removeFolder } from '../support/temporary-folder.js'
import { interleave, type Bench, type Row } from './bench.js'
import { loaded, smallHoldings } from './holdings.js'
import { ratioLine } from './report.js'

const ROWS = 2_641

/** A holdings file as its issuer publishes it, against the same members as canonical CSV. */
export const issuer: Row = {
  name: 'issuer',
  run: async (bench) => {
    const { kind, raw, canonical, template } = await files(bench)
    const name = `load, nothing changed: ${ROWS.toLocaleString('en-US')} equities in ${kind} issuer file`
    const one = await bench.servers.database(template)
    const other = await bench.servers.database(template)
    for (const [path, { client }] of [
      [raw, one],
      [canonical, other],
    ] as const)
      await loadOnce(path, client)
    bench.log(name)
    const again = (path: string, client: Client) => (): Promise<void> => loadAgain(path, client)
    const pairs = await interleave(
      { run: again(canonical, other.client) },
      { run: again(raw, one.client) },
      bench.quick ? 7 : 21,
      3,
    )
    await one.drop()
    await other.drop()
    const note = 'checksums ignored; floor: the same members as symbol,weight'
    return [ratioLine(name, pairs, { atMost: 2 }, { note })]
  },
}

async function loadOnce(path: string, client: Client): Promise<void> {
  const { files } = await loaded({ kind: 'etfs', paths: [path], client })
  if (files[0]?.rows !== ROWS) throw new Error(`${files[0]?.rows} members in ${path} instead of ${ROWS}`)
  await client.query('VACUUM (ANALYZE)')
}

async function loadAgain(path: string, client: Client): Promise<void> {
  const { files } = await loaded({ kind: 'etfs', paths: [path], client })
  if (files[0]?.status !== 'unchanged') throw new Error(`${path} was ${files[0]?.status}`)
}

interface Files {
  kind: string
  raw: string
  canonical: string
  /** Template whose symbols the files name. */
  template: string
}

/** The real files of IWV, else generated ones in the same format. */
async function files(bench: Bench): Promise<Files> {
  const data = dataDir()
  if (data !== undefined) {
    const { template } = await smallHoldings(bench)
    const raw = join(data, 'issuer', 'ishares', 'IWV_holdings.csv')
    return { kind: 'a real', raw, canonical: join(data, 'holdings', 'iwv_holdings.csv'), template }
  }
  const folder = mkdtempSync(join(tmpdir(), 'pg-universes-issuer-'))
  stopOnExit(() => removeFolder(folder))
  const raw = join(folder, 'IWV_holdings.csv')
  const canonical = join(folder, 'canonical', 'iwv_holdings.csv')
  mkdirSync(join(folder, 'canonical'))
  const members = Array.from({ length: ROWS }, (_, n) => ticker(n))
  const weight = (100 / ROWS).toFixed(4)
  const lines = members.map((symbol) => `"${symbol}","COMPANY ${symbol} INC",${figures(weight)}`)
  writeFileSync(raw, [...PREAMBLE, ...lines, CASH, '', DISCLAIMER, ''].join('\n'))
  writeFileSync(
    canonical,
    ['symbol,weight', ...members.map((symbol) => `${symbol},${weight}`), ''].join('\n'),
  )
  const template = await bench.servers.template('symbols of a generated issuer file', async (client) => {
    await client.query(`INSERT INTO symbols (symbol, type) SELECT unnest($1::text[]), 'CS'`, [members])
    await client.query('VACUUM (ANALYZE)')
  })
  return { kind: 'a generated', raw, canonical, template }
}

const PREAMBLE = [
  '\ufeffA generated fund',
  'Fund Holdings as of,"May 21, 2025"',
  'Shares Outstanding,"44,600,000.00"',
  '\u00a0',
  'Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price,Location,Exchange,Currency,FX Rate,Market Currency,Accrual Date',
]
const CASH =
  '"USD","USD CASH","Cash and/or Derivatives","Cash","9,317.87","0.00","9,317.87","9,317.00","100.00","United States","-","USD","1.00","USD","-"'
const DISCLAIMER =
  '"This information should not be relied upon as research, investment advice,\nor a recommendation."'

function figures(weight: string): string {
  return `"Industrials","Equity","5,663,400.87","${weight}","5,663,400.87","12,514.00","452.57","United States","NASDAQ","USD","1.00","USD","-"`
}

/** Four letters, as real tickers have: AAAA, AAAB, ... */
function ticker(n: number): string {
  return [26 ** 3, 26 ** 2, 26, 1]
    .map((unit) => String.fromCharCode(65 + (Math.floor(n / unit) % 26)))
    .join('')
}
