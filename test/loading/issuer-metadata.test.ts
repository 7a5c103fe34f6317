import { beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { fund, loadRows, type Options, type Row, type Staged } from './staging.js'

const db = await testDatabase(import.meta.url)

let environment = ''
let count = 0

beforeEach(async () => {
  environment = `environment ${(count += 1)}`
  await db.query('DELETE FROM market_changes')
})

const rows: Row[] = [
  { line: 11, symbol: 'AAPL', weight: '50', sector: 'Information Technology', asset_class: 'Equity' },
  { line: 12, symbol: 'XOM', weight: '30', sector: ' Energy ', asset_class: 'Equity' },
  { line: 13, symbol: 'ABC', weight: '10', sector: '-', asset_class: 'Equity' },
  { line: 14, symbol: 'DEF', weight: '5', sector: null, asset_class: 'Equity' },
  { line: 15, symbol: 'USD', weight: '4', sector: 'Cash and/or Derivatives', asset_class: 'Cash' },
]

function spy(as_of: string, stated: readonly Row[] = rows): Staged {
  return fund('SPY', stated, { format: 'ishares', as_of })
}

async function run(file: Staged, options: Options = {}) {
  const result = await loadRows(db, 'etfs', [file], { environment, ...options })
  return { ...result, file: result.files[0]! }
}

async function metadata(): Promise<Record<string, unknown>> {
  const [group] = await db.query<{ metadata: Record<string, unknown> }>(
    `SELECT metadata FROM definition_groups WHERE name = 'SPY' AND environment = $1`,
    [environment],
  )
  return group!.metadata
}

async function members(): Promise<Record<string, unknown>> {
  const stored = await db.query<{ symbol: string; metadata: unknown }>(
    `SELECT m.symbol, m.metadata FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id WHERE g.environment = $1`,
    [environment],
  )
  return Object.fromEntries(stored.map(({ symbol, metadata }) => [symbol, metadata]))
}

/** Symbols marked for the next refresh since last asked. */
async function marks(): Promise<string[]> {
  const marked = await db.query<{ symbol: string }>('DELETE FROM market_changes RETURNING symbol')
  return [...new Set(marked.map(({ symbol }) => symbol))].sort()
}

test('a member knows its line and the sector that the file states', async () => {
  const { file } = await run(spy('Nov 18, 2025'))
  expect(file).toMatchObject({
    name: 'spy_holdings.csv',
    universe: 'SPY',
    format: 'ishares',
    as_of: '2025-11-18',
    rows: 4,
    status: 'loaded',
    skipped: { cash: 1 },
  })
  expect(await members()).toEqual({
    AAPL: { line: 11, sector: 'Information Technology' },
    XOM: { line: 12, sector: 'Energy' },
    ABC: { line: 13 },
    DEF: { line: 14 },
  })
})

test('a universe knows the format and the date of its file', async () => {
  const result = await run(spy('Nov 18, 2025'))
  expect(await metadata()).toEqual({
    source: 'file',
    file: 'spy_holdings.csv',
    md5: result.file.md5,
    format: 'ishares',
    as_of: '2025-11-18',
    load_id: result.id,
    loaded_at: result.started_at,
    rows: 5,
  })
})

test('new sectors mark their symbols, a second load marks nothing', async () => {
  await run(spy('Nov 18, 2025'))
  expect(await marks()).toEqual(['AAPL', 'XOM'])
  for (const mode of ['incremental', 'full'] as const) {
    const { file, total_changes } = await run(spy('Nov 18, 2025'), { mode })
    expect([file.status, total_changes]).toEqual(['unchanged', 0])
    expect(await marks()).toEqual([])
  }
})

test('a new date alone is a loaded file that changes no member and marks those with a sector', async () => {
  const first = await run(spy('Nov 18, 2025'))
  await marks()
  const second = await run(spy('Nov 25, 2025'))
  expect(second).toMatchObject({ total_changes: 0, changes: [], file: { status: 'loaded' } })
  expect(await marks()).toEqual(['AAPL', 'XOM'])
  expect(await metadata()).toMatchObject({ as_of: '2025-11-25', load_id: second.id })
  const history = await db.query(
    `SELECT DISTINCT opened_by FROM membership_history h JOIN definition_groups g ON g.id = h.group_id WHERE g.environment = $1`,
    [environment],
  )
  expect(history).toEqual([{ opened_by: first.id }])
})

test('another sector of a member marks that member', async () => {
  await run(spy('Nov 18, 2025'))
  await marks()
  await run(spy('Nov 18, 2025', [{ ...rows[0]!, sector: 'Utilities' }, ...rows.slice(1)]))
  expect(await members()).toMatchObject({ AAPL: { line: 11, sector: 'Utilities' } })
  expect(await marks()).toEqual(['AAPL'])
})

test('a canonical file takes format and sectors away again, and keeps the date', async () => {
  await run(spy('Nov 18, 2025'))
  await marks()
  const plain = rows.slice(0, 4).map(({ symbol, weight }) => ({ symbol: symbol!, weight: weight! }))
  const { file } = await run(fund('SPY', plain))
  expect(file).toMatchObject({ status: 'loaded', rows: 4 })
  // The date of the earlier file stays, so that an older one is still held.
  const keys = ['as_of', 'file', 'load_id', 'loaded_at', 'md5', 'rows', 'source']
  expect(Object.keys(await metadata()).sort()).toEqual(keys)
  expect(file.warnings).toContain('it states no date: the last one known, 2025-11-18, is kept')
  expect(await members()).toMatchObject({ AAPL: { line: 2 } })
  expect(await marks()).toEqual(['AAPL', 'XOM'])
})

test('a dry run keeps nothing, marks nothing, and says what the load then does', async () => {
  await run(spy('Nov 18, 2025'))
  await marks()
  const before = await metadata()
  const next = spy('Nov 25, 2025', rows.slice(1))
  const dry = await run(next, { dryRun: true })
  expect(await metadata()).toEqual(before)
  expect(await marks()).toEqual([])
  const real = await run(next)
  expect([real.files, real.changes, real.total_changes]).toEqual([dry.files, dry.changes, dry.total_changes])
})

test('the result of a canonical file has none of the keys of issuer files', async () => {
  const { file } = await run(fund('SPY', [{ symbol: 'AAPL', weight: '99' }], { md5: 'm' }))
  expect(file).toEqual({
    name: 'spy_holdings.csv',
    universe: 'SPY',
    md5: 'm',
    status: 'loaded',
    rows: 1,
    repaired: 0,
    warnings: ['1 not in the table symbols: AAPL'],
  })
})
