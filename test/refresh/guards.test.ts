import { beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { changeOf, completed, eventsOf, listSmallMarket, listStocks, members } from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

const energy = Array.from({ length: 14 }, (_, i) => `OIL${i + 1}`).sort()

describe('a group that would lose too many members', () => {
  it('is held as it is, reported again by the next run, and let go when forced', async () => {
    await db.query(
      `UPDATE symbols SET sic_code = '4911' WHERE symbol IN ('OIL1','OIL2','OIL3','OIL4','OIL5','OIL6','OIL7','OIL8')`,
    )
    const first = await completed(db)
    expect(changeOf(first, 'SECTOR', 'energy')).toMatchObject({ held: true, members_before: 14, count: 14 })
    expect(changeOf(first, 'SECTOR', 'energy')?.removed).toHaveLength(8)
    expect(await members(db, 'SECTOR', 'energy')).toEqual(energy)
    expect(await members(db, 'SECTOR', 'utilities')).toContain('OIL1')

    const second = await completed(db)
    expect(changeOf(second, 'SECTOR', 'energy')).toMatchObject({ held: true, count: 14 })

    const third = await completed(db, { force: true })
    expect(changeOf(third, 'SECTOR', 'energy')).toMatchObject({ held: false, count: 6 })
    expect(await members(db, 'SECTOR', 'energy')).toHaveLength(6)
    expect(await completed(db)).toMatchObject({ changes: [] })
  })

  it('changes when it loses just the allowed share', async () => {
    await db.query(
      `UPDATE symbols SET sic_code = '4911' WHERE symbol IN ('OIL1','OIL2','OIL3','OIL4','OIL5','OIL6','OIL7')`,
    )
    expect(changeOf(await completed(db), 'SECTOR', 'energy')).toMatchObject({ held: false, count: 7 })
  })

  it('follows its row of membership_guards', async () => {
    await db.query(`INSERT INTO membership_guards VALUES ('SECTOR', 10, 5, false)`)
    await db.query(`UPDATE symbols SET sic_code = '4911' WHERE symbol IN ('OIL1','OIL2')`)
    const run = await completed(db)
    expect(changeOf(run, 'SECTOR', 'energy')).toMatchObject({ held: true })
    // Types without a row use the row of group_type *.
    expect(changeOf(run, 'INDUSTRY', 'oil_and_gas')).toMatchObject({ held: false })
  })

  it('is announced: an alert, no universe_updated, nothing in the cache', async () => {
    await db.query(`UPDATE symbols SET sic_code = '4911' WHERE symbol LIKE 'OIL%'`)
    const run = await completed(db)
    expect(run.alerts).toContainEqual({
      alert: 'held',
      subject: 'SECTOR energy',
      value: 14,
      limit: 14,
      unit: 'members',
    })
    const events = await eventsOf(db, run.id)
    const updated = events.filter(({ event }) => event === 'universe_updated')
    expect(updated.map(({ payload }) => payload['universe'])).not.toContain('energy')
    expect(
      events.filter(({ event }) => event === 'alert').map(({ payload }) => payload['subject']),
    ).toContain('SECTOR energy')
    const [entry] = await db.query(
      `SELECT content -> 'count' AS count FROM cache_entries WHERE universe = 'energy'`,
    )
    expect(entry).toEqual({ count: 14 })
  })
})

describe('a group that would be empty', () => {
  it('is held, however small', async () => {
    await listStocks(db, [{ symbol: 'REIT', cap: 2e9, sic: '6798' }])
    await completed(db)
    await db.query(`UPDATE symbols SET sic_code = '4911' WHERE symbol = 'REIT'`)
    const run = await completed(db)
    expect(changeOf(run, 'SECTOR', 'real_estate')).toMatchObject({ held: true, removed: ['REIT'] })
    expect(await members(db, 'SECTOR', 'real_estate')).toEqual(['REIT'])
  })

  it('becomes so when it is a theme or the recent IPOs', async () => {
    await db.query(
      `INSERT INTO theme_rules (name, title, description, include_symbols) VALUES ('mine', 'Mine', 'Named', '{OIL1}')`,
    )
    await listStocks(db, [{ symbol: 'NEW1', cap: 2e9, listed: 3 }])
    await completed(db)
    await db.query(`UPDATE theme_rules SET include_symbols = '{NONE}' WHERE name = 'mine'`)
    await db.query(`UPDATE symbols SET list_date = '2001-01-01' WHERE symbol = 'NEW1'`)
    const run = await completed(db)
    expect(changeOf(run, 'THEME', 'mine')).toMatchObject({ held: false, count: 0, removed: ['OIL1'] })
    expect(changeOf(run, 'IPO', 'recent_ipos')).toMatchObject({ held: false, count: 0, removed: ['NEW1'] })
  })
})

describe('a group of which one step is held and another is not', () => {
  it('reports both, and announces what was done', async () => {
    await db.query(`UPDATE symbols SET sic_code = '4911' WHERE symbol LIKE 'OIL%'`)
    await db.query(`UPDATE symbols SET active = false WHERE symbol = 'OIL3'`)
    const run = await completed(db)
    const left = energy.filter((symbol) => symbol !== 'OIL3')
    expect(await members(db, 'SECTOR', 'energy')).toEqual(left)
    const reported = run.changes.filter(({ type, name }) => type === 'SECTOR' && name === 'energy')
    expect(reported).toEqual([
      expect.objectContaining({ held: false, removed: ['OIL3'], count: 13 }),
      expect.objectContaining({ held: true, removed: energy }),
    ])
    const [entry] = await db.query(`SELECT value FROM cache_entries WHERE universe = 'energy'`)
    expect(entry).toEqual({ value: left })
    const events = await eventsOf(db, run.id)
    expect(events.find(({ payload }) => payload['universe'] === 'energy')?.payload).toMatchObject({
      removed: ['OIL3'],
      count: 13,
    })
    expect(events.find(({ event }) => event === 'delisting_cleanup')?.payload['symbols']).toEqual(['OIL3'])
  })
})
