import { beforeAll, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { completed, contents, listSmallMarket, listStocks, loadFund, run, setCloses } from './market.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
})

/** A dry run, which must leave everything as it was, then the real one, which must do what the dry run said. */
async function expectDryRunToForetell(): Promise<number> {
  const before = await contents(db, ['sync_runs'])
  const dry = await completed(db, { dryRun: true })
  expect(await contents(db, ['sync_runs'])).toEqual(before)
  const real = await completed(db)
  // Groups that a dry run created and rolled back get other numbers the next time.
  const named = ({ changes }: typeof dry): unknown =>
    changes.map((change) => ({ ...change, group_id: undefined }))
  expect(named(dry)).toEqual(named(real))
  expect(dry.total_changes).toBe(real.total_changes)
  expect(dry.alerts).toEqual(real.alerts)
  expect(await contents(db, ['sync_runs'])).not.toEqual(before)
  return real.total_changes
}

it('foretells the first refresh', async () => {
  expect(await expectDryRunToForetell()).toBeGreaterThan(60)
})

it('foretells prices, a listing, a delisting, a rule and a fund', async () => {
  await setCloses(db, { TEC16: 900000, BNK3: 1, OIL5: 5100 })
  await listStocks(db, [{ symbol: 'NEW1', cap: 3e9, sic: '7372', listed: 4, exchange: 'XNAS' }])
  await db.query(`UPDATE symbols SET active = false WHERE symbol = 'TEC1'`)
  await db.query(`UPDATE theme_rules SET min_market_cap = 4e9 WHERE name = 'technology_leaders'`)
  await loadFund(db, 'XLK', { TEC2: 50, TEC3: 20, OIL1: 30 })
  expect(await expectDryRunToForetell()).toBeGreaterThan(10)
})

it('is recorded as what it was', async () => {
  await setCloses(db, { UTL1: 77777 })
  const dry = await completed(db, { dryRun: true })
  const [row] = await db.query(
    'SELECT status, dry_run, total_changes, changes FROM sync_runs WHERE id = $1',
    [dry.id],
  )
  expect(row).toEqual({
    status: 'completed',
    dry_run: true,
    total_changes: dry.total_changes,
    changes: dry.changes,
  })
  expect(dry.total_changes).toBeGreaterThan(0)
  expect(dry.steps.map(({ step }) => step)).toEqual([
    'market_caps',
    'ipos',
    'delistings',
    'themes',
    'cache_and_events',
  ])
})

it('does not count as the last full run', async () => {
  await setCloses(db, { UTL2: 66666 })
  await run(db, { dryRun: true, environment: 'TEST' })
  const real = await completed(db)
  expect(real.changes.map(({ name }) => name)).toContain('large_cap')
  expect(await completed(db)).toMatchObject({ total_changes: 0 })
})
