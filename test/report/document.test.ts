import { beforeAll, describe, expect, it } from 'vitest'
import { readReport, type RelationshipReport } from '../../src/operations/report.js'
import { addGroup, apply, prepareMembership, setMembers, want } from '../support/membership.js'
import { testDatabase, type TestDatabase } from '../support/index.js'

let db: TestDatabase

async function readAll(detail = true, environment = 'DEFAULT'): Promise<RelationshipReport> {
  return readReport(await db.client(), { environment, detail })
}

/** Kind of every value, lists by their first item: what a reader of the document may rely on. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])]
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, part]) => [key, shapeOf(part)]),
  )
}

describe('the document of an empty installation', () => {
  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
  })

  it('has every part, empty', async () => {
    const report = await readAll()
    expect(report).toMatchObject({
      environment: 'DEFAULT',
      database: db.name,
      schema: 'public',
      detail: true,
    })
    for (const part of ['types', 'alerts', 'runs', 'loads', 'universes', 'funds'] as const)
      expect(report[part], part).toEqual([])
    expect(report.totals).toMatchObject({ stocks: 0, universes: 0, prices: 0, priced_to: null })
    expect(report.sectors).toHaveLength(12)
    expect(report.sectors[0]).toMatchObject({
      stocks: 0,
      percent: null,
      market_cap_percent: null,
      sources: {},
    })
    expect(report.coverage.map(({ total, percent, missing }) => [total, percent, missing])).toEqual([
      [0, null, []],
      [0, null, []],
      [0, null, []],
    ])
    expect(report.integrity.length).toBeGreaterThan(10)
  })

  it('has no universes and funds without detail', async () => {
    const report = await readAll(false)
    expect(report.detail).toBe(false)
    expect(report).not.toHaveProperty('universes')
    expect(report).not.toHaveProperty('funds')
  })
})

describe('the document', () => {
  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
    await prepareMembership(db)
    await addGroup(db, 'SPY', 'ETF')
    await addGroup(db, 'dow30')
    await addGroup(db, 'gone')
    await addGroup(db, 'energy', 'SECTOR')
    await addGroup(db, 'strange', 'SECTOR')
  })

  it('lists members added and removed since the first load, without new weights and other environments', async () => {
    await setMembers(db, 'dow30', ['A', 'B', 'C'])
    const before = (await readAll()).universes!.find(({ name }) => name === 'dow30')!
    expect(before).toMatchObject({ members: 3, added: 0, removed: 0, weight_sum: null })
    await setMembers(db, 'dow30', ['B', 'C', 'D', 'E'])
    const after = (await readAll()).universes!.find(({ name }) => name === 'dow30')!
    expect(after).toMatchObject({ members: 4, added: 2, removed: 1, known_since: before.known_since })
    expect(Date.parse(after.last_change!)).toBeGreaterThan(Date.parse(before.last_change!))

    await db.query(`UPDATE membership_history SET valid_from = valid_from - interval '31 days',
      valid_to = valid_to - interval '31 days'`)
    await setMembers(db, 'dow30', ['B', 'C', 'D'])
    const later = await readAll()
    expect(later.universes!.find(({ name }) => name === 'dow30')).toMatchObject({ added: 0, removed: 1 })
    expect(later.types.find(({ type }) => type === 'UNIVERSE')).toMatchObject({
      universes: 2,
      members: 3,
      empty: 1,
      removed: 1,
      largest: 'dow30',
    })
  })

  it('counts a new weight as a change, but not as added or removed', async () => {
    for (const weights of [
      { A: 60, B: 40 },
      { A: 50, B: 30, C: 20 },
      { A: 51, B: 29, C: 20 },
    ]) {
      const rows = Object.entries(weights).map(([symbol, weight]) => ({ symbol, weight }))
      await want(db, rows.map((row) => ({ type: 'ETF', name: 'SPY', ...row }))) // prettier-ignore
      await apply(db, ['SPY'])
    }
    const report = await readAll()
    const spy = report.universes!.find(({ name }) => name === 'SPY')!
    expect(spy).toMatchObject({ members: 3, added: 1, removed: 0, weight_sum: 100 })
    expect(report.funds).toMatchObject([
      { fund: 'SPY', members: 3, weight_sum: 100, top_weight: 100, as_of: null },
    ])
    expect(report.funds![0]!.holdings.map(({ rank, symbol, weight }) => [rank, symbol, weight])).toEqual([
      [1, 'A', 51],
      [2, 'B', 29],
      [3, 'C', 20],
    ])
  })

  it('shows a sector that the table sectors does not have', async () => {
    await setMembers(db, 'strange', ['A'], { type: 'SECTOR' })
    await setMembers(db, 'energy', ['B'], { type: 'SECTOR' })
    const { sectors } = await readAll()
    expect(sectors).toHaveLength(13)
    expect(sectors.find(({ sector }) => sector === 'strange')).toMatchObject({ title: 'strange', stocks: 1 })
    expect(sectors.find(({ sector }) => sector === 'energy')).toMatchObject({ title: 'Energy', stocks: 1 })
  })

  it('omits retired universes and counts them', async () => {
    await db.query(
      `UPDATE definition_groups SET metadata = '{"retired_at": "2026-01-01"}' WHERE name = 'gone'`,
    )
    const { totals, universes } = await readAll()
    expect(universes!.map(({ name }) => name)).not.toContain('gone')
    expect(totals).toMatchObject({ universes: universes!.length, retired_universes: 1 })
  })

  it('of an unused environment is UV003', async () => {
    await expect(readAll(false, 'TSET')).rejects.toMatchObject({ code: 'UV003' })
  })

  it('has the shape that readers rely on', async () => {
    await db.query('SELECT refresh_universes(p_dry_run => true)')
    const shape = shapeOf(await readAll()) as Record<keyof RelationshipReport, unknown>
    expect(Object.keys(shape)).toEqual(
      'alerts coverage database detail environment funds generated_at integrity loads runs schema sector_sources sectors server_version totals types universes'.split(
        ' ',
      ),
    )
    expect(shape.totals).toEqual({
      ...numbers('stocks etfs other_securities inactive_symbols universes retired_universes memberships'),
      ...numbers('history_rows prices events_waiting'),
      history_since: 'string',
      priced_from: 'null',
      priced_to: 'null',
      events_waiting_since: 'null',
    })
    const sector = {
      sector: 'string',
      title: 'string',
      ...numbers('stocks percent market_cap market_cap_percent'),
    }
    expect(shape.sectors).toEqual([{ ...sector, sources: { 'not stated': 'number' } }])
    expect(shape.sector_sources).toEqual([
      { source: 'string', title: 'string', ...numbers('stocks percent') },
    ])
    const coverage = { measure: 'string', title: 'string', missing: ['string'] }
    expect(shape.coverage).toEqual([{ ...coverage, ...numbers('covered total percent') }])
    const check = {
      check_name: 'string',
      relation: 'string',
      status: 'string',
      title: 'string',
      remedy: 'string',
      findings: 'number',
    }
    expect(shape.integrity).toEqual([{ ...check, samples: [] }])
    expect(shape.runs).toEqual([
      {
        id: 'string',
        kind: 'string',
        mode: 'string',
        status: 'string',
        triggered_by: 'string',
        started_at: 'string',
        dry_run: 'boolean',
        error: 'null',
        ...numbers('duration_ms changes universes held alerts'),
      },
    ])
  })
})

function numbers(names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, 'number']))
}
