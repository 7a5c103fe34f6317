import { beforeEach, expect, it } from 'vitest'
import { addLegacyRows, imported } from '../legacy/legacy-rows.js'
import { loadInto, writeFiles } from '../load/files.js'
import { completed, listSmallMarket, members } from '../refresh/market.js'
import { removeFolder, testDatabase, type TestDatabase } from '../support/index.js'
import { clock, faults, loadLines, rollBack, weights } from './support.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
})

const retired = async (name: string): Promise<unknown> =>
  (
    await db.query(
      `SELECT coalesce(metadata ? 'retired_at', false) AS retired FROM definition_groups WHERE name = $1`,
      [name],
    )
  ).map(({ retired }) => retired)

it('a universe whose rule is gone comes back, and the next refresh retires it again', async () => {
  await db.query(
    `INSERT INTO theme_rules (name, title, description, include_symbols) VALUES ('picks', 'Picks', 'Picked', '{TEC1,BNK1}')`,
  )
  const first = await completed(db)
  await db.query(`DELETE FROM theme_rules WHERE name = 'picks'`)
  await completed(db)
  expect([await members(db, 'THEME', 'picks'), await retired('picks')]).toEqual([[], [true]])
  await rollBack(db, first.id)
  expect([await members(db, 'THEME', 'picks'), await retired('picks')]).toEqual([['BNK1', 'TEC1'], [false]])
  expect(await db.query(`SELECT value FROM cache_entries WHERE universe = 'picks'`)).toEqual([
    { value: ['BNK1', 'TEC1'] },
  ])
  expect(await faults(db)).toEqual([])
  await completed(db)
  expect([await members(db, 'THEME', 'picks'), await retired('picks')]).toEqual([[], [true]])
})

it('an imported universe is retired by a rollback to before it, and back with the next import', async () => {
  const moment = await clock(db)
  await addLegacyRows(db, [{ universe: 'favourites', content: ['TEC1', 'TEC2'], cache_type: 'mine' }])
  await imported(db)
  await rollBack(db, moment)
  expect([await members(db, 'UNIVERSE', 'favourites'), await retired('favourites')]).toEqual([[], [true]])
  await imported(db)
  expect([await members(db, 'UNIVERSE', 'favourites'), await retired('favourites')]).toEqual([
    ['TEC1', 'TEC2'],
    [false],
  ])
  expect(await faults(db)).toEqual([])
})

it('every file that two rollbacks took back is held, and the one in force is not', async () => {
  const folder = await writeFiles({})
  const put = async (lines: string): Promise<unknown> => {
    await writeFiles({ 'spy_holdings.csv': `symbol,weight\n${lines}\n` }, folder)
    const { files } = await loadInto(db, { kind: 'etfs', paths: [folder] })
    return files[0]!.status
  }
  const files = ['TEC1,60\nTEC2,40', 'TEC1,61\nTEC2,39', 'TEC1,62\nTEC2,38'] as const
  const ends: string[] = []
  for (const lines of files) {
    await loadLines(db, lines.replace('\n', ' '))
    ends.push(await clock(db))
  }
  await rollBack(db, ends[1]!)
  await rollBack(db, ends[0]!)
  expect([await put(files[2]), await put(files[1])]).toEqual(['held', 'held'])
  expect(await weights(db)).toEqual({ TEC1: 60, TEC2: 40 })
  expect(await put(files[0])).toBe('unchanged')
  removeFolder(folder)
})

it('what the installation found is not taken apart by the ages of its rows', async () => {
  await db.query(
    `INSERT INTO definition_groups (name, type) VALUES ('old', 'UNIVERSE'), ('older', 'UNIVERSE')`,
  )
  await db.query(
    `INSERT INTO group_memberships (group_id, symbol, added_at)
     SELECT id, 'TEC1', CASE name WHEN 'older' THEN '2020-01-01' ELSE '2024-01-01' END::timestamptz
     FROM definition_groups WHERE name LIKE 'old%'`,
  )
  await db.query(
    `INSERT INTO membership_history (group_id, symbol, valid_from)
     SELECT m.group_id, m.symbol, m.added_at FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id WHERE g.name LIKE 'old%'`,
  )
  await expect(rollBack(db, '2022-06-01')).rejects.toMatchObject({
    code: 'UV003',
    detail: expect.stringMatching(/^History begins at 2024-01-01/) as string,
  })
  await rollBack(db, '2024-06-01')
  expect([await members(db, 'UNIVERSE', 'old'), await members(db, 'UNIVERSE', 'older')]).toEqual([
    ['TEC1'],
    ['TEC1'],
  ])
})

it('a run of another environment is refused by its name', async () => {
  const run = await completed(db, { environment: 'TEST' })
  await completed(db)
  await expect(rollBack(db, run.id)).rejects.toMatchObject({
    code: 'UV003',
    message: `${run.id} is a refresh of the environment TEST, not of DEFAULT`,
  })
  const [prices] = await db.query<{ id: string }>(
    `SELECT id FROM load_runs WHERE kind = 'etfs' ORDER BY started_at DESC LIMIT 1`,
  )
  await db.query(`UPDATE load_runs SET kind = 'prices', environment = 'OTHER' WHERE id = $1`, [prices!.id])
  await expect(rollBack(db, prices!.id)).resolves.toMatchObject({ status: 'completed' })
})

it('a member that comes back is explained by the file that stated it so', async () => {
  const load = async (name: string, lines: string): Promise<string> => {
    const folder = await writeFiles({ [name]: `symbol,weight\n${lines}\n` })
    const paths = [`${folder}/${name}`]
    const { id } = await loadInto(db, { kind: 'etfs', paths, etf: 'SPY', force: true })
    removeFolder(folder)
    return id
  }
  const first = await load('first.csv', 'TEC1,60\nTEC2,40')
  await load('second.csv', 'TEC2,99')
  await load('third.csv', 'TEC2,50\nTEC1,50')
  await load('second.csv', 'TEC2,99')
  const run = await rollBack(db, first)
  const [row] = await db.query(
    `SELECT file, line::integer, weight::float8, run_id FROM explain_membership('TEC1', 'SPY', 'ETF')`,
  )
  expect(row).toEqual({ file: 'first.csv', line: 2, weight: 60, run_id: run.id })
})
