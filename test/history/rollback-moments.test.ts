import { beforeEach, describe, expect, it } from 'vitest'
import { rollback } from '../../src/operations/refresh.js'
import { contents } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { faults, clock, endOf, loadLines, rollBack, weights } from './support.js'

let db: TestDatabase
/** Ids of the three loads of SPY. */
let loads: string[]
/** Moments after each of them. */
let after: string[]

const FIRST = { A: 60, B: 40 }
const SECOND = { B: 45, C: 55 }
const THIRD = { D: 99 }

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await db.query(`INSERT INTO symbols (symbol, type) SELECT chr(i), 'CS' FROM generate_series(65, 72) AS i`)
  loads = []
  after = []
  for (const lines of ['A,60 B,40', 'B,45 C,55', 'D,99']) {
    loads.push((await loadLines(db, lines)).id)
    after.push(await clock(db))
  }
})

describe('what it goes back to', () => {
  it('the end of a load', async () => {
    expect(await weights(db)).toEqual(THIRD)
    const run = await rollBack(db, loads[1]!)
    expect(await weights(db)).toEqual(SECOND)
    expect(run.steps).toMatchObject([
      { step: 'rollback', added: 2, removed: 1, updated: 0, inactive_left_out: 0 },
    ])
    expect(new Date(run.steps[0]!['to'] as string)).toEqual(new Date(await endOf(db, loads[1]!)))
    await rollBack(db, loads[0]!.toUpperCase())
    expect(await weights(db)).toEqual(FIRST)
    expect(await faults(db)).toEqual([])
  })

  it('the moment before a load', async () => {
    await rollBack(db, loads[2]!, { before: true })
    expect(await weights(db)).toEqual(SECOND)
    await rollBack(db, loads[1]!, { before: true })
    expect(await weights(db)).toEqual(FIRST)
  })

  it('before the first load nothing is known', async () => {
    await expect(rollBack(db, loads[0]!, { before: true })).rejects.toMatchObject({ code: 'UV003' })
  })

  it('before a load that changed nothing is its own moment', async () => {
    const { id } = await loadLines(db, 'D,99')
    await loadLines(db, 'E,99')
    await rollBack(db, id, { before: true })
    expect(await weights(db)).toEqual(THIRD)
  })

  it('a timestamp in the zone that it names', async () => {
    const [row] = await db.query<{ tokyo: string; york: string }>(
      `SELECT to_char($1::timestamptz AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+09' AS tokyo,
         to_char($2::timestamptz AT TIME ZONE 'America/New_York', 'YYYY-MM-DD HH24:MI:SS.US') || ' America/New_York' AS york`,
      [after[1], after[0]],
    )
    await rollBack(db, row!.tokyo)
    expect(await weights(db)).toEqual(SECOND)
    await rollBack(db, row!.york)
    expect(await weights(db)).toEqual(FIRST)
  })

  it('a timestamp stands for the state that begins with it, or before it', async () => {
    const [row] = await db.query<{ at: string }>(
      'SELECT min(valid_from)::text AS at FROM membership_history WHERE opened_by = $1',
      [loads[2]],
    )
    await rollBack(db, row!.at, { before: true })
    expect(await weights(db)).toEqual(SECOND)
    await rollBack(db, row!.at)
    expect(await weights(db)).toEqual(THIRD)
  })

  it('a timestamp without a zone is UTC, in every session', async () => {
    const [utc] = await db.query<{ at: string }>(`SELECT ($1::timestamptz AT TIME ZONE 'UTC')::text AS at`, [
      after[0],
    ])
    const client = await db.client()
    await client.query(`SET timezone = 'Pacific/Honolulu'`)
    await rollback(client, { to: utc!.at })
    expect(await weights(db)).toEqual(FIRST)
  })

  it('whatever style and zone the session writes its dates in', async () => {
    const client = await db.client()
    await client.query(`SET datestyle = 'SQL, DMY'; SET timezone = 'Asia/Kolkata'`)
    const run = await rollback(client, { to: after[1]! })
    expect(new Date(run.steps[0]!['to'] as string)).toEqual(new Date(after[1]!))
    expect(await weights(db)).toEqual(SECOND)
    const { rows } = await client.query<{ style: string }>(`SELECT current_setting('datestyle') AS style`)
    expect(rows).toEqual([{ style: 'SQL, DMY' }])
  })

  it('a rollback is a run like any other: it can be taken back and gone back to', async () => {
    const first = await rollBack(db, loads[0]!)
    await rollBack(db, first.id, { before: true })
    expect(await weights(db)).toEqual(THIRD)
    await rollBack(db, first.id)
    expect(await weights(db)).toEqual(FIRST)
    expect(await faults(db)).toEqual([])
  })
})

describe('what it refuses, changing nothing', () => {
  const unknown = '00000000-0000-4000-8000-000000000000'
  it.each([
    [unknown, 'UV003', `no run or load ${unknown}`],
    ['2999-01-01', 'UV002', /^2999-01-01 .* is in the future$/],
    ['infinity', 'UV002', /is in the future$/],
    ['tomorrow', 'UV002', /is in the future$/],
    ['last tuesday', 'UV002', `'last tuesday' is neither a run nor a load nor a timestamp`],
    ['', 'UV002', `'' is neither a run nor a load nor a timestamp`],
    ['2026-13-45', 'UV002', /is neither/],
    ['2026-01-01 10:00 Nowhere/Atall', 'UV002', /is neither/],
    ['2026-01-01 10:00+99', 'UV002', /is neither/],
    ['99999999-01-01', 'UV002', /is neither/],
    [unknown.slice(0, 35), 'UV002', /is neither/],
    ['2001-01-01', 'UV003', /^the memberships at 2001-01-01 .* are not known$/],
    ['-infinity', 'UV003', /are not known$/],
  ])('%j is %s', async (to, code, message) => {
    const before = await contents(db)
    for (const dryRun of [false, true]) {
      await expect(rollBack(db, to, { dryRun })).rejects.toMatchObject({
        code,
        message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
        hint: expect.stringMatching(/./) as string,
      })
    }
    expect(await contents(db)).toEqual(before)
  })

  it('says where history begins', async () => {
    const [row] = await db.query<{ at: string }>(
      `SELECT min(valid_from) AT TIME ZONE 'UTC' || '+00' AS at FROM membership_history`,
    )
    await expect(rollBack(db, '2001-01-01')).rejects.toMatchObject({
      detail: `History begins at ${row!.at}.`,
    })
    await expect(rollBack(db, after[0]!, { environment: 'NONE' })).rejects.toMatchObject({
      code: 'UV003',
      detail: 'There is no history yet.',
    })
  })

  it('a dry run and a failed run are nothing to go back to', async () => {
    const dry = await rollBack(db, loads[0]!, { dryRun: true })
    await expect(rollBack(db, dry.id)).rejects.toMatchObject({
      code: 'UV003',
      message: `no run or load ${dry.id}`,
    })
    await db.query('UPDATE sync_runs SET dry_run = false, status = $1', ['failed'])
    await expect(rollBack(db, dry.id)).rejects.toMatchObject({ code: 'UV003' })
    await db.query('UPDATE sync_runs SET status = $1', ['completed'])
    await expect(rollBack(db, dry.id)).resolves.toMatchObject({ total_changes: 0 })
  })

  it('a run of another environment', async () => {
    const { id } = await loadLines(db, 'A,99', { environment: 'TEST' })
    await expect(rollBack(db, id)).rejects.toMatchObject({
      code: 'UV003',
      message: `${id} is a load of the environment TEST, not of DEFAULT`,
    })
    expect(await weights(db)).toEqual(THIRD)
  })

  it('to start while another session is changing memberships', async () => {
    const client = await db.client()
    await client.query(`SET application_name = 'night shift'; BEGIN; SELECT lock_universes('the test')`)
    const before = await contents(db)
    await expect(rollBack(db, loads[0]!)).rejects.toMatchObject({
      code: 'UV001',
      detail: expect.stringContaining('night shift') as string,
    })
    expect(await contents(db)).toEqual(before)
    await client.query('COMMIT')
    await rollBack(db, loads[0]!)
    expect(await weights(db)).toEqual(FIRST)
  })
})

it('leaves other environments alone', async () => {
  await loadLines(db, 'A,99', { environment: 'TEST' })
  const early = await clock(db)
  await loadLines(db, 'B,98', { environment: 'TEST' })
  await rollBack(db, loads[0]!)
  expect([await weights(db), await weights(db, 'SPY', 'TEST')]).toEqual([FIRST, { B: 98 }])
  await rollBack(db, early, { environment: 'TEST' })
  expect([await weights(db), await weights(db, 'SPY', 'TEST')]).toEqual([FIRST, { A: 99 }])
  const entry = `SELECT value FROM cache_entries WHERE universe = 'SPY' AND environment = $1`
  expect(await db.query(entry, ['TEST'])).toEqual([{ value: ['A'] }])
  await expect(rollBack(db, loads[0]!, { environment: 'TEST' })).rejects.toMatchObject({ code: 'UV003' })
})
