import { beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { completed, groupsOf, listSmallMarket, loadFund, members, run, setCloses } from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
  expect(await marks()).toEqual([])
})

/** Marks as kind and symbol, each once. */
async function marks(): Promise<string[]> {
  const rows = await db.query<{ mark: string }>(
    `SELECT DISTINCT concat_ws(' ', kind, symbol) AS mark FROM market_changes`,
  )
  return rows.map(({ mark }) => mark).sort()
}

describe('market_changes', () => {
  it.each([
    [
      'a new price',
      `INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('TEC1', '2020-01-01', 5)`,
      ['price TEC1'],
    ],
    [
      'a corrected price',
      `UPDATE ohlcv_daily SET close = 7 WHERE symbol IN ('TEC1', 'BNK1')`,
      ['price BNK1', 'price TEC1'],
    ],
    ['a deleted price', `DELETE FROM ohlcv_daily WHERE symbol = 'TEC1'`, ['price TEC1']],
    [
      'a price that moves to another symbol',
      `UPDATE ohlcv_daily SET symbol = 'XXX' WHERE symbol = 'TEC1'`,
      ['price TEC1', 'price XXX'],
    ],
    ['a new symbol', `INSERT INTO symbols (symbol) VALUES ('NEW1')`, ['symbol NEW1']],
    ['a deleted symbol', `DELETE FROM symbols WHERE symbol = 'TEC1'`, ['symbol TEC1']],
    [
      'a renamed symbol',
      `UPDATE symbols SET symbol = 'TEC0' WHERE symbol = 'TEC1'`,
      ['symbol TEC0', 'symbol TEC1'],
    ],
    ...[
      `type = 'PFD'`,
      `primary_exchange = 'XASE'`,
      `active = false`,
      'market_cap = 5',
      'weighted_shares_outstanding = 5',
      `list_date = '2020-01-01'`,
      `sector = 'Energy'`,
      `sic_code = '1311'`,
    ].map((set): [string, string, string[]] => [
      set,
      `UPDATE symbols SET ${set} WHERE symbol = 'TEC1'`,
      ['symbol TEC1'],
    ]),
    [
      'a name, which no rule reads',
      `UPDATE symbols SET name = 'Other', country = 'NL' WHERE symbol = 'TEC1'`,
      [],
    ],
    ['a value that stays', `UPDATE symbols SET active = active, sector = sector`, []],
    ['a setting', `UPDATE settings SET value = 6 WHERE name = 'market_cap_change_percent'`, ['all']],
    ['a theme', `DELETE FROM theme_rules WHERE name = 'space'`, ['all']],
    ['all prices at once', 'TRUNCATE ohlcv_daily', ['all']],
    ['all symbols at once', 'TRUNCATE symbols', ['all']],
  ] as [string, string, string[]][])('notes %s', async (_what, sql, wanted) => {
    await db.query(sql)
    expect(await marks()).toEqual(wanted)
  })

  it('notes who enters, leaves or is reweighted in a sector fund, and in no other', async () => {
    await loadFund(db, 'SPY', { TEC1: 40, OIL2: 60 })
    expect(await marks()).toEqual([])
    await loadFund(db, 'XLK', { TEC1: 50, TEC2: 25, TEC4: 25 })
    expect(await marks()).toEqual(['fund TEC2', 'fund TEC3', 'fund TEC4'])
  })

  it('is emptied by a full refresh and by no other', async () => {
    await setCloses(db, { TEC1: 5, TEC2: 6 })
    for (const mode of ['market_cap', 'ipos', 'themes', 'delistings'] as const) {
      await completed(db, { mode })
      expect(await marks()).toEqual(expect.arrayContaining(['price TEC1', 'price TEC2']))
    }
    await completed(db, { dryRun: true })
    expect(await marks()).toEqual(expect.arrayContaining(['price TEC1', 'price TEC2']))
    await completed(db)
    expect(await marks()).toEqual([])
  })

  it('keeps a mark that is written while the refresh runs', async () => {
    const importer = await db.client()
    await importer.query('BEGIN')
    await importer.query(`UPDATE ohlcv_daily SET close = 900000 WHERE symbol = 'UTL1'`)
    await completed(db)
    expect(await members(db, 'MARKET_CAP', 'mega_cap')).not.toContain('UTL1')
    await importer.query('COMMIT')
    expect(await marks()).toEqual(['price UTL1'])
    await completed(db)
    expect(await members(db, 'MARKET_CAP', 'mega_cap')).toContain('UTL1')
  })
})

describe('a market cap', () => {
  const capOf = async (symbol: string): Promise<number> => {
    const [row] = await db.query<{ cap: string }>('SELECT market_cap AS cap FROM symbols WHERE symbol = $1', [
      symbol,
    ])
    return Number(row!.cap)
  }

  it('is rewritten when it moves by more than 5 percent', async () => {
    await setCloses(db, { OIL1: 5250, OIL2: 5249 })
    const done = await completed(db)
    // From 5,000 to 5,250 million is 5 percent; from 4,999 to 5,249 is a little more.
    expect(await capOf('OIL1')).toBe(5000e6)
    expect(await capOf('OIL2')).toBe(5249e6)
    expect(done.steps[0]).toMatchObject({ step: 'market_caps', market_caps_moved: 1 })
  })

  it('drifts no further than the limit over many days', async () => {
    for (const close of [5100, 5200, 5300, 5400]) {
      await setCloses(db, { OIL1: close })
      await completed(db)
    }
    expect(await capOf('OIL1')).toBe(5300e6)
  })

  it('that cannot be computed stays as the import gave it, and the stock in its band', async () => {
    await db.query(`DELETE FROM ohlcv_daily WHERE symbol = 'OIL1'`)
    await completed(db)
    expect(await capOf('OIL1')).toBe(5000e6)
    expect(await groupsOf(db, 'OIL1')).toContain('MARKET_CAP/mid_cap')
    expect(await db.query('SELECT symbol, reason FROM uncapped_stocks')).toEqual([
      { symbol: 'OIL1', reason: 'no price' },
    ])
  })

  it('is followed when the vendor writes it', async () => {
    await db.query(
      `UPDATE symbols SET market_cap = 900e9, weighted_shares_outstanding = NULL WHERE symbol = 'UTL1'`,
    )
    expect((await run(db)).status).toBe('completed')
    expect((await members(db, 'MARKET_LEADERS', 'top_10_stocks'))[0]).toBe('UTL1')
  })
})
