import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GroupInfo } from '../../src/cache/index.js'
import { fillWholeMarket, refresh } from '../cache/relationship-support.js'
import {
  marketDir,
  startService,
  testDatabase,
  type TestDatabase,
  type TestService,
} from '../support/index.js'
import { caughtUp, json, problemOf, type Members } from './market.js'

describe('the read API on a whole market', () => {
  let db: TestDatabase
  let service: TestService
  let universes: readonly GroupInfo[]
  /** A moment between the first refresh and the changes after it. */
  let between: string

  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
    await fillWholeMarket(db, marketDir())
    const [row] = await db.query<{ at: string }>(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
    )
    between = row!.at
    await db.query(`UPDATE symbols SET active = false WHERE symbol IN ('NVDA', 'MSFT', 'ZM')`)
    await refresh(db)
    service = await startService(db)
    await caughtUp(service, db)
    universes = (await json<{ universes: GroupInfo[] }>(service, '/api/universes?limit=10000')).universes
  }, 300_000)

  /** Every page of a universe, one after the other. */
  async function pages(path: string): Promise<Members[]> {
    const seen: Members[] = []
    let next: string | null = path
    while (next !== null) {
      const page: Members = await json<Members>(service, next)
      seen.push(page)
      next = page.next
    }
    return seen
  }

  it('lists every universe', async () => {
    const rows = await db.query(
      `SELECT g.type, g.name, g.description AS title, count(m.symbol)::integer AS count, sum(m.weight)::float AS weight_sum
       FROM definition_groups AS g LEFT JOIN group_memberships AS m ON m.group_id = g.id
       WHERE NOT coalesce(g.metadata ? 'retired_at', false)
       GROUP BY g.id ORDER BY g.type COLLATE "C", g.name COLLATE "C"`,
    )
    const listed = universes.map(({ type, name, title, count, weight_sum }) => ({
      type,
      name,
      title,
      count,
      weight_sum,
    }))
    expect(listed).toEqual(rows)
    expect(listed.length).toBeGreaterThan(150)
  })

  it('has the members, weights, ranks and places of every universe, each member once', async () => {
    let memberships = 0
    for (const { type, name } of universes) {
      const seen = await pages(`/api/universes/${type}/${name}/members?limit=777`)
      const members = seen.flatMap((page) => page.members)
      const rows = await db.query(
        `SELECT c.place::integer, c.symbol, c.name, c.weight::float, c.rank, c.market_cap::float AS market_cap, c.sector,
           to_char(m.added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since
         FROM definition_groups AS g
         CROSS JOIN constituents_at(g.id) AS c
         JOIN group_memberships AS m ON m.group_id = g.id AND m.symbol = c.symbol
         WHERE g.type = $1 AND g.name = $2 ORDER BY c.place`,
        [type, name],
      )
      expect(members, `${type} ${name}`).toEqual(rows)
      expect(seen.every((page) => page.total === rows.length)).toBe(true)
      expect(new Set(members.map(({ symbol }) => symbol)).size).toBe(rows.length)
      memberships += members.length
    }
    const [row] = await db.query(`SELECT count(*)::integer AS n FROM group_memberships`)
    expect(memberships).toBe(row!['n'])
  }, 120_000)

  it('as of a past moment has what members_as_of() says', async () => {
    let different = 0
    const unknown = await db.query<{ name: string }>(
      `SELECT g.name FROM definition_groups AS g
       WHERE NOT EXISTS (SELECT FROM membership_history AS h WHERE h.group_id = g.id AND h.valid_from <= $1::timestamptz)`,
      [between],
    )
    for (const { type, name, count } of universes) {
      if (unknown.some((universe) => universe.name === name)) {
        await problemOf(service, `/api/universes/${type}/${name}/members?as_of=${between}`, 404)
        continue
      }
      const seen = await pages(`/api/universes/${type}/${name}/members?limit=2000&as_of=${between}`)
      const members = seen.flatMap((page) => page.members)
      const bySymbol = (a: { symbol: unknown }, b: { symbol: unknown }): number =>
        String(a.symbol) < String(b.symbol) ? -1 : 1
      const rows = await db.query<{ symbol: string }>(
        `SELECT symbol, weight::float, market_cap::float AS market_cap FROM members_as_of($1, $2, $3::timestamptz)`,
        [name, type, between],
      )
      const found = members
        .map(({ symbol, weight, market_cap }) => ({ symbol, weight, market_cap }))
        .sort(bySymbol)
      expect(found, `${type} ${name}`).toEqual(rows)
      expect(members.map(({ place }) => place)).toEqual(members.map((_, index) => index + 1))
      if (members.length !== count) different++
    }
    // The delisted three have left some universes since.
    expect(different).toBeGreaterThan(10)
  }, 120_000)

  it('says the same as CSV', async () => {
    for (const { type, name } of universes) {
      const response = await service.get(`/api/universes/${type}/${name}/members?format=csv`)
      const rows = parse<Record<string, string>>(await response.text(), {
        columns: true,
        record_delimiter: '\r\n',
      })
      const members = (await pages(`/api/universes/${type}/${name}/members?limit=10000`)).flatMap(
        (page) => page.members,
      )
      const expected = members.map((member) =>
        Object.fromEntries(
          Object.entries(member).map(([key, value]) => [key, value === null ? '' : String(value)]),
        ),
      )
      expect(rows, `${type} ${name}`).toEqual(expected)
    }
  }, 120_000)

  it('knows the groups of a symbol as symbol_groups() does', async () => {
    const symbols = await db.query<{ symbol: string }>(
      `SELECT symbol FROM symbols TABLESAMPLE SYSTEM (100) ORDER BY md5(symbol) LIMIT 40`,
    )
    for (const { symbol } of symbols) {
      const { universes } = await json<{
        universes: { type: string; name: string; rank: number; weight: number }[]
      }>(service, `/api/symbols/${encodeURIComponent(symbol)}`)
      const rows = await db.query(`SELECT type, name, rank, weight::float FROM symbol_groups($1)`, [symbol])
      const found = universes.map(({ type, name, rank, weight }) => ({ type, name, rank, weight }))
      expect(new Set(found.map((row) => JSON.stringify(row)))).toEqual(
        new Set(rows.map((row) => JSON.stringify(row))),
      )
      expect(found).toHaveLength(rows.length)
    }
  }, 60_000)

  it('has the facts of every universe', async () => {
    for (const { type, name, count, weight_sum, version } of universes) {
      const facts = await json<Record<string, unknown>>(service, `/api/universes/${type}/${name}`)
      expect(facts).toMatchObject({ type, name, size: count, weight_sum, version })
      const sectors = facts['sectors'] as { constituents: number }[]
      expect(sectors.reduce((sum, sector) => sum + sector.constituents, 0)).toBe(count)
    }
  }, 120_000)

  it.each([
    ['apple', 'AAPL'],
    ['AAPL', 'AAPL'],
    ['berkshire', 'BRK.B'],
    ['jpmorgan chase', 'JPM'],
    ['microsft', 'MSFT'],
    ['brk/b', 'BRK.B'],
  ])('finds %s: %s', async (query, symbol) => {
    const { results } = await json<{ results: { name: string }[] }>(
      service,
      `/api/search?q=${encodeURIComponent(query)}`,
    )
    expect(results.slice(0, 3).map(({ name }) => name)).toContain(symbol)
  })
})
