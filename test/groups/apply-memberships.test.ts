import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import {
  addGroup,
  apply,
  APPLY,
  applyParams,
  prepareMembership,
  setMembers,
  want,
} from '../support/membership.js'

const FIRST = '00000000-0000-0000-0000-00000000000a'
const SECOND = '00000000-0000-0000-0000-00000000000b'
const TEN = [...'ABCDEFGHIJ']

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await prepareMembership(db)
})

async function members(name: string): Promise<string[]> {
  const rows = await db.query<{ symbol: string }>(
    `SELECT m.symbol FROM group_memberships AS m JOIN definition_groups AS g ON g.id = m.group_id
     WHERE g.name = $1 ORDER BY m.symbol`,
    [name],
  )
  return rows.map((row) => row.symbol)
}

async function versions(name: string): Promise<Record<string, string>> {
  const rows = await db.query<{ symbol: string; version: string }>(
    `SELECT m.symbol, m.xmin || ' ' || m.ctid AS version
     FROM group_memberships AS m JOIN definition_groups AS g ON g.id = m.group_id WHERE g.name = $1`,
    [name],
  )
  return Object.fromEntries(rows.map((row) => [row.symbol, row.version]))
}

async function history(name: string, symbol: string): Promise<Record<string, unknown>[]> {
  return db.query(
    `SELECT h.weight::float, h.market_cap::float, h.opened_by, h.closed_by, h.close_reason, h.valid_to IS NULL AS open,
       h.valid_from = lag(h.valid_to) OVER (ORDER BY h.valid_from) AS chained
     FROM membership_history AS h JOIN definition_groups AS g ON g.id = h.group_id
     WHERE g.name = $1 AND h.symbol = $2 ORDER BY h.valid_from`,
    [name, symbol],
  )
}

/** Fails if history violates an invariant, whatever the tests did. */
async function expectSoundHistory(): Promise<void> {
  const overlapping = await db.query(
    `SELECT a.group_id, a.symbol FROM membership_history AS a JOIN membership_history AS b USING (group_id, symbol)
     WHERE a.valid_from < b.valid_from AND (a.valid_to IS NULL OR a.valid_to > b.valid_from)`,
  )
  expect(overlapping).toEqual([])
  const unequal = await db.query(
    `SELECT group_id, symbol, m.weight, h.weight
     FROM group_memberships AS m
     FULL JOIN (SELECT * FROM membership_history WHERE valid_to IS NULL) AS h USING (group_id, symbol)
     WHERE m.id IS NULL OR h.valid_from IS NULL OR m.weight IS DISTINCT FROM h.weight`,
  )
  expect(unequal).toEqual([])
  const unexplained = await db.query(
    'SELECT symbol FROM membership_history WHERE (valid_to IS NULL) <> (close_reason IS NULL)',
  )
  expect(unexplained).toEqual([])
}

describe('differences', () => {
  it('are all there is in an empty group', async () => {
    await addGroup(db, 'fund')
    await want(db, [
      { name: 'fund', symbol: 'B', weight: 40 },
      { name: 'fund', symbol: 'A', weight: 12.5, metadata: { rank: 1 } },
      { name: 'another', symbol: 'Z' },
      { type: 'THEME', name: 'fund', symbol: 'Y' },
    ])
    expect(await apply(db, ['fund'], { run: FIRST })).toEqual([
      { name: 'fund', added: ['A', 'B'], removed: [], updated: 0, members_before: 0, held: false },
    ])
    expect(await members('fund')).toEqual(['A', 'B'])
    expect(await history('fund', 'A')).toEqual([
      {
        weight: 12.5,
        market_cap: 35e9,
        opened_by: FIRST,
        closed_by: null,
        close_reason: null,
        open: true,
        chained: null,
      },
    ])
    await expectSoundHistory()
  })

  it('alone are written: added, removed, reweighted, reranked', async () => {
    await addGroup(db, 'mixed')
    const same = [...'CDEFG'].map((symbol) => ({ name: 'mixed', symbol, weight: 5 }))
    await want(db, [
      ...same,
      { name: 'mixed', symbol: 'H', weight: 10 },
      { name: 'mixed', symbol: 'I', weight: 20, metadata: { rank: 2 } },
      { name: 'mixed', symbol: 'J', weight: 30 },
      { name: 'mixed', symbol: 'K', metadata: { rule: 'a' } },
    ])
    await apply(db, ['mixed'], { run: FIRST })
    const before = await versions('mixed')
    await want(db, [
      ...same,
      { name: 'mixed', symbol: 'H', weight: 11 },
      { name: 'mixed', symbol: 'I', weight: 20, metadata: { rank: 1 } },
      { name: 'mixed', symbol: 'K', metadata: { rule: 'b' } },
      { name: 'mixed', symbol: 'L', weight: 1 },
    ])
    expect(await apply(db, ['mixed'], { run: SECOND })).toEqual([
      { name: 'mixed', added: ['L'], removed: ['J'], updated: 2, members_before: 9, held: false },
    ])
    const after = await versions('mixed')
    const touched = Object.keys(after).filter((symbol) => after[symbol] !== before[symbol])
    expect(touched.sort()).toEqual(['H', 'I', 'K', 'L'])
    const shown = {
      market_cap: expect.any(Number) as number,
      opened_by: FIRST,
      closed_by: null,
      close_reason: null,
    }
    expect(await history('mixed', 'H')).toEqual([
      { ...shown, weight: 10, closed_by: SECOND, close_reason: 'reweighted', open: false, chained: null },
      { ...shown, weight: 11, opened_by: SECOND, open: true, chained: true },
    ])
    expect(await history('mixed', 'J')).toEqual([
      { ...shown, weight: 30, closed_by: SECOND, close_reason: 'removed', open: false, chained: null },
    ])
    expect(await history('mixed', 'I')).toEqual([{ ...shown, weight: 20, open: true, chained: null }])
    const [rank] = await db.query("SELECT rank FROM current_members WHERE name = 'mixed' AND symbol = 'I'")
    expect(rank).toEqual({ rank: 1 })
    await expectSoundHistory()
  })

  it('of zero are answered with no row, no new row version and no WAL', async () => {
    await addGroup(db, 'still')
    await setMembers(db, 'still', TEN)
    expect(await apply(db, ['still'])).toEqual([])
    const before = await versions('still')
    const history = await db.query('SELECT xmin::text, ctid::text FROM membership_history ORDER BY ctid')
    const [explained] = await db.query<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>(
      `EXPLAIN (ANALYZE, WAL, FORMAT JSON) SELECT * FROM ${APPLY}`,
      applyParams(['still']),
    )
    const plan = explained?.['QUERY PLAN'][0]?.Plan
    expect(plan?.['WAL Bytes']).toBeLessThan(1000)
    expect(plan?.['Actual Rows']).toBe(0)
    expect(await versions('still')).toEqual(before)
    expect(await db.query('SELECT xmin::text, ctid::text FROM membership_history ORDER BY ctid')).toEqual(
      history,
    )
  })

  it('of several groups are told per group, and other groups are left alone', async () => {
    for (const name of ['one', 'two', 'three']) await addGroup(db, name)
    await want(
      db,
      ['one', 'two', 'three'].map((name) => ({ name, symbol: 'A' })),
    )
    const changes = await apply(db, ['one', 'two'])
    expect(changes.map((change) => [change.name, change.added])).toEqual([
      ['one', ['A']],
      ['two', ['A']],
    ])
    expect(await members('three')).toEqual([])
  })

  it('that come and go leave one stretch of history each', async () => {
    await addGroup(db, 'guest')
    for (const symbols of [['A', 'B'], ['A'], ['A', 'B'], ['A']]) await setMembers(db, 'guest', symbols)
    expect((await history('guest', 'B')).map((row) => [row['close_reason'], row['chained']])).toEqual([
      ['removed', null],
      ['removed', false],
    ])
    await expectSoundHistory()
  })

  it('keep the reason that the caller gives', async () => {
    await addGroup(db, 'reasoned')
    await setMembers(db, 'reasoned', ['A', 'B'])
    await setMembers(db, 'reasoned', ['A'], { reason: 'file removed' })
    expect(await history('reasoned', 'B')).toMatchObject([{ close_reason: 'file removed' }])
  })

  it('made twice in one transaction are kept apart in time', async () => {
    await addGroup(db, 'quick')
    const client = await db.client()
    await client.query('BEGIN')
    for (const weight of [1, 2, 3]) {
      await client.query('TRUNCATE wanted')
      await client.query("INSERT INTO wanted VALUES ('UNIVERSE', 'quick', 'A', $1, '{}')", [weight])
      await client.query(`SELECT * FROM ${APPLY}`, applyParams(['quick']))
    }
    await client.query('COMMIT')
    expect((await history('quick', 'A')).map((row) => [row['weight'], row['chained'], row['open']])).toEqual([
      [1, null, false],
      [2, true, false],
      [3, true, true],
    ])
    await expectSoundHistory()
  })
})

describe('inactive symbols', () => {
  it('are never admitted', async () => {
    await addGroup(db, 'actives')
    await db.query("INSERT INTO symbols (symbol, type, active) VALUES ('OLD', 'CS', false)")
    const [change] = await setMembers(db, 'actives', ['A', 'B', 'OLD', 'NOT.IN.SYMBOLS'])
    expect(change?.added).toEqual(['A', 'B', 'NOT.IN.SYMBOLS'])
  })

  it('leave although they are stated, and history says why', async () => {
    await addGroup(db, 'leavers')
    await setMembers(db, 'leavers', ['X', 'Y', 'Z'])
    await db.query("UPDATE symbols SET active = false WHERE symbol = 'Z'")
    expect(await apply(db, ['leavers'], { run: SECOND })).toMatchObject([{ removed: ['Z'], added: [] }])
    expect(await history('leavers', 'Z')).toMatchObject([
      { close_reason: 'delisted', closed_by: SECOND, open: false },
    ])
    await db.query("UPDATE symbols SET active = true WHERE symbol = 'Z'")
    expect(await apply(db, ['leavers'])).toMatchObject([{ added: ['Z'] }])
    await expectSoundHistory()
  })
})

describe('append', () => {
  it('adds and updates, and removes nothing', async () => {
    await addGroup(db, 'growing')
    await want(db, [
      { name: 'growing', symbol: 'A', weight: 1 },
      { name: 'growing', symbol: 'B', weight: 1 },
    ])
    await apply(db, ['growing'])
    await want(db, [
      { name: 'growing', symbol: 'B', weight: 2 },
      { name: 'growing', symbol: 'C', weight: 1 },
    ])
    expect(await apply(db, ['growing'], { append: true })).toEqual([
      { name: 'growing', added: ['C'], removed: [], updated: 1, members_before: 2, held: false },
    ])
    expect(await members('growing')).toEqual(['A', 'B', 'C'])
    expect(await history('growing', 'A')).toMatchObject([{ open: true }])
    // Only removals are left to do: nothing to report.
    expect(await apply(db, ['growing'], { append: true })).toEqual([])
    await expectSoundHistory()
  })
})

describe('guards', () => {
  it('hold a group back that would lose more than its share', async () => {
    await addGroup(db, 'large')
    await setMembers(db, 'large', TEN)
    const before = await versions('large')
    const held = {
      name: 'large',
      added: ['K'],
      removed: [...'EFGHIJ'],
      updated: 0,
      members_before: 10,
      held: true,
    }
    expect(await setMembers(db, 'large', [...'ABCDK'])).toEqual([held])
    expect(await versions('large')).toEqual(before)
    expect(await history('large', 'J')).toMatchObject([{ open: true }])
    expect(await setMembers(db, 'large', [...'ABCDK'], { force: true })).toEqual([{ ...held, held: false }])
    expect(await members('large')).toEqual([...'ABCDK'])
  })

  it('let exactly the share go', async () => {
    await addGroup(db, 'half')
    await setMembers(db, 'half', TEN)
    expect(await setMembers(db, 'half', [...'ABCDE'])).toMatchObject([{ held: false }])
  })

  it('hold a group back that would become empty, however small', async () => {
    await addGroup(db, 'small')
    await setMembers(db, 'small', ['A'])
    expect(await setMembers(db, 'small', [])).toMatchObject([{ removed: ['A'], held: true }])
    expect(await members('small')).toEqual(['A'])
    expect(await setMembers(db, 'small', [], { force: true })).toMatchObject([
      { removed: ['A'], held: false },
    ])
    expect(await members('small')).toEqual([])
  })

  it('let a small group change completely', async () => {
    await addGroup(db, 'nine')
    await setMembers(db, 'nine', [...'ABCDEFGHI'])
    expect(await setMembers(db, 'nine', ['Z'])).toMatchObject([{ held: false }])
  })

  it('hold one group, not the others of the same call', async () => {
    for (const name of ['emptied', 'changed']) await addGroup(db, name)
    const [a, b] = [
      { name: 'emptied', symbol: 'A' },
      { name: 'changed', symbol: 'A' },
    ]
    await want(db, [a, b])
    await apply(db, ['emptied', 'changed'])
    await want(db, [{ name: 'changed', symbol: 'B' }])
    const changes = await apply(db, ['emptied', 'changed'])
    expect(changes.map((change) => [change.name, change.held])).toEqual([
      ['changed', false],
      ['emptied', true],
    ])
    expect(await members('emptied')).toEqual(['A'])
  })

  it('are rows: a type may have its own', async () => {
    await addGroup(db, 'strict', 'CUSTOM')
    await setMembers(db, 'strict', ['A', 'B', 'C', 'D'], { type: 'CUSTOM' })
    await db.query("INSERT INTO membership_guards VALUES ('CUSTOM', 20, 2, true)")
    expect(await setMembers(db, 'strict', ['A', 'B', 'C'], { type: 'CUSTOM' })).toMatchObject([
      { held: true },
    ])
    await db.query("UPDATE membership_guards SET max_removed_percent = 100 WHERE group_type = 'CUSTOM'")
    expect(await setMembers(db, 'strict', [], { type: 'CUSTOM' })).toMatchObject([{ held: false }])
  })

  it('do not weigh what append keeps anyway', async () => {
    await addGroup(db, 'kept')
    await setMembers(db, 'kept', TEN)
    expect(await setMembers(db, 'kept', ['K'], { append: true })).toMatchObject([
      { added: ['K'], held: false },
    ])
  })
})

describe('p_symbols', () => {
  it('narrows the statement to some symbols: the others stay', async () => {
    await addGroup(db, 'narrow')
    await setMembers(db, 'narrow', ['A', 'B', 'C'])
    expect(await setMembers(db, 'narrow', ['D', 'E'], { symbols: ['A', 'D'] })).toMatchObject([
      { added: ['D'], removed: ['A'] },
    ])
    expect(await members('narrow')).toEqual(['B', 'C', 'D'])
    expect(await apply(db, ['narrow'], { symbols: [] })).toEqual([])
  })
})

describe('the lock', () => {
  it('tells a second session at once while the first transaction is open', async () => {
    await addGroup(db, 'contested')
    await want(db, [{ name: 'contested', symbol: 'A' }])
    const first = await db.client()
    await first.query("SET application_name = 'the first'")
    await first.query('BEGIN')
    await first.query(`SELECT * FROM ${APPLY}`, applyParams(['contested']))
    await expect(apply(db, ['contested'])).rejects.toMatchObject({
      code: 'UV001',
      message: expect.stringContaining('another refresh or load is running') as string,
      detail: expect.stringContaining('the first') as string,
    })
    // Readers do not wait.
    expect(await members('contested')).toEqual([])
    await first.query('ROLLBACK')
    expect(await members('contested')).toEqual([])
    expect(await apply(db, ['contested'])).toMatchObject([{ added: ['A'] }])
  })
})
