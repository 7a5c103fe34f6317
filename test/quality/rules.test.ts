import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { loadFund } from '../refresh/market.js'
import { findings, foundAfter, validMarket } from './validation.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await validMarket(db)
})

const OWN = `CREATE VIEW "check Funds" AS
  SELECT environment, name::varchar(9) AS subject, 'too old'::varchar AS detail
  FROM definition_groups WHERE type = 'ETF';
  INSERT INTO relationship_checks (position, name, relation, title, remedy)
  VALUES (45, 'funds', 'check Funds', 'Funds are young', 'Wait.')`

describe('a check is a row', () => {
  it('of a view of your own: in its place, with its status, title and remedy', async () => {
    const client = await db.client()
    await client.query(`BEGIN; ${OWN}`)
    const { rows } = await client.query(
      `SELECT row_number() OVER ()::integer AS place, v.* FROM validate_relationships('DEFAULT', 2) AS v`,
    )
    expect(rows[4]).toEqual({
      place: 5,
      check_name: 'funds',
      status: 'FAIL',
      findings: '3',
      samples: [
        { subject: 'SPY', detail: 'too old' },
        { subject: 'XLF', detail: 'too old' },
      ],
      title: 'Funds are young',
      remedy: 'Wait.',
      relation: 'check Funds',
    })
    expect(rows).toHaveLength(21)
    await client.query(`UPDATE relationship_checks SET on_finding = 'WARN' WHERE name = 'funds'`)
    expect(await findings(client)).toMatchObject([{ check_name: 'funds', status: 'WARN', findings: 3 }])
    await client.query(`UPDATE relationship_checks SET enabled = false WHERE name = 'funds'`)
    expect(await findings(client)).toEqual([])
    await client.query('ROLLBACK')
  })

  it('whose view is missing fails, says so, and the others still run', async () => {
    const sql = `UPDATE relationship_checks SET relation = 'no such view' WHERE name = 'empty_themes';
      DELETE FROM group_memberships WHERE symbol = 'OIL1' AND group_id =
        (SELECT id FROM definition_groups WHERE type = 'SECTOR' AND name = 'energy')`
    const found = await foundAfter(db, sql)
    expect(found[0]).toEqual({
      check_name: 'empty_themes',
      status: 'FAIL',
      findings: null,
      samples: [{ subject: 'no such view', detail: 'there is no view of this name in schema public' }],
    })
    expect(found.map(({ check_name }) => check_name)).toEqual([
      'empty_themes',
      'unsectored_stocks',
      'history_gaps',
      'stale_cache',
    ])
  })

  it('whose view lacks a column says which', async () => {
    const sql = `CREATE VIEW half AS SELECT 'x' AS subject, 'y' AS reason;
      UPDATE relationship_checks SET relation = 'half' WHERE name = 'empty_etfs'`
    expect(await foundAfter(db, sql)).toMatchObject([
      { findings: null, samples: [{ subject: 'half', detail: 'the view lacks: environment, detail' }] },
    ])
  })

  it('is refused with another status than FAIL or WARN', async () => {
    await expect(
      db.query(`UPDATE relationship_checks SET on_finding = 'PASS' WHERE name = 'empty_etfs'`),
    ).rejects.toMatchObject({ code: '23514' })
  })
})

describe('the checks that are installed', () => {
  it('can each be asked with psql: environment, subject, detail, one row per finding', async () => {
    const checks = await db.query<{ relation: string; name: string }>(
      'SELECT name, relation FROM relationship_checks',
    )
    expect(checks).toHaveLength(20)
    for (const { name, relation } of checks) {
      expect(relation).toBe(`check_${name}`)
      const { fields, rows } = await db.pool.query(`SELECT * FROM ${relation}`)
      expect(fields.map((field) => [field.name, field.dataTypeID])).toEqual([
        ['environment', 25],
        ['subject', 25],
        ['detail', 25],
      ])
      expect(rows, name).toEqual([])
    }
  })

  it('are views of which every one is used', async () => {
    const unused = await db.query(
      `SELECT relname FROM pg_class AS c WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND relkind = 'v' AND relname LIKE 'check\\_%'
         AND NOT EXISTS (SELECT FROM relationship_checks AS r WHERE r.relation = c.relname)`,
    )
    expect(unused).toEqual([])
  })
})

describe('an environment', () => {
  it('has its own findings, and those that concern all', async () => {
    await loadFund(db, 'SPY', { TEC1: 50, NEW: 30 }, 'TEST')
    const found = await findings(db, 'TEST', 2)
    expect(found.map(({ check_name, findings }) => [check_name, findings])).toEqual([
      ['unsectored_stocks', 60],
      ['sector_groups', 12],
      ['unlisted_members', 1],
      ['low_weight_sums', 1],
    ])
    expect(found[0]!.samples.map(({ subject }) => subject)).toEqual(['BNK1', 'BNK10'])
    expect(await findings(db)).toEqual([])
    const late = `UPDATE universe_events SET created_at = now() - interval '1 hour'
      WHERE seq = (SELECT min(seq) FROM universe_events)`
    expect(await foundAfter(db, late)).toMatchObject([{ check_name: 'late_events', findings: 1 }])
  })

  it('that does not exist is UV003, not a clean bill', async () => {
    await expect(findings(db, 'TSET')).rejects.toMatchObject({
      code: 'UV003',
      message: 'there is no universe in environment TSET',
      detail: expect.stringContaining('DEFAULT') as string,
    })
  })
})

it('everything is read from one snapshot, and nothing is written', async () => {
  const client = await db.client()
  await client.query('BEGIN TRANSACTION READ ONLY')
  expect(await findings(client)).toEqual([])
  await client.query('COMMIT')
  const [row] = await db.query(`SELECT provolatile FROM pg_proc WHERE proname = 'validate_relationships'`)
  expect(row).toEqual({ provolatile: 's' })
})

it('a new installation has nothing to look at, which is a warning', async () => {
  const fresh = await testDatabase(import.meta.url)
  const expected = [
    {
      check_name: 'nothing_loaded',
      status: 'WARN',
      findings: 1,
      samples: [{ subject: 'definition_groups', detail: 'no universe is defined yet' }],
    },
  ]
  expect(await findings(fresh)).toEqual(expected)
  expect(await findings(fresh, 'TEST')).toEqual(expected)
})
