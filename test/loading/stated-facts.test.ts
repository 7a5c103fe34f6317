import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { fund, loadRows, weightsOf, type Row, type Staged } from './staging.js'

const db = await testDatabase(import.meta.url)
const rows: Row[] = [
  { symbol: 'ANT', weight: '60' },
  { symbol: 'BEE', weight: '39' },
]
const plain: Row[] = [{ symbol: 'ANT' }, { symbol: 'BEE' }]

beforeAll(() =>
  db.query(`INSERT INTO symbols (symbol, name, type) VALUES ('ANT', 'Ant', 'CS'), ('BEE', 'Bee', 'CS')`),
)

let count = 0
const next = (): string => `N${(count += 1)}`

async function asOf(name: string): Promise<string | undefined> {
  const [row] = await db.query<{ as_of: string }>(
    `SELECT metadata ->> 'as_of' AS as_of FROM definition_groups WHERE name = $1`,
    [name],
  )
  return row?.as_of
}

/** ISO date so many days from today in UTC. */
async function day(offset: number): Promise<string> {
  const [row] = await db.query<{ day: string }>(
    `SELECT to_char((now() AT TIME ZONE 'UTC')::date + $1::integer, 'YYYY-MM-DD') AS day`,
    [offset],
  )
  return row!.day
}

describe('columns that nobody reads', () => {
  test.each([
    'Portfolio Weight',
    'Weigth',
    'wght',
    '% of Net Assets',
    'Percent of fund',
    'WGT',
    '%',
    'Allocation',
    'Index Weighting (%)',
  ])('that look like weights hold a file without any: %s', async (cell) => {
    const { files } = await loadRows(db, 'etfs', [fund(next(), plain, { unread: ['Name', cell] })])
    expect(files[0]).toMatchObject({ status: 'held', unread_columns: ['Name', cell] })
    expect(files[0]!.held_by![0]).toContain(
      `which looks like a weight: rename it to weight, or map it: --columns weight="${cell}"`,
    )
  })

  test.each(['Name', '% Change', 'Market Cap', 'Freight', 'Weekday', 'Sector', 'Height'])(
    'that do not are named: %s',
    async (cell) => {
      const { files } = await loadRows(db, 'universes', [
        { ...fund(next().toLowerCase(), plain, { unread: [cell] }) },
      ])
      expect(files[0]).toMatchObject({ status: 'loaded', unread_columns: [cell] })
    },
  )

  test('do not hold a file that states weights', async () => {
    const { files } = await loadRows(db, 'etfs', [fund(next(), rows, { unread: ['Benchmark Weight'] })])
    expect(files[0]).toMatchObject({ status: 'loaded' })
  })
})

test('a file without weights over a fund that has them is held', async () => {
  const name = next()
  await loadRows(db, 'etfs', [fund(name, rows)])
  const { files } = await loadRows(db, 'etfs', [fund(name, plain)])
  expect(files[0]).toMatchObject({
    status: 'held',
    held_by: ['it states no weights, and 2 of the 2 members have one'],
  })
  expect(await weightsOf(db, name)).toEqual({ ANT: 60, BEE: 39 })
  const forced = await loadRows(db, 'etfs', [fund(name, plain)], { force: true })
  expect(forced.files[0]).toMatchObject({ status: 'loaded' })
})

describe('dates', () => {
  test('an undated file keeps the last date known, and an older one is held after it', async () => {
    const name = next()
    const file = (as_of: string | undefined, weight: string): Staged =>
      fund(name, [{ symbol: 'ANT', weight }], { format: 'ishares', ...(as_of ? { as_of } : {}) })
    await loadRows(db, 'etfs', [file('2023-03-01', '91')])
    const undated = await loadRows(db, 'etfs', [file(undefined, '92')])
    expect(undated.files[0]).toMatchObject({
      status: 'loaded',
      warnings: ['it states no date: the last one known, 2023-03-01, is kept'],
    })
    expect(await asOf(name)).toBe('2023-03-01')
    const old = await loadRows(db, 'etfs', [file('2022-06-30', '93')])
    expect(old.files[0]).toMatchObject({ status: 'held' })
    expect(await weightsOf(db, name)).toEqual({ ANT: 92 })
  })

  test('of two files of one fund the newer is loaded, and the other is named', async () => {
    const name = next()
    const { files } = await loadRows(db, 'etfs', [
      {
        ...fund(name, [{ symbol: 'ANT', weight: '91' }], { format: 'ishares', as_of: 'Jan 5, 2024' }),
        name: 'a.csv',
      },
      {
        ...fund(name, [{ symbol: 'BEE', weight: '92' }], { format: 'ishares', as_of: 'Feb 5, 2024' }),
        name: 'b.csv',
      },
      { ...fund(name, [{ symbol: 'BEE', weight: '93' }], { format: 'ishares' }), name: 'c.csv' },
    ])
    expect(files).toMatchObject([
      {
        status: 'rejected',
        problem: {
          message: `${name} is stated by b.csv already, which is newer: 2024-02-05, this file 2024-01-05`,
        },
      },
      { status: 'loaded' },
      { status: 'rejected', problem: { message: `${name} is stated by b.csv already` } },
    ])
    expect(await weightsOf(db, name)).toEqual({ BEE: 92 })
  })

  test('later than tomorrow are refused, tomorrow is not', async () => {
    const name = next()
    const [tomorrow, later] = [await day(1), await day(2)]
    const file = (as_of: string): Staged => fund(name, rows, { format: 'ishares', as_of })
    const refused = await loadRows(db, 'etfs', [file(later)])
    expect(refused.files[0]).toMatchObject({
      status: 'rejected',
      problem: { message: 'the date of the holdings is in the future', value: later },
    })
    expect((await loadRows(db, 'etfs', [file(tomorrow)])).files[0]).toMatchObject({ status: 'loaded' })
  })

  test('in the future do not win over a right one', async () => {
    const name = next()
    const { files } = await loadRows(db, 'etfs', [
      { ...fund(name, rows, { format: 'ishares', as_of: '2049-01-05' }), name: 'typo.csv' },
      { ...fund(name, rows, { format: 'ishares', as_of: '2024-02-05' }), name: 'right.csv' },
    ])
    expect(files.map(({ status }) => status)).toEqual(['rejected', 'loaded'])
  })
})

describe('limits of a fund', () => {
  test('are a row of fund_limits', async () => {
    const [half, long] = [next(), next()]
    const short = (name: string): Staged =>
      fund(name, [{ symbol: 'ANT', weight: '47' }, { symbol: 'BEE', weight: '-20' }], { format: 'ishares' }) // prettier-ignore
    const over = (name: string): Staged =>
      fund(name, [{ symbol: 'ANT', weight: '70' }, { symbol: 'BEE', weight: '55' }]) // prettier-ignore
    expect((await loadRows(db, 'etfs', [short(half), over(long)])).files.map(({ status }) => status)).toEqual(
      ['held', 'held'],
    )
    await db.query(`INSERT INTO fund_limits VALUES (1, '^${half}$', 0, NULL), (2, '^${long}$', NULL, 130)`)
    const { files } = await loadRows(db, 'etfs', [short(half), over(long)])
    expect(files).toMatchObject([
      {
        status: 'loaded',
        rows: 1,
        skipped: { 'short position': 1 },
        skipped_percent: { 'short position': -20 },
      },
      { status: 'loaded', rows: 2 },
    ])
    expect(await db.query(`SELECT subject FROM check_low_weight_sums WHERE subject = $1`, [half])).toEqual([])
    expect(await db.query(`SELECT subject FROM check_high_weight_sums WHERE subject = $1`, [long])).toEqual(
      [],
    )
  })
})

test('a canonical file takes aliases and other forms of a share class', async () => {
  await db.query(`INSERT INTO symbols (symbol, name, type) VALUES ('COW.B', 'Cow B', 'CS'), ('DOE', 'Doe', 'CS');
    INSERT INTO symbols (symbol, name, type, active) VALUES ('ELK', 'Elk', 'CS', false);
    INSERT INTO symbol_aliases VALUES ('FAWN', 'DOE')`)
  const name = next().toLowerCase()
  const { files } = await loadRows(db, 'universes', [
    fund(name, [{ symbol: 'COW-B' }, { symbol: 'FAWN' }, { symbol: 'ELK' }, { symbol: 'GNU' }]),
  ])
  expect(files[0]).toMatchObject({
    status: 'loaded',
    repaired: 2,
    warnings: ['1 not in the table symbols: GNU', '1 inactive and left out: ELK'],
  })
  expect(Object.keys(await weightsOf(db, name))).toEqual(['COW.B', 'DOE', 'GNU'])
  const slash = await loadRows(db, 'universes', [fund(next().toLowerCase(), [{ symbol: 'cow/b' }])])
  expect(slash.files[0]).toMatchObject({ status: 'loaded', warnings: [] })
})
