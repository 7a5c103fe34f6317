import { beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { loadRows, type Options, type Staged } from './staging.js'

const db = await testDatabase(import.meta.url)
await db.query(
  `INSERT INTO symbols (symbol, type) VALUES ('AAPL', 'CS'), ('MSFT', 'CS'), ('XOM', 'CS'), ('JPM', 'CS')`,
)

beforeEach(() =>
  db.query(
    `WITH a AS (DELETE FROM sector_overrides), b AS (DELETE FROM loaded_files) DELETE FROM market_changes`,
  ),
)

function file(name: string, sectors: Readonly<Record<string, string | null>>): Staged {
  return { name, rows: Object.entries(sectors).map(([symbol, sector]) => ({ symbol, sector })) }
}

async function run(files: readonly Staged[], options: Options = {}) {
  const result = await loadRows(db, 'sectors', files, options)
  return { ...result, statuses: result.files.map(({ status }) => status) }
}

async function overrides(): Promise<Record<string, unknown>> {
  const rows = await db.query<{ symbol: string; sector: string; file: string | null; line: number | null }>(
    'SELECT symbol, sector, file, line::integer FROM sector_overrides ORDER BY symbol',
  )
  return Object.fromEntries(rows.map(({ symbol, sector, file, line }) => [symbol, [sector, file, line]]))
}

async function marks(): Promise<string[]> {
  const marked = await db.query<{ symbol: string }>('DELETE FROM market_changes RETURNING symbol')
  return [...new Set(marked.map(({ symbol }) => symbol))].sort()
}

const own = { AAPL: 'Information Technology', MSFT: 'technology', XOM: 'ENERGY' }

test('rows become overrides with their file, line and load', async () => {
  const { id, files, changes, total_changes } = await run([file('own.csv', own)])
  expect(files).toMatchObject([{ name: 'own.csv', status: 'loaded', rows: 3, warnings: [] }])
  expect(changes).toEqual({ inserted: 3, updated: 0, deleted: 0 })
  expect(total_changes).toBe(3)
  expect(await overrides()).toEqual({
    AAPL: ['information_technology', 'own.csv', 2],
    MSFT: ['information_technology', 'own.csv', 3],
    XOM: ['energy', 'own.csv', 4],
  })
  expect(await db.query('SELECT DISTINCT load_id FROM sector_overrides')).toEqual([{ load_id: id }])
  expect(await marks()).toEqual(['AAPL', 'MSFT', 'XOM'])
  expect(await db.query(`SELECT sector, source, rule FROM sector_of('AAPL')`)).toEqual([
    { sector: 'information_technology', source: 'override', rule: 'own.csv line 2' },
  ])
})

test.each(['incremental', 'full'] as const)('a second %s load changes and marks nothing', async (mode) => {
  await run([file('own.csv', own)])
  await marks()
  const { statuses, total_changes } = await run([file('own.csv', own)], { mode })
  expect([statuses, total_changes]).toEqual([['unchanged'], 0])
  expect(await marks()).toEqual([])
})

test('what changed is updated, what vanished from the file is deleted, only these are marked', async () => {
  await run([file('own.csv', own), file('other.csv', { JPM: 'Financials' })])
  await marks()
  const next = { AAPL: 'Information Technology', MSFT: 'Utilities' }
  const result = await run([file('own.csv', next), file('other.csv', { JPM: 'Financials' })], {
    mode: 'full',
  })
  expect(result.statuses).toEqual(['loaded', 'unchanged'])
  expect(result.changes).toEqual({ inserted: 0, updated: 1, deleted: 1 })
  expect(await overrides()).toEqual({
    AAPL: ['information_technology', 'own.csv', 2],
    JPM: ['financials', 'other.csv', 2],
    MSFT: ['utilities', 'own.csv', 3],
  })
  expect(await marks()).toEqual(['MSFT', 'XOM'])
})

test('a line that moved is noted and is no change', async () => {
  await run([file('own.csv', own)])
  const { statuses, total_changes } = await run([file('own.csv', { XOM: 'energy', AAPL: 'technology', MSFT: 'Technology' })]) // prettier-ignore
  expect([statuses, total_changes]).toEqual([['unchanged'], 0])
  expect(await overrides()).toMatchObject({
    XOM: ['energy', 'own.csv', 2],
    AAPL: ['information_technology', 'own.csv', 3],
  })
})

test('a symbol may move from one file to another in one load', async () => {
  await run([file('own.csv', own), file('other.csv', { JPM: 'Financials' })])
  const { AAPL, ...rest } = own
  const { total_changes } = await run([file('own.csv', rest), file('other.csv', { JPM: 'Financials', AAPL })])
  expect(total_changes).toBe(0)
  expect(await overrides()).toMatchObject({ AAPL: ['information_technology', 'other.csv', 3] })
})

test('what was entered by hand wins and is never touched', async () => {
  await db.query(
    `INSERT INTO sector_overrides (symbol, sector, reason) VALUES ('AAPL', 'utilities', 'because')`,
  )
  const [before] = await db.query(`SELECT xmin::text, * FROM sector_overrides`)
  for (const force of [false, true]) {
    const { files, changes } = await run([file('own.csv', own)], { mode: 'full', complete: true, force })
    expect(files[0]!.warnings).toEqual(['1 already entered by hand, which wins'])
    expect(changes).toMatchObject({ inserted: force ? 0 : 2 })
  }
  await run([file('own.csv', { MSFT: 'technology', XOM: 'energy' })], { force: true })
  expect(await db.query(`SELECT xmin::text, * FROM sector_overrides WHERE symbol = 'AAPL'`)).toEqual([before])
})

describe('a file is rejected', () => {
  const names =
    /^Energy, Materials, Industrials, .*, Utilities, Real Estate, or a name of the table vendor_sectors\.$/

  test.each([
    ['for an unknown sector', { AAPL: 'Technology', MSFT: 'Tech' }, { message: 'not the name of a sector', line: 3, column: 'sector', value: 'Tech', remedy: expect.stringMatching(names) as string }],
    ['for the sector unknown', { AAPL: 'unknown' }, { message: 'not the name of a sector', line: 2, value: 'unknown' }],
    ['for a vendor name that means no sector', { AAPL: 'Miscellaneous' }, { message: 'not the name of a sector', line: 2 }],
    ['for an empty sector', { AAPL: null }, { message: 'the sector is empty', line: 2, column: 'sector' }],
    ['for an empty symbol', { '': 'Energy' }, { message: 'the symbol is empty', line: 2, column: 'symbol' }],
    ['for what is no ticker', { 'Apple Inc': 'Energy' }, { message: 'not a ticker symbol', line: 2, value: 'APPLE INC' }],
    ['for a symbol twice', { AAPL: 'Energy', ' aapl': 'Energy' }, { message: 'the symbol already appears on line 2 of bad.csv', line: 3, value: 'AAPL' }],
  ])('%s', async (_name, sectors, problem) => {
    const { files } = await run([file('bad.csv', sectors), file('good.csv', { XOM: 'energy' })])
    expect(files[0]).toMatchObject({ status: 'rejected', problem })
    expect(files[1]?.status).toBe('loaded')
    expect(await overrides()).toEqual({ XOM: ['energy', 'good.csv', 2] })
  }) // prettier-ignore

  test('for a symbol that another file of the load states', async () => {
    const { files } = await run([file('a.csv', { AAPL: 'Energy' }), file('b.csv', { AAPL: 'Energy' })])
    expect(files.map(({ status }) => status)).toEqual(['loaded', 'rejected'])
    expect(files[1]!.problem?.message).toBe('the symbol already appears on line 2 of a.csv')
  })

  test('for a symbol that a file loaded before states', async () => {
    await run([file('a.csv', { AAPL: 'Energy' })])
    for (const files of [[file('b.csv', { AAPL: 'Utilities' })], [file('a.csv', { AAPL: 'Energy' }), file('b.csv', { AAPL: 'Utilities' })]]) {
      const result = await run(files)
      expect(result.files.at(-1)).toMatchObject({
        status: 'rejected',
        problem: { message: 'the symbol already appears on line 2 of a.csv, loaded before', line: 2 },
      })
    }
    expect(await overrides()).toEqual({ AAPL: ['energy', 'a.csv', 2] })
  }) // prettier-ignore
})

test('blanks and lower case are repaired, unknown symbols are told', async () => {
  const { files } = await run([file('own.csv', { ' aapl ': ' Energy ', NEW: 'Energy' })])
  expect(files[0]).toMatchObject({ status: 'loaded', repaired: 1, warnings: ['1 not in the table symbols'] })
})

describe('guards', () => {
  const many = Object.fromEntries(
    Array.from({ length: 12 }, (_, n) => [`S${String.fromCharCode(65 + n)}`, 'Energy']),
  )
  const few = Object.fromEntries(Object.entries(many).slice(0, 5))

  test.each([
    ['an empty file', {}, 'it states no sector'],
    ['a shrunken file', few, 'it would delete 7 of 12 overrides that its last version stated, more than membership_guards allow'],
  ])('%s is held, and loaded with force', async (_name, sectors, sentence) => {
    await run([file('own.csv', many)], { force: true })
    const held = await run([file('own.csv', sectors)])
    expect(held.files[0]).toMatchObject({ status: 'held', held_by: [sentence] })
    expect(Object.keys(await overrides())).toHaveLength(12)
    const forced = await run([file('own.csv', sectors)], { force: true })
    expect(forced.files[0]?.status).toBe('loaded')
    expect(Object.keys(await overrides())).toEqual(Object.keys(sectors))
  }) // prettier-ignore

  test('the rows of a file that is gone stay until forced', async () => {
    await run([file('own.csv', own), file('other.csv', { JPM: 'Financials' })])
    const complete = { mode: 'full', complete: true } as const
    const held = await run([file('other.csv', { JPM: 'Financials' })], complete)
    expect(held.changes).toMatchObject({ deleted: 0, gone: [{ file: 'own.csv', rows: 3, held: true }] })
    expect(Object.keys(await overrides())).toHaveLength(4)
    const forced = await run([file('other.csv', { JPM: 'Financials' })], { ...complete, force: true })
    expect(forced.changes).toEqual({
      inserted: 0,
      updated: 0,
      deleted: 3,
      gone: [{ file: 'own.csv', rows: 3, held: false }],
    })
    expect(await overrides()).toEqual({ JPM: ['financials', 'other.csv', 2] })
  })
})

test('a dry run keeps nothing and says what the load then does', async () => {
  await run([file('own.csv', own)])
  const before = await overrides()
  const next = [file('own.csv', { AAPL: 'Utilities', JPM: 'financials', MSFT: 'Technology' })]
  const dry = await run(next, { dryRun: true })
  expect(await overrides()).toEqual(before)
  const real = await run(next)
  expect(real.changes).toEqual({ inserted: 1, updated: 1, deleted: 1 })
  expect([dry.changes, dry.files]).toEqual([real.changes, real.files])
})
