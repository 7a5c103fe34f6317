import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LoadResult } from '../../src/load/result.js'
import { loadInto, writeFiles, type Files } from '../load/files.js'
import { removeFolder, testDatabase, type TestDatabase } from '../support/index.js'
import { clock, faults, rollBack, weights } from './support.js'

let db: TestDatabase
let folder: string

const GOOD = 'symbol,weight\nA,60\nB,40\n'
const BAD = 'symbol,weight\nC,60\nD,40\n'
const WORSE = 'symbol,weight\nE,60\nF,40\n'

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await db.query(`INSERT INTO symbols (symbol, type) SELECT chr(i), 'CS' FROM generate_series(65, 72) AS i`)
  folder = await writeFiles({})
})

afterEach(() => removeFolder(folder))

/** Loads the folder after putting these files there; incremental like the weekly routine. */
async function put(files: Files, options: { force?: boolean } = {}): Promise<LoadResult> {
  await writeFiles(files, folder)
  return loadInto(db, { kind: 'etfs', paths: [folder], ...options })
}

const spy = (content: string, options: { force?: boolean } = { force: true }): Promise<LoadResult> =>
  put({ 'spy_holdings.csv': content }, options)

async function metadata(name = 'SPY'): Promise<Record<string, unknown>> {
  const [row] = await db.query<{ metadata: Record<string, unknown> }>(
    'SELECT metadata FROM definition_groups WHERE name = $1',
    [name],
  )
  return row!.metadata
}

describe('the file that was taken back', () => {
  it('is held the next time, saying which rollback, until it is forced', async () => {
    const { id } = await spy(GOOD)
    await spy(BAD)
    const run = await rollBack(db, id)
    for (let times = 0; times < 2; times++) {
      const again = await put({})
      expect(again).toMatchObject({ total_changes: 0, files: [{ status: 'held' }] })
      expect(again.files[0]!.held_by).toEqual([
        expect.stringMatching(`^a rollback reverted this file at 20.+ \\(run ${run.id}\\)$`),
      ])
      expect(await weights(db)).toEqual({ A: 60, B: 40 })
    }
    expect(await put({}, { force: true })).toMatchObject({ files: [{ status: 'loaded' }] })
    expect(await weights(db)).toEqual({ C: 60, D: 40 })
    expect(await metadata()).not.toHaveProperty('rolled_back')
    expect(await put({})).toMatchObject({ files: [{ status: 'unchanged' }] })
  })

  it('is forgotten with the next other file', async () => {
    const { id } = await spy(GOOD)
    await spy(BAD)
    await rollBack(db, id)
    expect(await metadata()).toHaveProperty('rolled_back')
    expect(await spy('symbol,weight\nA,61\nB,39\n', {})).toMatchObject({ files: [{ status: 'loaded' }] })
    expect(await metadata()).not.toHaveProperty('rolled_back')
  })

  it('is the good one put back in its place: nothing to change, and the mark is gone', async () => {
    const { id } = await spy(GOOD)
    await spy(BAD)
    await rollBack(db, id)
    expect(await spy(GOOD, {})).toMatchObject({ total_changes: 0, files: [{ status: 'unchanged' }] })
    expect(await metadata()).not.toHaveProperty('rolled_back')
  })

  it('stays held after a second rollback, further back', async () => {
    const { id } = await spy(GOOD)
    const bad = await spy(BAD)
    await spy(WORSE)
    const first = await rollBack(db, bad.id)
    await rollBack(db, id)
    const again = await put({})
    expect(again.files[0]).toMatchObject({ status: 'held', held_by: [expect.stringContaining(first.id)] })
    expect(await weights(db)).toEqual({ A: 60, B: 40 })
  })

  it('is no longer held once the rollback was taken back itself', async () => {
    const { id } = await spy(GOOD)
    const bad = await spy(BAD)
    const run = await rollBack(db, id)
    await rollBack(db, bad.id)
    expect(await weights(db)).toEqual({ C: 60, D: 40 })
    expect(await put({})).toMatchObject({ total_changes: 0, files: [{ status: 'unchanged' }] })
    await rollBack(db, run.id)
    expect(await weights(db)).toEqual({ A: 60, B: 40 })
    expect(await put({})).toMatchObject({ total_changes: 0, files: [{ status: 'held' }] })
  })

  it('may be followed by an older one: the date is that of the file before it again', async () => {
    const ishares = (date: string, symbol: string): string =>
      `Fund Holdings as of,"${date}"\nTicker,Name,Sector,Asset Class,Weight (%)\n${symbol},X,Tech,Equity,95\n`
    const first = await spy(ishares('Nov 17, 2025', 'A'))
    await spy(ishares('Nov 20, 2025', 'B'))
    expect(await metadata()).toMatchObject({ as_of: '2025-11-20' })
    await rollBack(db, first.id)
    expect(await metadata()).toMatchObject({ as_of: '2025-11-17', load_id: first.id })
    expect(await spy(ishares('Nov 18, 2025', 'A'), {})).toMatchObject({ files: [{ status: 'loaded' }] })
    expect(await metadata()).toMatchObject({ as_of: '2025-11-18' })
  })

  it('is not the one that was in before: that stays as loaded as it was', async () => {
    await spy(GOOD)
    const moment = await clock(db)
    await db.query(`UPDATE symbols SET active = false WHERE symbol = 'A'`)
    await db.query(`SELECT refresh_universes(p_force => true)`)
    expect(await weights(db)).toEqual({ B: 40 })
    await db.query(`UPDATE symbols SET active = true WHERE symbol = 'A'`)
    await rollBack(db, moment)
    expect(await weights(db)).toEqual({ A: 60, B: 40 })
    expect(await put({})).toMatchObject({ total_changes: 0, files: [{ status: 'unchanged' }] })
  })
})

describe('universes that come and go', () => {
  it('one created after the moment is emptied, retired, and leaves cache_entries', async () => {
    const { id } = await spy(GOOD)
    await put({ 'qqq_holdings.csv': BAD })
    const entry = `SELECT 1 FROM cache_entries WHERE universe = 'QQQ'`
    expect(await db.query(entry)).toHaveLength(1)
    await rollBack(db, id)
    expect([await weights(db, 'QQQ'), await weights(db)]).toEqual([{}, { A: 60, B: 40 }])
    expect(await metadata('QQQ')).toHaveProperty('retired_at')
    expect(await metadata()).not.toHaveProperty('retired_at')
    expect(await db.query(entry)).toEqual([])
    expect(await faults(db)).toEqual([])
    const again = await put({})
    expect(again.files.map(({ name, status }) => [name, status])).toEqual([
      ['qqq_holdings.csv', 'held'],
      ['spy_holdings.csv', 'unchanged'],
    ])
    await put({}, { force: true })
    expect(await weights(db, 'QQQ')).toEqual({ C: 60, D: 40 })
    expect(await db.query(entry)).toHaveLength(1)
  })

  it('a retired one comes back, and its file is welcome', async () => {
    await put({ 'qqq_holdings.csv': BAD, 'spy_holdings.csv': GOOD })
    const moment = await clock(db)
    const only = await writeFiles({ 'spy_holdings.csv': GOOD })
    await loadInto(db, { kind: 'etfs', paths: [only], mode: 'full', force: true })
    removeFolder(only)
    expect(await weights(db, 'QQQ')).toEqual({})
    expect(await metadata('QQQ')).toHaveProperty('retired_at')
    await rollBack(db, moment)
    expect(await weights(db, 'QQQ')).toEqual({ C: 60, D: 40 })
    expect(await metadata('QQQ')).not.toHaveProperty('retired_at')
    expect(await db.query(`SELECT value FROM cache_entries WHERE universe = 'QQQ'`)).toEqual([
      { value: ['C', 'D'] },
    ])
    expect(await faults(db)).toEqual([])
    expect((await put({})).files.map(({ status }) => status)).toEqual(['unchanged', 'unchanged'])
  })
})
