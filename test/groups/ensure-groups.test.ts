import { beforeAll, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'

const RUN = '00000000-0000-0000-0000-00000000000c'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await db.query(
    "INSERT INTO symbols (symbol, type, market_cap, sector) VALUES ('COIN', 'CS', 5e9, 'Financials'), ('MARA', 'CS', 4e9, NULL)",
  )
  await db.query(
    "INSERT INTO theme_rules (name, title, description, include_symbols) VALUES ('trial', 'Trial', 'For the test', '{COIN,MARA}')",
  )
  const [run] = await db.query('SELECT status, error FROM refresh_universes()')
  expect(run).toEqual({ status: 'completed', error: null })
})

async function ensure(environment = 'DEFAULT'): Promise<Record<string, unknown>[]> {
  return db.query(
    `SELECT g.type, g.name, e.removed, e.held FROM ensure_groups($1, $2) AS e JOIN definition_groups AS g ON g.id = e.group_id`,
    [environment, RUN],
  )
}

async function trial(): Promise<Record<string, unknown> | undefined> {
  const [row] = await db.query(
    `SELECT g.id, g.metadata ? 'retired_at' AS retired, g.metadata ->> 'source' AS source,
       ARRAY(SELECT m.symbol FROM group_memberships AS m WHERE m.group_id = g.id ORDER BY 1) AS members
     FROM definition_groups AS g WHERE g.type = 'THEME' AND g.name = 'trial'`,
  )
  return row
}

it('creates one group per row of managed_groups, once', async () => {
  const missing = `SELECT type, name FROM managed_groups EXCEPT SELECT type, name FROM definition_groups WHERE environment = $1`
  expect(await db.query(missing, ['DEFAULT'])).toEqual([])
  expect((await db.query(missing, ['TEST'])).length).toBeGreaterThan(50)
  expect(await ensure('TEST')).toEqual([])
  expect(await db.query(missing, ['TEST'])).toEqual([])
  const versions = 'SELECT id, xmin::text FROM definition_groups ORDER BY id'
  const before = await db.query(versions)
  expect(await ensure('TEST')).toEqual([])
  expect(await ensure()).toEqual([])
  expect(await db.query(versions)).toEqual(before)
})

it('retires the group of a deleted rule and takes it back with the rule', async () => {
  const before = await trial()
  expect(before).toMatchObject({ retired: false, source: 'rules', members: ['COIN', 'MARA'] })
  await db.query("DELETE FROM theme_rules WHERE name = 'trial'")
  expect(await ensure()).toEqual([{ type: 'THEME', name: 'trial', removed: ['COIN', 'MARA'], held: false }])
  expect(await trial()).toMatchObject({ id: before?.['id'], retired: true, members: [] })
  const closed = await db.query(
    'SELECT DISTINCT close_reason, closed_by FROM membership_history WHERE group_id = $1',
    [before?.['id']],
  )
  expect(closed).toEqual([{ close_reason: 'retired', closed_by: RUN }])
  // A second time there is nothing to do.
  expect(await ensure()).toEqual([])

  await db.query(
    "INSERT INTO theme_rules (name, title, description, include_symbols) VALUES ('trial', 'Trial', 'Back again', '{COIN}')",
  )
  const [run] = await db.query('SELECT status, error FROM refresh_universes()')
  expect(run).toEqual({ status: 'completed', error: null })
  expect(await trial()).toMatchObject({ id: before?.['id'], retired: false, members: ['COIN'] })
})

it('retires a disabled theme, by a refresh, and announces it', async () => {
  await db.query("UPDATE theme_rules SET enabled = false WHERE name = 'trial'")
  const [run] = await db.query<{ id: string }>('SELECT id FROM refresh_universes()')
  expect(await trial()).toMatchObject({ retired: true, members: [] })
  const events = await db.query(
    `SELECT payload -> 'removed' AS removed FROM universe_events
     WHERE run_id = $1 AND event = 'universe_updated' AND payload ->> 'universe' = 'trial'`,
    [run?.id],
  )
  expect(events).toEqual([{ removed: ['COIN'] }])
  expect(
    await db.query("SELECT FROM cache_entries WHERE universe = 'trial' AND universe_category = 'THEME'"),
  ).toEqual([])
})

it('never retires what a file or a person made', async () => {
  await db.query(
    `INSERT INTO definition_groups (name, type, metadata) VALUES ('by_hand', 'THEME', NULL), ('from_file', 'THEME', '{"source": "file"}')`,
  )
  await ensure()
  const groups = await db.query(
    "SELECT metadata FROM definition_groups WHERE name IN ('by_hand', 'from_file') ORDER BY name",
  )
  expect(groups).toEqual([{ metadata: null }, { metadata: { source: 'file' } }])
})
