import { expect, test } from 'vitest'
import { load } from '../../src/load/load.js'
import { marketDir, marketPaths, testDatabase } from '../support/index.js'

const db = await testDatabase(import.meta.url)

async function refresh(): Promise<void> {
  const runs = await db.query(
    `SELECT status, jsonb_path_exists(changes, '$[*] ? (@.held == true)') AS held FROM refresh_universes()`,
  )
  expect(runs).toEqual([{ status: 'completed', held: false }])
}

const state = (): Promise<unknown[]> =>
  db.query(
    `SELECT g.type, g.name, m.symbol, m.weight, m.metadata FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     ORDER BY g.type, g.name, m.symbol`,
  )

test('after 31 percent of the stocks of a market have gone and come back, every universe is as before', async () => {
  const paths = marketPaths(marketDir())
  for (const kind of ['symbols', 'prices', 'etfs', 'universes'] as const)
    await load({ url: db.url, kind, paths: paths[kind] })
  await refresh()
  await refresh()
  const before = await state()
  await db.query(
    `CREATE TABLE gone AS SELECT symbol FROM active_stocks WHERE abs(hashtext(symbol)) % 100 < 31`,
  )
  const [{ gone }] = (await db.query<{ gone: number }>('SELECT count(*)::integer AS gone FROM gone')) as [
    { gone: number },
  ]
  expect(gone).toBeGreaterThan(100)
  await db.query('UPDATE symbols SET active = false WHERE symbol IN (SELECT symbol FROM gone)')
  await refresh()
  expect(
    await db.query(
      'SELECT count(*)::integer AS n FROM group_memberships WHERE symbol IN (SELECT symbol FROM gone)',
    ),
  ).toEqual([{ n: 0 }])
  await db.query('UPDATE symbols SET active = true WHERE symbol IN (SELECT symbol FROM gone)')
  await refresh()
  expect(await state()).toEqual(before)
  expect(await db.query('SELECT * FROM check_file_members')).toEqual([])
  await refresh()
  expect(await state()).toEqual(before)
})
