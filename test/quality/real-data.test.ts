import { beforeAll, describe, expect, it } from 'vitest'
import type { Validation } from '../../src/operations/validate.js'
import { dataDir, marketDir, marketPaths, runCli, testDatabase, TODAY } from '../support/index.js'

describe('a whole market, loaded and refreshed', async () => {
  const db = await testDatabase(import.meta.url)

  async function universes(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(args, { env: { DATABASE_URL: db.url } })
    expect([code, stderr]).toEqual([0, ''])
    return stdout
  }

  beforeAll(async () => {
    const files = marketPaths(marketDir())
    await universes('load', 'symbols', ...files.symbols)
    await universes('load', 'prices', ...files.prices)
    await universes('load', 'etfs', ...files.etfs)
    await universes('load', 'universes', ...files.universes)
    // A stock of this month: whatever the date, the theme of new listings is not empty.
    await db.query(
      `INSERT INTO symbols (symbol, type, primary_exchange, market_cap, list_date, sic_code)
       VALUES ('ZZNEW', 'CS', 'XNAS', 3000000000, ${TODAY} - 3, '7372')`,
    )
    await universes('refresh')
  })

  it('passes every check but one: some constituents are not in the listing', async () => {
    const { checks } = JSON.parse(await universes('validate', '--json')) as Validation
    const found = checks.filter((check) => check.status !== 'PASS')
    expect(found.map(({ check }) => check)).toEqual(['unlisted_members'])
    const [unlisted] = await db.query(
      `SELECT count(DISTINCT symbol)::integer AS symbols FROM group_memberships AS m
       WHERE NOT EXISTS (SELECT FROM symbols AS s WHERE s.symbol = m.symbol)`,
    )
    expect(unlisted).toEqual({ symbols: found[0]!.findings })
  })

  it.skipIf(!dataDir())(
    'of the real data, nine share classes and former tickers are not in the listing',
    async () => {
      const { status, checks } = JSON.parse(await universes('validate', '--json', '--verbose')) as Validation
      expect(status).toBe('WARN')
      const found = checks.filter((check) => check.status !== 'PASS')
      expect(found.map(({ check, findings }) => [check, findings])).toEqual([['unlisted_members', 9]])
      expect(found[0]!.samples.map(({ subject }) => subject)).toEqual([
        'BH.A',
        'CBOE',
        'CWEN.A',
        'GEF.B',
        'GTN.A',
        'LEN.B',
        'MOG.A',
        'SQ',
        'UHAL.B',
      ])
      expect(found[0]!.samples.find(({ subject }) => subject === 'CBOE')!.detail).toBe(
        'in ETF ITOT, ETF IVV, ETF IWB, ETF IWD, ETF IWV and 9 more',
      )
    },
  )

  it('answers the same from the stock as from the universe, whoever asks', async () => {
    const [row] = await db.query(
      `WITH stock AS (
         SELECT x.type, x.name, s.symbol, x.rank, x.weight
         FROM (SELECT DISTINCT symbol FROM group_memberships) AS s CROSS JOIN LATERAL symbol_groups(s.symbol) AS x
       ), universe AS (
         SELECT type, name, symbol, rank, weight FROM current_members WHERE environment = 'DEFAULT'
       ), names AS (
         SELECT name, symbol FROM (SELECT DISTINCT name FROM definition_groups) AS n CROSS JOIN LATERAL universe_symbols(n.name)
       )
       SELECT (SELECT count(*)::integer FROM stock) AS memberships,
         (SELECT count(*)::integer FROM (TABLE stock EXCEPT ALL TABLE universe) AS d) AS only_stock,
         (SELECT count(*)::integer FROM (TABLE universe EXCEPT ALL TABLE stock) AS d) AS only_universe,
         (SELECT count(*)::integer FROM (SELECT DISTINCT name, symbol FROM stock EXCEPT ALL TABLE names) AS d) AS unnamed,
         (SELECT count(*)::integer FROM (TABLE names EXCEPT ALL SELECT DISTINCT name, symbol FROM stock) AS d) AS misnamed`,
    )
    expect(row).toMatchObject({ only_stock: 0, only_universe: 0, unnamed: 0, misnamed: 0 })
    expect(row!['memberships']).toBeGreaterThan(dataDir() ? 48_000 : 4_000)
  })

  it('and a second refresh changes no answer', async () => {
    const before = await universes('validate')
    await universes('refresh')
    expect(await universes('validate')).toBe(before)
  })
})
