import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'pg'
import { stopOnExit } from '../../src/operations/stop-on-exit.js'
import { load } from '../../src/load/load.js'
import type { LoadResult } from '../../src/load/result.js'
import { dataDir } from '../support/data.js'
import { removeFolder } from '../support/temporary-folder.js'
import type { Bench } from './bench.js'
import { freshMarket, RANKING_QUERY } from './market.js'

/** Holdings files of one folder, and a database whose symbols they name. */
export interface Holdings {
  /** "19,282 real rows in 34 files" */
  name: string
  folder: string
  files: string[]
  rows: number
  /** Template with symbols and prices, without any membership. */
  template: string
}

/** The real holdings where the data is there, else 34 generated files of 450 rows. */
export async function smallHoldings(bench: Bench): Promise<Holdings> {
  const data = dataDir()
  if (data === undefined) return generated(bench, 34, 450)
  const template = await bench.servers.template('the real symbols and prices', async (client) => {
    const paths = ['symbols.csv', 'symbols_delisted.csv'].map((name) => join(data, name))
    await loaded({ kind: 'symbols', paths, client })
    await loaded({ kind: 'prices', paths: [join(data, 'prices_latest.csv')], client })
    await client.query('VACUUM (ANALYZE)')
    await client.query(RANKING_QUERY)
  })
  return describe(join(data, 'holdings'), 'real', template)
}

/** 1,500 files of 3,000 rows, 4.5 million memberships; a tenth of that with --quick. */
export function largeHoldings(bench: Bench): Promise<Holdings> {
  return generated(bench, bench.quick ? 150 : 1_500, 3_000)
}

async function generated(bench: Bench, files: number, rows: number): Promise<Holdings> {
  const market = await freshMarket(bench.servers, { stocks: 6_000, days: 5 })
  const template = await bench.servers.template(
    'symbols of the generated holdings',
    async (client) => {
      await client.query('TRUNCATE group_memberships, membership_history, definition_groups CASCADE')
      await client.query('VACUUM (ANALYZE)')
    },
    market,
  )
  const folder = mkdtempSync(join(tmpdir(), 'pg-universes-holdings-'))
  stopOnExit(() => removeFolder(folder))
  for (let file = 0; file < files; file++) writeHoldings(folder, file, rows, 0)
  return describe(folder, 'generated', template)
}

/** Template with these holdings loaded by `first`, and vacuumed as autovacuum would. */
export function loadedHoldings(
  { servers }: Bench,
  { name, folder, template }: Holdings,
  first = (client: Client, _url: string): Promise<unknown> =>
    loaded({ kind: 'etfs', paths: [folder], client }),
): Promise<string> {
  const fill = async (client: Client, url: string): Promise<void> => {
    await first(client, url)
    await client.query('VACUUM (ANALYZE)')
  }
  return servers.template(`the first load of ${name}`, fill, template)
}

/** Gives the weight of every hundredth row of every file another value, a new one for every `edition`. */
export function changeOnePercent({ folder, files, rows }: Holdings, edition: number): void {
  files.forEach((_name, file) => writeHoldings(folder, file, rows / files.length, edition))
}

function writeHoldings(folder: string, file: number, rows: number, edition: number): void {
  const weight = 99 / rows
  const lines = ['symbol,weight']
  for (let row = 0; row < rows; row++) {
    const symbol = `Q${(((file * 37 + row) % 6_000) + 1).toString(16).toUpperCase().padStart(5, '0')}`
    const changed = row % 100 === file % 100 ? (edition % 50) / 100_000 : 0
    lines.push(`${symbol},${(weight + changed).toFixed(6)}`)
  }
  writeFileSync(join(folder, `f${String(file).padStart(4, '0')}_holdings.csv`), `${lines.join('\n')}\n`)
}

function describe(folder: string, kind: string, template: string): Holdings {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => join(folder, name))
  let rows = 0
  for (const file of files) rows += readFileSync(file, 'latin1').trimEnd().split('\n').length - 1
  const name = `${rows.toLocaleString('en-US')} ${kind} rows in ${files.length.toLocaleString('en-US')} files`
  return { name, folder, files, rows, template }
}

/** Loads and fails when a file was rejected or held back. */
export async function loaded(options: Parameters<typeof load>[0]): Promise<LoadResult> {
  const result = await load({ mode: 'full', ...options })
  const bad = result.files.find((file) => file.status === 'rejected' || file.status === 'held')
  if (bad) throw new Error(`${bad.name} was ${bad.status}: ${JSON.stringify(bad.problem)}`)
  return result
}

/** Commands of psql that copy every file into `table`, one COPY for each. */
export function copyAll({ files }: Holdings, table: string): string {
  const copies = files.map(
    (file) => `\\copy ${table} (symbol, weight) FROM '${file}' WITH (FORMAT csv, HEADER)`,
  )
  return copies.join('\n')
}
