import { beforeAll, describe, expect, it } from 'vitest'
import {
  isMet,
  loadRealSectors,
  measureShares,
  readReference,
  worstCodes,
  type Share,
} from '../bench/accuracy.js'
import { eventsOf, rowVersions } from '../refresh/market.js'
import { dataDir, testDatabase } from '../support/index.js'
import { enriched } from './enriching.js'

const data = dataDir()

describe.skipIf(data === undefined)('the sectors of the real stocks', async () => {
  const db = data === undefined ? undefined : await testDatabase(import.meta.url)
  let client: Awaited<ReturnType<NonNullable<typeof db>['client']>>

  beforeAll(async () => {
    client = await db!.client()
    await loadRealSectors(client, data!)
    await readReference(client, data!)
  })

  it('meet every goal against a reference that no rule has read', async () => {
    const shares = await measureShares(client)
    expect(shares.filter(({ goal }) => goal !== undefined).map(({ goal }) => goal)).toEqual([99, 97, 80, 80])
    expect(shares.filter((share) => !isMet(share))).toEqual([])
    expect(shares.map(({ of }) => of)).toEqual([5567, 2412, 494, 2444, 2452])
    const [classified, byIssuer, independent, bySic] = shares.map(({ percent }) => percent)
    expect(classified).toBeCloseTo(99.77, 1)
    expect(byIssuer).toBeCloseTo(99.75, 1)
    expect(independent).toBeGreaterThan(99)
    expect(bySic).toBeGreaterThan(85)
  })

  it('have the codes with most wrong stocks first', async () => {
    const codes = await worstCodes(client)
    expect(codes).toHaveLength(10)
    expect(codes[0]).toMatchObject({ sic_code: '7389', sector: 'industrials', should_be: 'financials' })
    const wrong = codes.map((code) => code.wrong)
    expect(wrong).toEqual([...wrong].sort((a, b) => b - a))
    const [bySic] = (await measureShares(client)).slice(-1)
    expect(wrong.reduce((sum, count) => sum + count)).toBeLessThan(bySic!.of - bySic!.right)
  })

  it('are one for each stock, with source, rule and the industry of its SIC code', async () => {
    const wrong = await db!.query(
      `SELECT s.symbol, count(m.name) AS sectors
       FROM symbols s
       LEFT JOIN current_members m ON m.symbol = s.symbol AND m.type = 'SECTOR'
       WHERE (s.active AND s.type IN ('CS', 'ADRC')) OR m.name IS NOT NULL
       GROUP BY s.symbol, s.active, s.type
       HAVING count(m.name) <> 1 OR NOT s.active OR s.type NOT IN ('CS', 'ADRC')`,
    )
    expect(wrong).toEqual([])
    const [reasons] = await db!.query(
      `SELECT count(*)::integer AS stocks, count(m.metadata ->> 'source')::integer AS sources,
         count(m.metadata ->> 'rule')::integer AS rules,
         count(*) FILTER (WHERE m.metadata ->> 'industry' IS DISTINCT FROM i.name)::integer AS other_industries,
         count(m.metadata ->> 'industry')::integer AS industries
       FROM current_members m
       LEFT JOIN current_members i ON i.type = 'INDUSTRY' AND i.symbol = m.symbol
       WHERE m.type = 'SECTOR'`,
    )
    expect(reasons).toMatchObject({ stocks: 5567, sources: 5567, rules: 5567, other_industries: 0 })
    expect(reasons!['industries']).toBeGreaterThan(5400)
  })

  it.each(['incremental', 'full'] as const)('are not written again by the mode %s', async (mode) => {
    const own = ['sync_runs', 'universe_events']
    const before = await rowVersions(db!, own)
    const run = await enriched(db!, { mode })
    expect(run).toMatchObject({ changes: [], total_changes: 0 })
    expect((await eventsOf(db!, run.id)).map(({ event }) => event)).toEqual(['cache_sync_completed'])
    expect(await rowVersions(db!, own)).toEqual(before)
  })
})

it('a share misses its goal below it, and when nothing was measured', () => {
  const share = (percent: number): Share => ({ what: '', right: 0, of: 0, goal: 97, percent })
  expect([97, 96.99, Number.NaN].map((percent) => isMet(share(percent)))).toEqual([true, false, false])
})
