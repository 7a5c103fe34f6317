import { beforeEach, expect, it } from 'vitest'
import type { SyncRun } from '../../src/operations/refresh.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { completed, eventsOf, listSmallMarket, listStocks, setCloses } from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
})

const setLimit = (name: string, value: number): Promise<unknown> =>
  db.query('UPDATE settings SET value = $2 WHERE name = $1', [name, value])

/** The alerts of a run must be its alert events too, word for word. */
async function expectAnnounced(run: SyncRun): Promise<void> {
  const events = (await eventsOf(db, run.id)).filter(({ event }) => event === 'alert')
  expect(events.map(({ payload }) => payload)).toEqual(
    run.alerts.map((alert) => ({ ...alert, job_id: run.id })),
  )
  const channels = await db.query(`SELECT channel FROM event_channels WHERE event = 'alert'`)
  expect(channels).toEqual([{ channel: 'admin_notifications' }])
}

it('there are none within the limits', async () => {
  expect((await completed(db)).alerts).toEqual([])
})

it('a long run', async () => {
  await setLimit('alert_run_minutes', 0)
  const run = await completed(db)
  expect(run.alerts).toEqual([
    expect.objectContaining({
      alert: 'alert_run_minutes',
      subject: 'the refresh',
      limit: 0,
      unit: 'minutes',
    }),
  ])
  await expectAnnounced(run)
})

it('market caps that cannot be computed', async () => {
  await setLimit('alert_uncapped_percent', 5)
  // 63 stocks, 3 of which are without shares or price: 4.76 percent.
  const stock = { sic: '7372', exchange: 'XNAS' }
  await listStocks(db, [
    { symbol: 'NO1', close: 5, ...stock },
    { symbol: 'NO2', shares: 5, ...stock },
    { symbol: 'NO3', ...stock },
  ])
  expect((await completed(db)).alerts).toEqual([])
  await listStocks(db, [{ symbol: 'NO4', ...stock }])
  const run = await completed(db)
  expect(run.alerts).toEqual([
    {
      alert: 'alert_uncapped_percent',
      subject: 'active stocks without a computable market cap',
      value: 6.25,
      limit: 5,
      unit: 'percent',
    },
  ])
  expect(run.steps[0]).toMatchObject({ market_caps_not_computable: 4 })
  await expectAnnounced(run)
  expect(
    await db.query(`SELECT symbol, reason FROM uncapped_stocks WHERE symbol LIKE 'NO_' ORDER BY 1`),
  ).toEqual([
    { symbol: 'NO1', reason: 'no shares' },
    { symbol: 'NO2', reason: 'no price' },
    { symbol: 'NO3', reason: 'no shares and no price' },
    { symbol: 'NO4', reason: 'no shares and no price' },
  ])
})

it('a universe of which a large part changed', async () => {
  await setLimit('alert_changed_percent', 12)
  await completed(db)
  // Two of the 16 mega caps leave it.
  await setCloses(db, { TEC15: 100000, TEC16: 100000 })
  const run = await completed(db)
  expect(run.alerts).toContainEqual({
    alert: 'alert_changed_percent',
    subject: 'MARKET_CAP mega_cap',
    value: 12.5,
    limit: 12,
    unit: 'percent',
  })
  await expectAnnounced(run)
  await setLimit('alert_changed_percent', 13)
  await setCloses(db, { TEC14: 100000 })
  expect((await completed(db)).alerts.map(({ subject }) => subject)).not.toContain('MARKET_CAP mega_cap')
})

it('events that wait for Redis', async () => {
  await db.query(`UPDATE universe_events SET created_at = created_at - interval '10 minutes'`)
  const run = await completed(db)
  expect(run.alerts).toEqual([
    expect.objectContaining({
      alert: 'alert_event_lag_minutes',
      subject: 'the oldest event waiting for Redis',
      limit: 10,
    }),
  ])
  await expectAnnounced(run)
  await db.query('UPDATE universe_events SET published_at = now()')
  expect((await completed(db)).alerts).toEqual([])
})
