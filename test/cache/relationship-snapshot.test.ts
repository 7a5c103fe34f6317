import { beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { fillSymbols, loadFunds, refresh } from './relationship-support.js'

interface Document {
  seq: number
  complete: boolean
  ids: number[]
  groups: { type: string; name: string; symbols: string | null }[]
  symbols: { symbols: string; names: (string | null)[]; market_caps: string } | null
}

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await fillSymbols(db)
  await loadFunds(db, { AAA: 'B,60.5 A,39.5', BBB: 'C,100' })
})

async function snapshot(after: number | null = null, environment = 'DEFAULT'): Promise<Document> {
  const [row] = await db.query<{ document: Document }>('SELECT relationship_snapshot($1, $2) AS document', [
    environment,
    after,
  ])
  return row!.document
}

const names = ({ groups }: Document): string[] => groups.map(({ name }) => name).sort()

describe('relationship_snapshot()', () => {
  it('is everything, in columns', async () => {
    const document = await snapshot()
    expect(document).toMatchObject({ seq: 2, complete: true })
    expect(document.ids).toHaveLength(2)
    expect(document.groups.find(({ name }) => name === 'AAA')).toEqual({
      id: expect.any(Number) as number,
      type: 'ETF',
      name: 'AAA',
      title: 'Loaded from aaa_holdings.csv',
      source: 'file',
      retired: false,
      count: 2,
      weight_sum: 100,
      symbols: 'A\tB',
      weights: '39.500000\t60.500000',
      ranks: null,
      since: expect.stringMatching(/^\d+(\.\d+)?\t\d+(\.\d+)?$/) as string,
    })
    expect(document.symbols!.symbols.split('\t').slice(0, 3)).toEqual(['A', 'B', 'C'])
    expect(document.symbols!.names[0]).toBe('Company A')
    expect(document.symbols!.market_caps.split('\t')).toHaveLength(26)
  })

  it('of nothing is an empty document', async () => {
    await db.query('TRUNCATE definition_groups, symbols, universe_events CASCADE')
    expect(await snapshot()).toEqual({
      seq: 0,
      complete: true,
      ids: [],
      groups: [],
      symbols: { symbols: null, names: null, market_caps: null },
    })
    expect(await snapshot(0)).toMatchObject({ complete: false, groups: [], symbols: null })
  })

  it('after an event is what later events name, and every id', async () => {
    expect(await snapshot(2)).toMatchObject({ seq: 2, complete: false, groups: [], symbols: null })
    await loadFunds(db, { BBB: 'D,100', CCC: 'D,100' })
    const document = await snapshot(2)
    expect(document).toMatchObject({ seq: 4, complete: false, symbols: null })
    expect(names(document)).toEqual(['BBB', 'CCC'])
    expect(document.ids).toHaveLength(3)
    expect(names(await snapshot(3))).toHaveLength(1)
  })

  it('after an event that no universe_updated follows is nothing, whatever else was announced', async () => {
    for (const event of [
      'cache_sync_triggered',
      'cache_sync_progress',
      'alert',
      'sync_failed',
      'ipo_assigned',
    ])
      await db.query(`SELECT publish_event($1, '{"universe": "AAA", "type": "ETF"}')`, [event])
    expect(await snapshot(2)).toMatchObject({ seq: 7, complete: false, groups: [], symbols: null })
  })

  it('after a run has the symbols, and the universes that it may have retired without an event', async () => {
    await refresh(db)
    const { seq } = await snapshot()
    const [empty] = await db.query<{ name: string }>(
      `SELECT min(t.name) AS name FROM theme_rules AS t
       WHERE t.enabled AND NOT EXISTS (SELECT FROM current_members AS m WHERE m.type = 'THEME' AND m.name = t.name)`,
    )
    await db.query('DELETE FROM theme_rules WHERE name = $1', [empty!.name])
    expect(await refresh(db)).toMatchObject({ changes: [] })
    const document = await snapshot(seq)
    expect(document).toMatchObject({ complete: false, groups: [{ ...empty, retired: true }] })
    expect(document.symbols!.names).toHaveLength(26)
  })

  it.each([
    ['0, before the first event', 0],
    ['an event that is yet to come', 99],
    ['an event that is purged', 1],
  ])('after %s is everything', async (_, after) => {
    await db.query('UPDATE universe_events SET published_at = now()')
    await db.query(`UPDATE settings SET value = 0 WHERE name = 'event_retention_days'`)
    await db.query('SELECT purge_events()')
    const document = await snapshot(after)
    expect(document).toMatchObject({ complete: true })
    expect(names(document)).toEqual(['AAA', 'BBB'])
    expect(document.symbols).not.toBeNull()
  })

  it('after an event reads no other events than the later ones, also before ANALYZE has seen them', async () => {
    const backlog = `SELECT publish_events(jsonb_agg(jsonb_build_object('event', 'alert', 'payload', jsonb_build_object('n', n))))
      FROM generate_series(1, 5000) AS n`
    await db.query(backlog)
    const client = await db.client()
    // The plans of later calls are made without the value of the parameter.
    for (let call = 0; call < 10; call++)
      await client.query('SELECT relationship_snapshot($1, 5000)', ['DEFAULT'])
    await client.query('BEGIN')
    await client.query('SELECT relationship_snapshot($1, 5000)', ['DEFAULT'])
    const { rows } = await client.query(
      `SELECT coalesce(seq_scan, 0)::integer AS scans FROM pg_stat_xact_user_tables WHERE relname = 'universe_events'`,
    )
    expect(rows).toEqual([{ scans: 0 }])
  })

  it('is of one environment', async () => {
    await loadFunds(db, { AAA: 'Z,100' }, { environment: 'TEST' })
    expect((await snapshot(null, 'TEST')).groups).toMatchObject([{ name: 'AAA', symbols: 'Z' }])
    // The event does not say whose AAA it is.
    expect((await snapshot(2)).groups).toMatchObject([{ name: 'AAA', symbols: 'A\tB' }])
  })

  it('is of one moment, events included', async () => {
    const writer = await db.client()
    await writer.query('BEGIN')
    await writer.query(
      `INSERT INTO group_memberships (group_id, symbol) SELECT id, 'Z' FROM definition_groups WHERE name = 'AAA'`,
    )
    await writer.query(`SELECT publish_event('universe_updated', '{"universe": "AAA", "type": "ETF"}')`)
    expect(await snapshot(2)).toMatchObject({ seq: 2, groups: [] })
    await writer.query('COMMIT')
    expect(await snapshot(2)).toMatchObject({ seq: 3, groups: [{ symbols: 'A\tB\tZ' }] })
  })
})
