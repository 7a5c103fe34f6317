import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LoadKind } from '../../src/load/kinds.js'
import type { LoadResult } from '../../src/load/result.js'
import { dataDir, runCli, testDatabase } from '../support/index.js'

const data = dataDir()

describe.skipIf(data === undefined)('the real data', async () => {
  const db = data === undefined ? undefined : await testDatabase(import.meta.url)

  async function run(kind: LoadKind, ...args: string[]): Promise<LoadResult> {
    const paths = args.map((arg) => (arg.startsWith('--') || arg === 'full' ? arg : join(data!, arg)))
    const { code, stdout, stderr } = await runCli(['load', kind, ...paths, '--json'], {
      env: { DATABASE_URL: db!.url },
    })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    return JSON.parse(stdout) as LoadResult
  }

  test('symbols load, and a second time nothing changes', async () => {
    const files = ['symbols.csv', 'symbols_delisted.csv']
    const first = await run('symbols', ...files)
    expect(first.changes).toEqual({ inserted: 8431, updated: 0 })
    expect(first.files.map(({ rows, repaired }) => [rows, repaired])).toEqual([
      [7216, 0],
      [1215, 0],
    ])
    expect((await run('symbols', ...files, '--mode', 'full')).total_changes).toBe(0)
    const [count] = await db!.query(
      `SELECT count(*)::integer AS all, count(*) FILTER (WHERE active)::integer AS active,
         count(market_cap)::integer AS caps, count(*) FILTER (WHERE type = 'ADRC')::integer AS adrs FROM symbols`,
    )
    expect(count).toMatchObject({ all: 8431, active: 7216 })
  })

  test('prices load, and a second time nothing changes', async () => {
    const files = ['prices_latest.csv', 'ohlcv_daily.csv.gz']
    const first = await run('prices', ...files)
    expect(first.changes).toEqual({ inserted: 626_211, updated: 0 })
    expect(first.files.map(({ rows }) => rows)).toEqual([7182, 619_029])
    const second = await run('prices', ...files)
    expect(second.files.map(({ status, rows }) => [status, rows])).toEqual([
      ['unchanged', 7182],
      ['unchanged', 619_029],
    ])
    expect((await run('prices', ...files, '--mode', 'full')).total_changes).toBe(0)
    const close = await db!.query(`SELECT close FROM ohlcv_daily WHERE symbol = 'A' AND date = '2013-02-11'`)
    expect(close).toEqual([{ close: '44.600000' }])
  })

  test('34 holdings load with the rows of the manifest, and a second time nothing changes', async () => {
    const manifest = readFileSync(join(data!, 'holdings_manifest.csv'), 'utf8').trim().split('\n').slice(1)
    const expected = manifest.map((line) => line.split(',')).map(([etf, , , rows]) => [etf, Number(rows)])
    const files = expected.map(([etf]) => `holdings/${String(etf).toLowerCase()}_holdings.csv`)
    const first = await run('etfs', ...files)
    expect(first.files.map(({ universe, rows }) => [universe, rows])).toEqual(expected)
    expect(first.files.every(({ status, repaired }) => status === 'loaded' && repaired === 0)).toBe(true)
    const second = await run('etfs', ...files, '--mode', 'full')
    expect(second).toMatchObject({ total_changes: 0, changes: [] })
    expect(second.files.every(({ status }) => status === 'unchanged')).toBe(true)
  })

  test('every line of a holdings file is a member, unless its symbol is inactive', async () => {
    const lines = readFileSync(join(data!, 'holdings', 'spy_holdings.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
    const inactive = new Set(
      (await db!.query<{ symbol: string }>('SELECT symbol FROM symbols WHERE NOT active')).map(
        (r) => r.symbol,
      ),
    )
    const expected = lines
      .map((line, index) => [...line.split(','), index + 2] as [string, string, number])
      .filter(([symbol]) => !inactive.has(symbol))
      .map(([symbol, weight, line]) => ({ symbol, weight: Number(weight), line }))
    const stored = await db!.query(
      `SELECT m.symbol, m.weight::float8 AS weight, (m.metadata ->> 'line')::integer AS line
       FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
       WHERE g.name = 'SPY' AND g.type = 'ETF' ORDER BY line`,
    )
    expect(expected.length).toBeGreaterThan(480)
    expect(stored).toEqual(expected)
  })

  test('4 universes load, and a second time nothing changes', async () => {
    const files = ['dow30', 'nasdaq100', 'russell3000', 'sp500'].map((name) => `universes/${name}.csv`)
    const first = await run('universes', ...files)
    expect(first.files.map(({ universe, rows }) => [universe, rows])).toEqual([
      ['dow30', 30],
      ['nasdaq100', 101],
      ['russell3000', 2641],
      ['sp500', 503],
    ])
    expect((await run('universes', ...files, '--mode', 'full')).total_changes).toBe(0)
  })
})
