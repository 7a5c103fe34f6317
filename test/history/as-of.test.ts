import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { endOf, loadLines } from './support.js'

let db: TestDatabase
/** Ends of three loads: A and B; B with a new weight and C; no members. */
const ends: string[] = []

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await db.query(
    `INSERT INTO symbols (symbol, type, market_cap) VALUES ('A', 'CS', 100), ('B', 'CS', 200), ('C', 'CS', 300)`,
  )
  for (const lines of ['A,60 B,40', 'B,50 C,50', '']) {
    ends.push(await endOf(db, (await loadLines(db, lines)).id))
  }
})

async function asOf(at: string | null, name = 'SPY', type = 'ETF'): Promise<unknown[]> {
  const rows = await db.query<{ symbol: string; weight: number; market_cap: string }>(
    'SELECT symbol, weight::float8 AS weight, market_cap FROM members_as_of($1, $2, $3)',
    [name, type, at],
  )
  return rows.map(({ symbol, weight, market_cap }) => [symbol, weight, Number(market_cap)])
}

/** The moment at which a load changed memberships, moved by microseconds. */
async function change(index: number, microseconds = 0): Promise<string> {
  const [row] = await db.query<{ at: string }>(
    `SELECT (at + make_interval(secs => $2 / 1e6))::text AS at FROM (
       SELECT DISTINCT at FROM membership_history, unnest(ARRAY[valid_from, valid_to]) AS at
     ) x WHERE at IS NOT NULL ORDER BY x.at OFFSET $1 LIMIT 1`,
    [index, microseconds],
  )
  return row!.at
}

describe('members_as_of', () => {
  it('tells members, weights and market caps of the moment', async () => {
    expect(await asOf(ends[0]!)).toEqual([
      ['A', 60, 100],
      ['B', 40, 200],
    ])
    expect(await asOf(ends[1]!)).toEqual([
      ['B', 50, 200],
      ['C', 50, 300],
    ])
  })

  it('begins with valid_from and ends before valid_to, to the microsecond', async () => {
    expect(await asOf(await change(0))).toHaveLength(2)
    expect(await asOf(await change(1, -1))).toEqual([
      ['A', 60, 100],
      ['B', 40, 200],
    ])
    expect(await asOf(await change(1))).toEqual([
      ['B', 50, 200],
      ['C', 50, 300],
    ])
    expect(await asOf(await change(2, -1))).toHaveLength(2)
    expect(await asOf(await change(2))).toEqual([])
  })

  it('an emptied universe is known to be empty', async () => {
    expect(await asOf(ends[2]!)).toEqual([])
    expect(await asOf('2999-01-01')).toEqual([])
  })

  it('before the first load it says so, and since when it knows', async () => {
    const [begin] = await db.query<{ at: string }>(
      'SELECT min(valid_from)::text AS at FROM membership_history',
    )
    for (const at of [await change(0, -1), '1999-12-31', '-infinity']) {
      await expect(asOf(at)).rejects.toMatchObject({
        code: 'UV003',
        message: expect.stringMatching(/^the members of SPY at .+ are not known$/) as string,
        detail: `Its history begins at ${begin!.at}.`,
        hint: 'Use a later time.',
      })
    }
  })

  it('no moment is not the present', async () => {
    await expect(asOf(null)).rejects.toMatchObject({ code: 'UV003' })
  })

  it('a universe without any history is unknown, not empty', async () => {
    await db.query(`INSERT INTO definition_groups (name, type) VALUES ('NEW', 'ETF')`)
    await expect(asOf(ends[0]!, 'NEW')).rejects.toMatchObject({
      code: 'UV003',
      detail: 'It has no history yet.',
    })
  })

  it.each([
    ['SPX', 'ETF'],
    ['SPY', 'UNIVERSE'],
    ['spy', 'ETF'],
  ])('%s of type %s does not exist', async (name, type) => {
    await expect(asOf(ends[0]!, name, type)).rejects.toMatchObject({
      code: 'UV003',
      message: `no universe named ${name} of type ${type}`,
      detail: 'Environment DEFAULT.',
    })
  })

  it('of another environment knows nothing of this one', async () => {
    await loadLines(db, 'C,99', { environment: 'TEST' })
    const inTest = `SELECT symbol FROM members_as_of('SPY', 'ETF', $1, 'TEST')`
    expect(await db.query(inTest, ['2999-01-01'])).toEqual([{ symbol: 'C' }])
    await expect(db.query(inTest, [ends[0]])).rejects.toMatchObject({ code: 'UV003' })
  })
})
