import { beforeAll, describe, expect, it } from 'vitest'
import { completed, listStocks, stocks } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { endOf, loadLines, rollBack } from './support.js'

let db: TestDatabase
const loads: string[] = []
let refreshed: string

interface Explanation {
  member: boolean
  since: Date
  until: Date | null
  [column: string]: unknown
}

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listStocks(db, [
    ...stocks('BIG', 12, 300e9, { sic: '7372' }),
    ...stocks('LOW', 4, 50e9, { sic: '6021' }),
  ])
  loads.push((await loadLines(db, 'BIG1,60 BIG2,40')).id)
  refreshed = (await completed(db)).id
  await db.query(`UPDATE symbols SET market_cap = 999e9 WHERE symbol = 'LOW1'`)
  loads.push((await loadLines(db, 'LOW1,10 BIG1,50 BIG2,40')).id)
  loads.push((await loadLines(db, 'BIG2,99')).id)
  loads.push((await loadLines(db, 'BIG2,60 BIG1,40')).id)
})

async function explain(symbol: string, name = 'SPY', type = 'ETF'): Promise<Explanation[]> {
  return db.query<Explanation>(
    'SELECT *, line::integer, market_cap::float8 AS market_cap, weight::float8 AS weight FROM explain_membership($1, $2, $3)',
    [symbol, name, type],
  )
}

describe('explain_membership', () => {
  it('of a file: name, line, weight, market cap and load', async () => {
    expect(await explain('LOW1')).toEqual([
      {
        member: false,
        since: expect.any(Date) as Date,
        until: expect.any(Date) as Date,
        reason: 'line 2 of its file',
        file: 'spy_holdings.csv',
        line: 2,
        rank: null,
        weight: 10,
        market_cap: 999e9,
        run_id: loads[1],
        run: 'load etfs',
        triggered_by: 'universes load',
        ended_by: loads[2],
        end_reason: 'removed',
      },
    ])
  })

  it('a new weight goes on with the stretch; leaving ends it, the latest stretch is first', async () => {
    const [kept, ...more] = await explain('BIG2')
    expect(more).toEqual([])
    expect(kept).toMatchObject({
      member: true,
      until: null,
      line: 3,
      weight: 60,
      run_id: loads[0],
      ended_by: null,
    })
    const [now, then, ...others] = await explain('BIG1')
    expect(others).toEqual([])
    expect(now).toMatchObject({ member: true, until: null, line: 3, weight: 40, run_id: loads[3] })
    expect(then).toMatchObject({ member: false, line: 2, weight: 50, run_id: loads[0], ended_by: loads[2] })
    expect(then!.until!.getTime()).toBeLessThan(now!.since.getTime())
  })

  it('of a rule: what the rule says and the refresh that applied it', async () => {
    expect(await explain('BIG3', 'information_technology', 'SECTOR')).toMatchObject([
      { member: true, file: null, line: null, run_id: refreshed, run: 'refresh full', triggered_by: 'test' },
    ])
    const [{ reason }] = (await explain('BIG3', 'information_technology', 'SECTOR')) as [Explanation]
    const [stored] = await db.query(
      `SELECT m.metadata ->> 'rule' AS rule FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
       WHERE g.type = 'SECTOR' AND m.symbol = 'BIG3'`,
    )
    expect(reason).toBe(stored!['rule'])
    expect(reason).toMatch(/\w/)
  })

  it('of a ranking: rank and market cap of that day, whatever they are now', async () => {
    await db.query(`UPDATE symbols SET market_cap = 1 WHERE symbol = 'BIG4'`)
    expect(await explain('BIG4', 'top_10_stocks', 'MARKET_LEADERS')).toMatchObject([
      { member: true, rank: 4, market_cap: 300e9 - 3e6, reason: 'rank 4 by market cap', run_id: refreshed },
    ])
  })

  it('a symbol that never was a member has no row', async () => {
    expect(await explain('LOW2')).toEqual([])
    expect(await explain('NOSUCH')).toEqual([])
  })

  it('a universe that does not exist is an error', async () => {
    await expect(explain('BIG1', 'SPX')).rejects.toMatchObject({ code: 'UV003' })
    await expect(explain('BIG1', 'SPY', 'THEME')).rejects.toMatchObject({ code: 'UV003' })
    const elsewhere = db.query(`SELECT explain_membership('BIG1', 'SPY', 'ETF', 'TEST')`)
    await expect(elsewhere).rejects.toMatchObject({ code: 'UV003', detail: 'Environment TEST.' })
  })

  it('what a rollback brings back still names the file, and the rollback as its run', async () => {
    const { id } = await rollBack(db, loads[1]!)
    const [now, ...past] = await explain('LOW1')
    expect(now).toMatchObject({
      member: true,
      file: 'spy_holdings.csv',
      line: 2,
      weight: 10,
      run_id: id,
      run: 'rollback',
    })
    expect(past).toMatchObject([{ run_id: loads[1], end_reason: 'removed' }])
  })

  it('what a rollback takes away says so', async () => {
    const last = await loadLines(db, 'BIG5,99')
    await rollBack(db, await endOf(db, loads[1]!))
    expect(await explain('BIG5')).toMatchObject([
      { member: false, run_id: last.id, end_reason: 'rolled back', file: 'spy_holdings.csv', line: 2 },
    ])
  })

  it('a member of before the installation says that', async () => {
    await db.query(`INSERT INTO definition_groups (name, type) VALUES ('OLD', 'ETF')`)
    await db.query(
      `INSERT INTO membership_history (group_id, symbol, valid_from)
       SELECT id, 'BIG1', '2020-01-01' FROM definition_groups WHERE name = 'OLD'`,
    )
    expect(await explain('BIG1', 'OLD')).toMatchObject([
      { run: 'installation', run_id: null, reason: null, file: null },
    ])
  })
})
