import { beforeAll, describe, expect, it } from 'vitest'
import { fillMarket } from '../bench/market.js'
import { testDatabase, type TestDatabase, TODAY } from '../support/index.js'
import { expectSame } from './compare.js'
import { completed } from './market.js'
import { readRules, type Market, type Rules } from './model.js'
import { happenInModel, tradingDay } from './price-path.js'
import { numbers } from '../support/random.js'
import { recompute, type Universes } from './recompute.js'
import { comparePast, happenInDatabase, readStoredMarket } from './stored-market.js'

const DAYS = 30

let db: TestDatabase
let market: Market
let rules: Rules
/** Expected members of every universe at the end of each run. */
const past: { moment: string; wanted: Universes }[] = []

/** Refreshes, compares the members with the recomputation, and records them in `past`. */
async function refreshAndRemember(): Promise<void> {
  const run = await completed(db)
  expect(run.changes.filter(({ held }) => held)).toEqual([])
  const expected = recompute(market, rules)
  await expectSame(db, market, rules, expected)
  const [at] = await db.query<{ moment: string }>(
    'SELECT finished_at::text AS moment FROM sync_runs WHERE id = $1',
    [run.id],
  )
  past.push({ moment: at!.moment, wanted: expected.universes })
}

describe('thirty days of refreshes', () => {
  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
    const client = await db.client()
    await fillMarket(client, { stocks: 400, days: 5 })
    // Lets an industry lose any number of stocks in a day.
    await db.query(`UPDATE membership_guards SET max_removed_percent = 100 WHERE group_type = 'INDUSTRY'`)
    await db.query(`SELECT update_cache(ARRAY(SELECT id FROM definition_groups WHERE type = 'ETF'))`)
    market = await readStoredMarket(db.query)
    rules = await readRules(db)
    await refreshAndRemember()
    const random = numbers(30)
    for (let day = 1; day <= DAYS; day++) {
      const [next] = await db.query<{ date: string }>(`SELECT (${TODAY} + $1::integer)::text AS date`, [day])
      const happens = tradingDay(market, next!.date, rules.today, random)
      happenInModel(market, happens)
      await happenInDatabase(db.query, happens)
      await refreshAndRemember()
    }
  }, 120_000)

  it('moved stocks between bands, rankings and sector leaders', async () => {
    const left = await db.query<{ type: string; stocks: number }>(
      `SELECT g.type, count(*)::integer AS stocks FROM membership_history h
       JOIN definition_groups g ON g.id = h.group_id WHERE h.close_reason = 'removed' GROUP BY g.type ORDER BY g.type`,
    )
    const types = ['MARKET_CAP', 'MARKET_LEADERS', 'SECTOR_LEADERS']
    expect(left.filter(({ type }) => types.includes(type)).map(({ type }) => type)).toEqual(types)
    const [gone] = await db.query<{ stocks: number }>(
      `SELECT count(DISTINCT symbol)::integer AS stocks FROM membership_history WHERE close_reason = 'delisted'`,
    )
    expect(gone!.stocks).toBe(DAYS)
  })

  it('left a history that is exact on every one of those days', async () => {
    expect(past).toHaveLength(DAYS + 1)
    for (const { moment, wanted } of past) {
      const { universes, memberships, differences } = await comparePast(db.query, moment, wanted)
      expect(differences).toEqual([])
      expect(universes).toBeGreaterThanOrEqual(wanted.size)
      expect(memberships).toBeGreaterThan(4 * 400)
    }
  })

  it('does not hold what was true on another day', async () => {
    const [first, last] = [past[0]!, past.at(-1)!]
    const { differences } = await comparePast(db.query, first.moment, last.wanted)
    expect(differences).toContainEqual(expect.stringMatching(/^MARKET_CAP\/\w+ lacked /))
    expect(differences).toContainEqual(expect.stringMatching(/^SECTOR_LEADERS\/\w+ should not have held /))
  })
})
