import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { dataDir, testDatabase, type TestDatabase } from '../support/index.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
})

/** Names in one column of a query, in the order of the query. */
async function names(sql: string): Promise<string[]> {
  return (await db.query<{ name: string }>(sql)).map((row) => row.name)
}

describe('sectors', () => {
  it('are the eleven of GICS and unknown', async () => {
    const rows = await db.query('SELECT name, gics_code FROM sectors ORDER BY gics_code NULLS LAST')
    expect(rows).toHaveLength(12)
    expect(rows.map((row) => row['gics_code'])).toEqual([10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, null])
    expect(rows.at(-1)).toEqual({ name: 'unknown', gics_code: null })
  })

  it('have one fund each, unknown has none', async () => {
    const rows = await db.query<{ sector: string }>('SELECT sector FROM sector_etfs')
    const sectors = await names("SELECT name FROM sectors WHERE name <> 'unknown'")
    expect(rows.map((row) => row.sector).sort()).toEqual(sectors.sort())
  })

  it('are each reached by the name GICS writes', async () => {
    const missing = await names(
      `SELECT s.name FROM sectors s
       WHERE s.name <> 'unknown'
         AND NOT EXISTS (SELECT 1 FROM vendor_sectors v WHERE v.vendor_sector = lower(s.title) AND v.sector = s.name)`,
    )
    expect(missing).toEqual([])
  })
})

describe('SIC ranges', () => {
  it('cover 1 to 9999 without a hole or an overlap', async () => {
    const [row] = await db.query(
      'SELECT range_agg(int4range(sic_from, sic_to, $1))::text AS covered, sum(sic_to - sic_from + 1)::int AS codes FROM sic_sectors',
      ['[]'],
    )
    expect(row).toEqual({ covered: '{[1,10000)}', codes: 9999 })
  })

  it('refuse an overlap', async () => {
    const overlap = db.query(
      "INSERT INTO sic_sectors VALUES (2831, 2836, 'health_care', 'biotechnology', 'Both at once')",
    )
    await expect(overlap).rejects.toMatchObject({ code: '23P01' })
  })

  it.each([
    [1311, 'energy', 'oil_and_gas'],
    [2834, 'health_care', 'pharmaceuticals'],
    [2836, 'health_care', 'biotechnology'],
    [3674, 'information_technology', 'semiconductors'],
    [3711, 'consumer_discretionary', 'automobiles_and_parts'],
    [4813, 'communication_services', 'telecommunications'],
    [4911, 'utilities', 'electric_utilities'],
    [6021, 'financials', 'banks'],
    [6331, 'financials', 'insurance'],
    [6798, 'real_estate', 'reits'],
    [7372, 'information_technology', 'software'],
    [9995, 'unknown', 'unclassified'],
  ])('map %i to %s, %s', async (code, sector, industry) => {
    const rows = await db.query(
      'SELECT sector, industry FROM sic_sectors WHERE $1::int BETWEEN sic_from AND sic_to',
      [code],
    )
    expect(rows).toEqual([{ sector, industry }])
  })

  it('use every industry group', async () => {
    const unused = await names(
      'SELECT g.name FROM industry_groups g WHERE NOT EXISTS (SELECT 1 FROM sic_sectors s WHERE s.industry = g.name)',
    )
    expect(unused).toEqual([])
  })
})

describe('themes', () => {
  it('are at least 30, with those the design names', async () => {
    const themes = await names('SELECT name FROM theme_rules')
    expect(themes.length).toBeGreaterThanOrEqual(30)
    expect(themes).toEqual(
      expect.arrayContaining(
        (
          'ai_ml_leaders biotech_innovators cloud_computing crypto_blockchain dividend_aristocrats esg_leaders ' +
          'fintech_disruptors green_energy technology_leaders large_cap_growth small_cap_value crypto_miners ' +
          'ev_manufacturers semiconductor_equipment cloud_infrastructure cybersecurity quantum_computing ' +
          'robotics_automation space cannabis defense'
        ).split(' '),
      ),
    )
  })

  it('list symbols in upper case and once', async () => {
    const wrong = await db.query(
      `SELECT name, symbol FROM theme_rules, unnest(include_symbols || exclude_symbols) AS symbol
       GROUP BY name, symbol HAVING count(*) > 1 OR symbol !~ '^[A-Z][A-Z0-9]*([.][A-Z]+)?$'`,
    )
    expect(wrong).toEqual([])
  })

  it('name only sectors and industries that exist', async () => {
    const wrong = await db.query(
      `SELECT t.name, n.wanted
       FROM theme_rules t
       CROSS JOIN LATERAL unnest(coalesce(t.sectors, '{}') || coalesce(t.industries, '{}')) AS n (wanted)
       WHERE NOT EXISTS (SELECT 1 FROM sectors s WHERE s.name = n.wanted)
         AND NOT EXISTS (SELECT 1 FROM industry_groups i WHERE i.name = n.wanted)`,
    )
    expect(wrong).toEqual([])
  })

  it('hold the 69 dividend aristocrats', async () => {
    const [row] = await db.query(
      "SELECT cardinality(include_symbols) AS members FROM theme_rules WHERE name = 'dividend_aristocrats'",
    )
    expect(row).toEqual({ members: 69 })
  })
})

describe('ETF categories', () => {
  it('are eight and none is empty', async () => {
    const rows = await db.query<{ funds: number }>(
      `SELECT c.name, count(f.etf)::int AS funds
       FROM etf_categories c LEFT JOIN etf_category_funds f ON f.category = c.name
       GROUP BY c.name`,
    )
    expect(rows).toHaveLength(8)
    expect(Math.min(...rows.map((row) => row.funds))).toBeGreaterThanOrEqual(10)
  })
})

describe('universe names', () => {
  it('are unique over all kinds', async () => {
    const all = await names(
      `SELECT name FROM market_cap_bands
       UNION ALL SELECT name FROM ranking_sizes WHERE kind = 'market'
       UNION ALL SELECT r.name || '_' || s.name FROM ranking_sizes r CROSS JOIN sectors s WHERE r.kind = 'sector'
       UNION ALL SELECT name FROM theme_rules
       UNION ALL SELECT name FROM industry_groups
       UNION ALL SELECT name FROM sectors
       UNION ALL SELECT name FROM etf_categories
       UNION ALL SELECT unnest(ARRAY['all_stocks', 'all_etfs', 'recent_ipos', 'dow30', 'sp500', 'nasdaq100'])`,
    )
    expect(all.filter((name, at) => all.indexOf(name) !== at)).toEqual([])
  })
})

describe('an upgrade', () => {
  it('keeps what the operator changed', async () => {
    await db.query("UPDATE theme_rules SET enabled = false, include_symbols = '{HOOD}' WHERE name = 'space'")
    await db.query("UPDATE vendor_sectors SET sector = 'utilities' WHERE vendor_sector = 'other'")
    for (const table of ['theme_rules', 'vendor_sectors', 'sic_sectors']) {
      await db.query(readFileSync(join(packageRoot, 'sql', 'rules', `${table}_seed_v01.sql`), 'utf8'))
    }
    expect(await db.query("SELECT enabled, include_symbols FROM theme_rules WHERE name = 'space'")).toEqual([
      { enabled: false, include_symbols: ['HOOD'] },
    ])
    expect(await db.query("SELECT sector FROM vendor_sectors WHERE vendor_sector = 'other'")).toEqual([
      { sector: 'utilities' },
    ])
  })
})

type Row = Record<string, string>

describe.skipIf(!dataDir())('on real data', () => {
  const read = (file: string): Row[] =>
    parse<Row>(readFileSync(join(dataDir() ?? '', file)), { columns: true })

  it('SIC ranges alone give the GICS sector of at least four stocks in five', async () => {
    const truth = new Map(
      read('gics_sectors.csv').map((row) => [
        row['symbol'],
        row['gics_sector']?.toLowerCase().replaceAll(' ', '_'),
      ]),
    )
    const stocks = read('symbols.csv').filter((row) => row['sic_code'] && truth.has(row['symbol']))
    const ranges = await db.query<{ sic_from: number; sic_to: number; sector: string }>(
      'SELECT sic_from, sic_to, sector FROM sic_sectors',
    )
    const right = stocks.filter((row) => {
      const code = Number(row['sic_code'])
      const range = ranges.find((one) => one.sic_from <= code && code <= one.sic_to)
      return range?.sector === truth.get(row['symbol'])
    })
    expect(stocks.length).toBeGreaterThan(2000)
    expect(right.length / stocks.length).toBeGreaterThan(0.8)
  })

  it('every sector name of the vendor is mapped', async () => {
    const known = await names('SELECT vendor_sector AS name FROM vendor_sectors')
    const written = new Set(read('symbols.csv').map((row) => row['sector']?.toLowerCase() ?? ''))
    written.delete('')
    expect([...written].filter((name) => !known.includes(name))).toEqual([])
  })

  it('every GICS sub-industry of the S&P 500 is mapped to its sector', async () => {
    const rows = await db.query<{ vendor_sector: string; sector: string }>('SELECT * FROM vendor_sectors')
    const mapped = new Map(rows.map((row) => [row.vendor_sector, row.sector]))
    const stated = read('gics_sectors.csv').filter((row) => row['gics_sub_industry'])
    expect(stated).toHaveLength(503)
    for (const row of stated) {
      const sector = row['gics_sector']?.toLowerCase().replaceAll(' ', '_')
      expect(mapped.get(row['gics_sub_industry']?.toLowerCase() ?? ''), row['symbol']).toBe(sector)
    }
  })

  it('nearly every symbol a theme names is listed', async () => {
    const listed = new Set(read('symbols.csv').map((row) => row['symbol']))
    const named = await names('SELECT DISTINCT unnest(include_symbols) AS name FROM theme_rules')
    expect(named.filter((symbol) => !listed.has(symbol)).length / named.length).toBeLessThan(0.01)
  })
})
