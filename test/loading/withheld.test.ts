import { beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { fund, loadRows, weightsOf, type Row, type Staged } from './staging.js'

const db = await testDatabase(import.meta.url)

beforeEach(async () => {
  await db.query(`TRUNCATE symbols, definition_groups, group_memberships, membership_history, withheld_members, cache_entries,
    loaded_files, universe_events RESTART IDENTITY CASCADE`)
  await db.query(
    `INSERT INTO symbols (symbol, name, type) SELECT s, s || ' CORP', 'CS' FROM unnest('{CAT,DOG,EMU,FOX}'::text[]) AS s`,
  )
})

const rows: Row[] = [
  { line: 2, symbol: 'CAT', weight: '40', sector: 'Energy' },
  { line: 3, symbol: 'DOG', weight: '30', sector: 'Energy' },
  { line: 4, symbol: 'EMU', weight: '30', sector: 'Utilities' },
]
const zoo = (stated: readonly Row[] = rows, rest: Partial<Staged> = { format: 'ishares' }): Staged =>
  fund('ZOO', stated, rest)

async function refresh(mode = 'full'): Promise<Record<string, unknown>> {
  const [run] = await db.query<{ status: string; step: Record<string, unknown> }>(
    `SELECT status, jsonb_path_query_first(steps, '$[*] ? (@.step == "delistings")') AS step FROM refresh_universes($1)`,
    [mode],
  )
  expect(run!.status).toBe('completed')
  return run!.step
}

async function activate(symbols: string, active: boolean): Promise<void> {
  await db.query(`UPDATE symbols SET active = $2 WHERE symbol = ANY ($1)`, [symbols.split(' '), active])
}

async function withheld(): Promise<unknown[]> {
  return (
    await db.query<{ entry: string }>(
      `SELECT concat_ws(' ', symbol, line, weight::float8, reason) AS entry FROM withheld_members ORDER BY 1`,
    )
  ).map(({ entry }) => entry)
}

async function findings(): Promise<unknown[]> {
  return db.query('SELECT subject, detail FROM check_file_members')
}

async function state(): Promise<unknown> {
  return db.query(
    `SELECT g.name, m.symbol, m.weight, m.metadata FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     ORDER BY g.type, g.name, m.symbol`,
  )
}

describe('a member that is inactive for a while', () => {
  test('returns with its weight, its line and its sector, with history and an event', async () => {
    await loadRows(db, 'etfs', [zoo()])
    await refresh()
    const before = await state()
    await activate('DOG EMU', false)
    await refresh()
    expect(await weightsOf(db, 'ZOO')).toEqual({ CAT: 40 })
    expect(await withheld()).toEqual(['DOG 3 30 inactive', 'EMU 4 30 inactive'])
    expect(await findings()).toEqual([])

    await activate('DOG EMU', true)
    expect(await findings()).toEqual([
      { subject: 'ZOO', detail: 'DOG, EMU is active and stated by its file, but no member' },
    ])
    await db.query('TRUNCATE universe_events')
    expect(await refresh()).toMatchObject({ returned: 2 })
    expect(await state()).toEqual(before)
    expect(await withheld()).toEqual([])
    expect(await findings()).toEqual([])
    const reasons = await db.query(
      `SELECT symbol, open_reason, close_reason FROM membership_history h JOIN definition_groups g ON g.id = h.group_id
       WHERE g.name = 'ZOO' AND symbol = 'DOG' ORDER BY valid_from`,
    )
    expect(reasons).toEqual([
      { symbol: 'DOG', open_reason: null, close_reason: 'delisted' },
      { symbol: 'DOG', open_reason: 'returned', close_reason: null },
    ])
    expect(
      await db.query(
        `SELECT payload -> 'added' AS added FROM universe_events WHERE payload ->> 'universe' = 'ZOO'`,
      ),
    ).toEqual([{ added: ['DOG', 'EMU'] }])
    const [explained] = await db.query(`SELECT reason FROM explain_membership('DOG', 'ZOO', 'ETF')`)
    expect(explained).toEqual({ reason: 'returned, line 3 of its file' })
  })

  test('returns in mode delistings, too', async () => {
    await loadRows(db, 'universes', [{ ...zoo(), group: 'zoo', name: 'zoo.csv', format: undefined as never }])
    await activate('CAT', false)
    await refresh('delistings')
    expect(Object.keys(await weightsOf(db, 'zoo'))).toEqual(['DOG', 'EMU'])
    await activate('CAT', true)
    await refresh('delistings')
    expect(Object.keys(await weightsOf(db, 'zoo'))).toEqual(['CAT', 'DOG', 'EMU'])
  })

  test('that was inactive when its file was loaded comes in as admitted', async () => {
    await activate('EMU', false)
    await loadRows(db, 'etfs', [zoo()])
    expect(await withheld()).toEqual(['EMU 4 30 inactive'])
    await activate('EMU', true)
    await refresh()
    expect(await weightsOf(db, 'ZOO')).toEqual({ CAT: 40, DOG: 30, EMU: 30 })
    expect(
      await db.query(
        `SELECT open_reason FROM membership_history WHERE symbol = 'EMU' AND open_reason IS NOT NULL`,
      ),
    ).toEqual([{ open_reason: 'admitted' }])
  })

  test('does not return to a universe whose newer file lacks it', async () => {
    await loadRows(db, 'etfs', [zoo()])
    await activate('DOG', false)
    await refresh()
    await loadRows(db, 'etfs', [zoo([rows[0]!, { ...rows[2]!, weight: '60' }])])
    expect(await withheld()).toEqual([])
    await activate('DOG', true)
    await refresh()
    expect(await weightsOf(db, 'ZOO')).toEqual({ CAT: 40, EMU: 60 })
  })

  test('leaves even if it is the only one, and comes back', async () => {
    await loadRows(db, 'etfs', [zoo([{ ...rows[0]!, weight: '99' }])])
    await activate('CAT', false)
    await refresh()
    expect(await weightsOf(db, 'ZOO')).toEqual({})
    await activate('CAT', true)
    await refresh()
    expect(await weightsOf(db, 'ZOO')).toEqual({ CAT: 99 })
  })

  test('writes nothing when its file is loaded again', async () => {
    await activate('EMU', false)
    await loadRows(db, 'etfs', [zoo()])
    const ids = await db.query('SELECT id FROM withheld_members')
    await loadRows(db, 'etfs', [zoo()], { mode: 'full' })
    expect(await db.query('SELECT id FROM withheld_members')).toEqual(ids)
  })
})

describe('a row that a rule has skipped', () => {
  test('comes in when its symbol appears in symbols', async () => {
    await loadRows(db, 'etfs', [
      zoo([
        ...rows,
        { line: 5, symbol: 'GNUXV', weight: '0', sector: null },
        { line: 6, symbol: 'ESZ5', weight: '0', sector: null },
      ]),
    ])
    expect(await withheld()).toEqual(['ESZ5 6 0 future', 'GNUXV 5 0 when issued'])
    await db.query(`INSERT INTO symbols (symbol, name, type) VALUES ('ESZ5', 'ESZ5 INC', 'CS')`)
    await refresh()
    expect(Object.keys(await weightsOf(db, 'ZOO'))).toEqual(['CAT', 'DOG', 'EMU', 'ESZ5'])
    expect(await withheld()).toEqual(['GNUXV 5 0 when issued'])
    expect(await findings()).toEqual([])
  })

  test('comes in when the rule goes', async () => {
    await loadRows(db, 'etfs', [
      zoo([...rows, { line: 5, symbol: 'FOX', weight: '1', sector: 'Cash and so on' }]),
    ])
    expect(await withheld()).toEqual(['FOX 5 1 cash'])
    await refresh()
    expect(await withheld()).toEqual(['FOX 5 1 cash'])
    await db.query(`UPDATE holding_skip_rules SET pattern = '^cash$' WHERE position = 90`)
    await refresh()
    expect(await weightsOf(db, 'ZOO')).toMatchObject({ FOX: 1 })
  })

  test('of a foreign line stays out', async () => {
    const foreign = { line: 5, symbol: 'FOX', weight: '1', sector: null, exchange: 'Xetra' }
    await loadRows(db, 'etfs', [zoo([...rows.map((row) => ({ ...row, exchange: 'NASDAQ' })), foreign])])
    await activate('FOX', false)
    await activate('FOX', true)
    await refresh()
    expect(await withheld()).toEqual(['FOX 5 1 foreign listing'])
  })
})

describe('a member that symbols does not know', () => {
  test('takes the symbol of a new alias', async () => {
    await loadRows(db, 'etfs', [zoo([...rows, { line: 5, symbol: 'OWLB', weight: '0.5', sector: null }])])
    expect(await weightsOf(db, 'ZOO')).toMatchObject({ OWLB: 0.5 })
    await db.query(`INSERT INTO symbols (symbol, name, type) VALUES ('OWL', 'OWL CORP', 'CS');
      INSERT INTO symbol_aliases VALUES ('OWLB', 'OWL')`)
    await refresh()
    expect(await weightsOf(db, 'ZOO')).toEqual({ CAT: 40, DOG: 30, EMU: 30, OWL: 0.5 })
    expect(await findings()).toEqual([])
    await db.query(`DELETE FROM symbol_aliases WHERE alias = 'OWLB'`)
  })

  test('takes the spelling of a share class that appears', async () => {
    await loadRows(db, 'etfs', [zoo([...rows, { line: 5, symbol: 'YAKC', weight: '0.5', sector: null }])])
    await db.query(`INSERT INTO symbols (symbol, name, type) VALUES ('YAK.C', 'YAK CORP', 'CS')`)
    await refresh()
    expect(await weightsOf(db, 'ZOO')).toMatchObject({ 'YAK.C': 0.5 })
  })
})

test('a rollback keeps what is inactive, and what the file taken back had withheld goes', async () => {
  await loadRows(db, 'etfs', [zoo()])
  const [{ at }] = (await db.query<{ at: string }>('SELECT clock_timestamp()::text AS at')) as [
    { at: string },
  ]
  await activate('FOX', false)
  await loadRows(db, 'etfs', [
    zoo([
      { ...rows[0]!, weight: '90' },
      { line: 3, symbol: 'FOX', weight: '9', sector: null },
    ]),
  ])
  expect(await withheld()).toEqual(['FOX 3 9 inactive'])
  await activate('DOG', false)
  await db.query('SELECT rollback_universes($1)', [at])
  expect(await weightsOf(db, 'ZOO')).toEqual({ CAT: 40, EMU: 30 })
  expect(await withheld()).toEqual(['DOG 3 30 inactive'])
  await activate('DOG FOX', true)
  await refresh()
  expect(await weightsOf(db, 'ZOO')).toEqual({ CAT: 40, DOG: 30, EMU: 30 })
})

test('an imported universe gets its members back', async () => {
  await db.query(`INSERT INTO definition_groups (name, type, metadata) VALUES ('farm', 'UNIVERSE', '{"source": "legacy"}');
    INSERT INTO group_memberships (group_id, symbol, metadata) SELECT id, 'CAT', '{"note": "old"}' FROM definition_groups WHERE name = 'farm';
    INSERT INTO group_memberships (group_id, symbol, metadata) SELECT id, 'DOG', NULL FROM definition_groups WHERE name = 'farm'`)
  await refresh()
  const before = await state()
  await activate('CAT DOG', false)
  await refresh()
  expect(await weightsOf(db, 'farm')).toEqual({})
  await activate('CAT DOG', true)
  await refresh()
  expect(await state()).toEqual(before)
})
