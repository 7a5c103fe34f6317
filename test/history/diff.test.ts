import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { endOf, loadLines, rollBack } from './support.js'

let db: TestDatabase
const ids: string[] = []
const ends: string[] = []

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await db.query(`INSERT INTO symbols (symbol, type) SELECT chr(i), 'CS' FROM generate_series(65, 72) AS i`)
  const loads = [
    'A,40 B,30 C,20 D,10',
    'B,30 C,25 D,10 E,20', // A leaves, C is reweighted, E comes
    'B,30 C,25 D,15 E,15 F,10', // D and E are reweighted, F comes
    'B,35 C,25 D,15 E,15', // F leaves again
    'B,30 C,25 D,15 E,15', // B is back at its weight
  ]
  for (const lines of loads) {
    const { id } = await loadLines(db, lines)
    ids.push(id)
    ends.push(await endOf(db, id))
  }
})

async function diff(from: string | null, to: string | null): Promise<unknown[]> {
  const rows = await db.query(
    `SELECT symbol, change, weight_before::float8 AS before, weight_after::float8 AS after, run_id, reason
     FROM membership_diff('SPY', 'ETF', $1, coalesce($2::timestamptz, now()))`,
    [from, to],
  )
  return rows.map(({ symbol, change, before, after, run_id, reason }) => [
    symbol,
    change,
    before,
    after,
    ids.indexOf(run_id as string),
    reason,
  ])
}

describe('membership_diff', () => {
  it('tells who came, who went, whose weight is another one, by which load and why', async () => {
    expect(await diff(ends[0]!, ends[1]!)).toEqual([
      ['E', 'added', null, 20, 1, 'line 5 of its file'],
      ['C', 'reweighted', 20, 25, 1, 'line 3 of its file'],
      ['A', 'removed', 40, null, 1, 'removed'],
    ])
  })

  it('over several loads: an addition is of the load that added, whatever reweighted it since', async () => {
    expect(await diff(ends[0]!, ends[3]!)).toEqual([
      ['E', 'added', null, 15, 1, 'line 5 of its file'],
      ['B', 'reweighted', 30, 35, 3, 'line 2 of its file'],
      ['C', 'reweighted', 20, 25, 1, 'line 3 of its file'],
      ['D', 'reweighted', 10, 15, 2, 'line 4 of its file'],
      ['A', 'removed', 40, null, 1, 'removed'],
    ])
  })

  it('what happened and was undone in between does not show', async () => {
    const changes = (await diff(ends[1]!, ends[4]!)) as string[][]
    expect(changes.map(([symbol]) => symbol)).toEqual(['D', 'E'])
    expect(await diff(ends[2]!, ends[2]!)).toEqual([])
  })

  it('the times of the changes are those of the history', async () => {
    const rows = await db.query(
      `SELECT d.symbol FROM membership_diff('SPY', 'ETF', $1, $2) d
       JOIN load_runs l ON l.id = d.run_id AND d.changed_at BETWEEN l.started_at AND l.finished_at`,
      [ends[0], ends[3]],
    )
    expect(rows).toHaveLength(5)
  })

  it('until now when no end is given', async () => {
    const rows = await db.query(`SELECT symbol, change FROM membership_diff('SPY', 'ETF', $1)`, [ends[2]])
    expect(rows).toEqual([{ symbol: 'F', change: 'removed' }])
  })

  it('a member that left and came back counts from its return', async () => {
    const { id } = await loadLines(db, 'A,10 B,30 C,25 D,15 E,15')
    const [row] = await db.query(
      `SELECT change, run_id FROM membership_diff('SPY', 'ETF', $1) WHERE symbol = 'A'`,
      [ends[4]],
    )
    expect(row).toEqual({ change: 'added', run_id: id })
    expect((await diff(ends[0]!, null)).filter((line) => (line as string[])[0] === 'A')).toEqual([
      ['A', 'reweighted', 40, 10, -1, 'line 2 of its file'],
    ])
  })

  it('a rollback is a reason, and its run is named', async () => {
    const { id } = await rollBack(db, ids[0]!)
    const rows = await db.query(
      `SELECT symbol, change, reason FROM membership_diff('SPY', 'ETF', $1) WHERE run_id = $2`,
      [ends[4], id],
    )
    expect(rows).toContainEqual({ symbol: 'E', change: 'removed', reason: 'rolled back' })
    expect(await diff(ends[0]!, await endOf(db, id))).toEqual([])
  })

  it('refuses an end before its begin', async () => {
    await expect(diff(ends[1]!, ends[0]!)).rejects.toMatchObject({
      code: 'UV002',
      message: expect.stringContaining(' is after ') as string,
      hint: 'Pass the earlier time first.',
    })
  })

  it('says when history does not reach that far', async () => {
    await expect(diff('2001-01-01', ends[0]!)).rejects.toMatchObject({ code: 'UV003' })
    await expect(diff('2001-01-01', '2001-01-02')).rejects.toMatchObject({ code: 'UV003' })
    await expect(diff(null, ends[0]!)).rejects.toMatchObject({ code: 'UV003' })
    const unknown = db.query(`SELECT membership_diff('SPX', 'ETF', $1)`, [ends[0]])
    await expect(unknown).rejects.toMatchObject({
      code: 'UV003',
      message: 'no universe named SPX of type ETF',
    })
  })
})
