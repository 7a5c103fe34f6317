import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Client } from 'pg'
import { time, type Bench, type Row } from './bench.js'
import { loaded, smallHoldings, type Holdings } from './holdings.js'
import { refresh } from './market.js'
import { ratioLine, type Line, type Pairs } from './report.js'

/** The old scripts on the same rows: a statement per membership, two per symbol. */
export const oldWay: Row = {
  name: 'old-way',
  run: async (bench) => {
    const holdings = await smallHoldings(bench)
    return [
      ...(await measure(bench, holdings, 'committed once at the end')),
      ...(await measure(bench, holdings, 'committed after every statement')),
    ]
  },
}

type Commit = 'committed once at the end' | 'committed after every statement'

async function measure({ servers, quick, log }: Bench, holdings: Holdings, commit: Commit): Promise<Line[]> {
  log(`the old way, ${commit}: ${holdings.name}`)
  const first: Pairs = { floor: [], ours: [] }
  const again: Pairs = { floor: [], ours: [] }
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    const old = await servers.database(holdings.template)
    // The old tables had neither our triggers nor our indexes.
    await old.client.query('ALTER TABLE symbols DISABLE TRIGGER USER')
    await old.client.query(
      'DROP INDEX universes_symbols_ranked, universes_symbols_inactive, universes_symbols_listed',
    )
    const ours = await servers.database(holdings.template)
    const load = async (): Promise<void> => {
      await loaded({ kind: 'etfs', paths: [holdings.folder], mode: 'incremental', client: ours.client })
      await refresh(ours.client)
    }
    first.ours.push(await time(() => oldScripts(old.client, holdings, commit)))
    first.floor.push(await time(load))
    await ours.client.query('VACUUM (ANALYZE)')
    again.ours.push(await time(() => oldScripts(old.client, holdings, commit)))
    again.floor.push(await time(load))
    await old.drop()
    await ours.drop()
  }
  const what = (when: string): string => `how much longer the old way takes, ${commit}, ${when}`
  const note = `${holdings.name}; floor: our load and refresh; ours: the old way, which maintains the loaded funds only`
  return [
    ratioLine(what('first time'), first, { atLeast: 50 }, { note }),
    ratioLine(what('unchanged'), again, { atLeast: 150 }, { note }),
  ]
}

async function oldScripts(client: Client, holdings: Holdings, commit: Commit): Promise<void> {
  const whole = commit === 'committed once at the end'
  if (whole) await client.query('BEGIN')
  await insertMemberships(client, holdings)
  await updateMarketCaps(client)
  if (whole) await client.query('COMMIT')
}

async function insertMemberships(client: Client, { files }: Holdings): Promise<void> {
  for (const file of files) {
    const name = basename(file).replace('_holdings.csv', '').toUpperCase()
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO definition_groups (name, type) VALUES ($1, 'ETF')
       ON CONFLICT (name, type, environment) DO UPDATE SET updated_at = now() RETURNING id`,
      [name],
    )
    const [, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n')
    for (const line of lines) {
      const [symbol, weight] = line.split(',')
      await client.query(
        `INSERT INTO group_memberships (group_id, symbol, weight) VALUES ($1, $2, $3)
         ON CONFLICT (group_id, symbol) DO UPDATE SET weight = EXCLUDED.weight`,
        [rows[0]!.id, symbol, weight],
      )
    }
  }
}

async function updateMarketCaps(client: Client): Promise<void> {
  const { rows: stocks } = await client.query<{ symbol: string; shares: string }>(
    `SELECT symbol, weighted_shares_outstanding AS shares FROM symbols
     WHERE active AND type IN ('CS', 'ADRC') AND weighted_shares_outstanding IS NOT NULL`,
  )
  for (const { symbol, shares } of stocks) {
    const { rows } = await client.query<{ close: string }>(
      'SELECT close FROM ohlcv_daily WHERE symbol = $1 ORDER BY date DESC LIMIT 1',
      [symbol],
    )
    const cap = Math.round(Number(rows[0]?.close ?? 0) * Number(shares))
    await client.query('UPDATE symbols SET market_cap = $2 WHERE symbol = $1', [symbol, cap])
  }
}
