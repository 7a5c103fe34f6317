import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { from as copyFrom } from 'pg-copy-streams'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { addGroup, setMembers, prepareMembership } from '../support/membership.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await prepareMembership(db)
  await db.query(
    "INSERT INTO ohlcv_daily (symbol, date, close) SELECT s, d, 10 FROM unnest('{A,B,C}'::text[]) s, generate_series('2025-01-01'::date, '2025-01-03', '1 day') d",
  )
})

beforeEach(async () => {
  await db.query('DELETE FROM market_changes')
})

/** The marks, as kind:symbol. */
async function marks(): Promise<string[]> {
  const rows = await db.query<{ mark: string }>(
    "SELECT concat_ws(':', kind, symbol) AS mark FROM market_changes ORDER BY 1",
  )
  return rows.map((row) => row.mark)
}

async function copy(target: string, text: string): Promise<void> {
  const client = await db.client()
  await pipeline(Readable.from([text]), client.query(copyFrom(`COPY ${target} FROM STDIN WITH (FORMAT csv)`)))
}

describe('prices', () => {
  it.each([
    [
      'inserted',
      "INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('A', '2025-02-01', 1), ('A', '2025-02-02', 1), ('NEW', '2025-02-01', 1)",
      ['price:A', 'price:NEW'],
    ],
    [
      'corrected, however old',
      "UPDATE ohlcv_daily SET close = 11 WHERE symbol = 'B' AND date = '2025-01-01'",
      ['price:B'],
    ],
    ['deleted', "DELETE FROM ohlcv_daily WHERE symbol = 'C'", ['price:C']],
    [
      'upserted',
      "INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('A', '2025-01-01', 3), ('D', '2025-01-01', 4) ON CONFLICT (symbol, date) DO UPDATE SET close = excluded.close",
      ['price:A', 'price:D'],
    ],
  ])('%s leave a mark per symbol', async (_how, sql, expected) => {
    await db.query(sql)
    expect([...new Set(await marks())]).toEqual(expected)
  })

  it('copied leave a mark per symbol', async () => {
    await copy('ohlcv_daily (symbol, date, close)', 'E,2025-03-01,1\nE,2025-03-02,1\nF,2025-03-01,2\n')
    expect(await marks()).toEqual(['price:E', 'price:F'])
  })

  it('of a statement that touches no row leave none', async () => {
    await db.query("UPDATE ohlcv_daily SET close = 1 WHERE symbol = 'NOBODY'")
    await db.query("DELETE FROM ohlcv_daily WHERE symbol = 'NOBODY'")
    expect(await marks()).toEqual([])
  })

  it('of a transaction rolled back leave none', async () => {
    const client = await db.client()
    await client.query('BEGIN')
    await client.query("INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('A', '2025-05-01', 1)")
    await client.query('ROLLBACK')
    expect(await marks()).toEqual([])
  })
})

describe('symbols', () => {
  it.each([
    [
      'inserted',
      "INSERT INTO symbols (symbol, type) VALUES ('N1', 'CS'), ('N2', 'ETF')",
      ['symbol:N1', 'symbol:N2'],
    ],
    ['deleted', "DELETE FROM symbols WHERE symbol IN ('N1', 'N2')", ['symbol:N1', 'symbol:N2']],
    ['renamed: both names', "UPDATE symbols SET symbol = 'Y2' WHERE symbol = 'Y'", ['symbol:Y', 'symbol:Y2']],
    ...[
      "type = 'ADRC'",
      "primary_exchange = 'XNYS'",
      'active = false',
      'market_cap = 1',
      'weighted_shares_outstanding = 7',
      "list_date = '2020-01-01'",
      "sector = 'Energy'",
      "industry = 'Oil'",
      "sic_code = '1311'",
    ].map((set): [string, string, string[]] => [
      `given ${set}`,
      `UPDATE symbols SET ${set} WHERE symbol IN ('A', 'B')`,
      ['symbol:A', 'symbol:B'],
    ]),
  ])('%s leave a mark each', async (_how, sql, expected) => {
    await db.query(sql)
    expect([...new Set(await marks())]).toEqual(expected)
  })

  it('changed in a column that no rule reads leave none', async () => {
    await db.query(
      "UPDATE symbols SET name = 'Another', country = 'US', sic_description = 'x', last_updated = now()",
    )
    expect(await marks()).toEqual([])
  })

  it('written as they were leave none', async () => {
    await db.query('UPDATE symbols SET market_cap = market_cap, type = type')
    expect(await marks()).toEqual([])
  })

  it('copied leave a mark each', async () => {
    await copy('symbols (symbol, type)', 'P1,CS\nP2,CS\n')
    expect(await marks()).toEqual(['symbol:P1', 'symbol:P2'])
  })
})

describe('rules and funds', () => {
  it.each([
    "UPDATE settings SET value = value + 1 WHERE name = 'ipo_days'",
    "UPDATE market_cap_bands SET min_market_cap = min_market_cap + 1 WHERE name = 'mega_cap'",
    "INSERT INTO ranking_sizes VALUES ('top_7', 'market', 7)",
    "UPDATE sectors SET title = 'Energy and more' WHERE name = 'energy'",
    "DELETE FROM sector_etfs WHERE etf = 'XLB'",
    "INSERT INTO vendor_sectors VALUES ('oil', 'energy')",
    "INSERT INTO industry_groups VALUES ('trial', 'Trial')",
    "UPDATE sic_sectors SET sector = 'energy' WHERE sic_from = (SELECT min(sic_from) FROM sic_sectors)",
    "INSERT INTO etf_categories VALUES ('trial', 'Trial')",
    'TRUNCATE etf_category_funds',
    "DELETE FROM theme_rules WHERE name = 'space'",
  ])('a changed rule leaves a mark: %s', async (sql) => {
    await db.query(sql)
    expect(await marks()).toEqual(['all'])
  })

  it('channels and guards are read when they are used: no mark', async () => {
    await db.query("INSERT INTO event_channels VALUES ('alert', 'another')")
    await db.query("UPDATE membership_guards SET min_members = 11 WHERE group_type = '*'")
    expect(await marks()).toEqual([])
  })

  it('members that enter or leave a sector fund are marked, those of other funds are not', async () => {
    await addGroup(db, 'XLK', 'ETF')
    await addGroup(db, 'OTHER', 'ETF')
    await setMembers(db, 'XLK', ['C', 'D'], { type: 'ETF' })
    await setMembers(db, 'OTHER', ['E'], { type: 'ETF' })
    expect(await marks()).toEqual(['fund:C', 'fund:D'])
    await setMembers(db, 'XLK', ['C'], { type: 'ETF' })
    expect(await marks()).toEqual(['fund:C', 'fund:D', 'fund:D'])
  })
})

describe('a refresh', () => {
  it('takes the marks away, leaves none of its own, and a dry run leaves them', async () => {
    await db.query("INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('A', '2025-06-01', 5)")
    await db.query('UPDATE symbols SET weighted_shares_outstanding = 1000')
    const before = await marks()
    expect(before.length).toBeGreaterThan(1)
    await db.query('SELECT * FROM refresh_universes(p_dry_run => true)')
    expect(await marks()).toEqual(before)
    const [run] = await db.query('SELECT status, error FROM refresh_universes()')
    expect(run).toEqual({ status: 'completed', error: null })
    expect(await marks()).toEqual([])
  })
})
