import { beforeAll, describe, expect, it } from 'vitest'
import type { AllAnswer, StockAnswer, UniverseAnswer } from '../../src/operations/query.js'
import { dataDir, marketDir, marketPaths, runCli, testDatabase, type CliResult } from '../support/index.js'

const real = dataDir() !== undefined

describe('universes query on a whole market', async () => {
  const db = await testDatabase(import.meta.url)

  const universes = (...args: string[]): Promise<CliResult> => runCli(args, { env: { DATABASE_URL: db.url } })

  async function query(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await universes('query', ...args)
    expect([code, stderr]).toEqual([0, ''])
    return stdout
  }

  async function json<Document>(...args: string[]): Promise<Document> {
    return JSON.parse(await query(...args, '--json')) as Document
  }

  beforeAll(async () => {
    const files = marketPaths(marketDir())
    for (const args of [
      ['load', 'symbols', ...files.symbols],
      ['load', 'prices', ...files.prices],
      ['load', 'etfs', ...files.etfs],
      ['load', 'universes', ...files.universes],
      ['refresh'],
    ]) {
      expect(await universes(...args)).toMatchObject({ code: 0, stderr: '' })
    }
  })

  describe('--stock', () => {
    it.skipIf(!real)(
      'says what a stock is, what each source says about its sector, and where it is a member and why',
      async () => {
        const text = await query('--stock', 'aapl')
        expect(text).toMatch(/^AAPL {2}Apple Inc. Common Stock\n/)
        expect(text).toMatch(/^Listing +CS, XNAS, United States, listed 1980-01-01$/m)
        expect(text).toMatch(/^Market cap +\$ 4\.51 T, mega_cap$/m)
        expect(text).toMatch(/^Sector +Information Technology: constituent of XLK \(sector_fund\)$/m)
        expect(text).toMatch(/^Industry +Computer hardware: SIC 3571$/m)
        expect(text).toMatch(/^sector_fund +information_technology +constituent of XLK +believed$/m)
        expect(text).toMatch(/^sic +information_technology +SIC 3571 in 3570-3578$/m)
        expect(text).toMatch(/^35 universes$/m)
        expect(text).toMatch(/^ETF +XLK +13\.09 % +[\d-]+ [\d:]+ +xlk_holdings\.csv line 3$/m)
        expect(text).toMatch(/^MARKET_LEADERS +top_100 +2 +[\d-]+ [\d:]+ +market cap$/m)
        expect(text).toMatch(/^UNIVERSE +dow30 +[\d-]+ [\d:]+ +dow30\.csv line 2$/m)
        expect(text).not.toContain('Before')
      },
    )

    it('prints describe_stock() as JSON', async () => {
      const answer = await json<StockAnswer>('--stock', 'AAPL')
      expect(answer).toMatchObject({
        symbol: 'AAPL',
        listed: true,
        type: 'CS',
        exchange: 'XNAS',
        market_cap: real ? 4514709583000 : 4025600000000,
        at: null,
        band: { name: 'mega_cap' },
        sector: { name: 'information_technology', source: 'sector_fund', rule: 'constituent of XLK' },
        industry: { name: 'computer_hardware' },
      })
      expect(answer.universes.find(({ name }) => name === 'SPY')).toMatchObject({
        type: 'ETF',
        file: 'spy_holdings.csv',
        line: 3,
        run: 'load etfs',
        rank: null,
      })
      const [row] = await db.query(`SELECT describe_stock('AAPL') AS answer`)
      expect(answer).toEqual(row!['answer'])
    })

    it('knows a share class in any spelling, a fund, and a constituent that is not listed', async () => {
      expect(await query('--stock', 'brk/b')).toMatch(/^BRK\.B {2}Berkshire Hathaway Inc\./m)
      expect(await query('--stock', 'SPY')).toMatch(/^Holdings +universes query --etf SPY$/m)
      const unlisted = await query('--stock', 'SQ')
      expect(unlisted).toMatch(/^Listing +not in symbols: only universes know it$/m)
      expect(unlisted).toMatch(real ? /^ETF +ARKK +5\.79 %/m : /^ETF +ARKK +7\.60 %/m)
    })
  })

  describe('--etf, --sector, --theme, --universe', () => {
    it.skipIf(!real)('show a fund with its file, weight sum, sectors and heaviest constituents', async () => {
      const text = await query('--etf', 'spy')
      expect(text).toMatch(/^SPY {2}SPDR S&P 500 ETF Trust\n/)
      expect(text).toMatch(/^From +spy_holdings\.csv \(symbol,weight\), loaded [\d-]+ [\d:]+ UTC$/m)
      expect(text).toMatch(/^Size +493 constituents, weights sum to 99\.25 %$/m)
      expect(text).toMatch(/^Information Technology +69 +34\.81 % +█+$/m)
      expect(text).toMatch(
        /^ 1 +NVDA +NVIDIA Corporation Common Stock +7\.83 % +\$ 5\.20 T +information_tech/m,
      )
      expect(text.match(/^ ?\d+ +[A-Z.]+ /gm)).toHaveLength(25)
      expect(text).toContain('... and 468 more (--all lists them)')
      expect((await query('--etf', 'SPY', '--all')).match(/^ *\d+ +[A-Z.]+ /gm)).toHaveLength(493)
    })

    it('give all constituents as JSON', async () => {
      const answer = await json<UniverseAnswer>('--etf', 'SPY')
      const { constituents, sectors, ...facts } = answer
      expect(facts).toMatchObject({
        type: 'ETF',
        name: 'SPY',
        ...(real && { size: 493, weight_sum: 99.250394 }),
      })
      expect(constituents).toHaveLength(facts.size)
      expect(constituents[1]).toMatchObject({ place: 2, symbol: 'AAPL', rank: null })
      expect(sectors.reduce((sum, sector) => sum + sector.constituents, 0)).toBe(facts.size)
      const [row] = await db.query(
        `SELECT sum(weight)::float AS weight FROM current_members WHERE name = 'SPY' AND sector = 'information_technology'`,
      )
      expect(sectors[0]).toMatchObject({ sector: 'information_technology', weight: row!['weight'] })
    })

    it('take a sector by name or title, by market cap, with the rule of each', async () => {
      const text = await query('--sector', 'Information Technology')
      expect(text).toMatch(real ? /^Size +705 constituents$/m : /^Size +\d+ constituents$/m)
      expect(text).toMatch(/^ 1 +NVDA .* constituent of XLK /m)
      expect(text).toMatch(/^ 2 +AAPL +Apple Inc\..* +\$ 4\.\d\d T /m)
      expect(await query('--sector', 'INFORMATION_technology')).toBe(text)
      const { size, constituents } = await json<UniverseAnswer>('--sector', 'information_technology')
      expect(constituents).toHaveLength(size)
      const caps = constituents.map(({ market_cap }) => market_cap ?? 0)
      expect(caps).toEqual([...caps].sort((a, b) => b - a))
    })

    it('take a theme by title, with its rule', async () => {
      const text = await query('--theme', 'ai and machine learning leaders')
      expect(text).toMatch(/^ai_ml_leaders {2}AI and machine learning leaders\n/)
      expect(text).toMatch(/^Rule +Companies that sell the chips/m)
      expect(text).toMatch(real ? /^Size +28 constituents$/m : /^Size +\d+ constituents$/m)
    })

    it('find a universe of any type', async () => {
      expect(await query('--universe', 'dow30')).toMatch(/^Size +30 constituents$/m)
      expect(await query('--universe', 'Mega cap')).toMatch(/^Type +MARKET_CAP$/m)
      const ranking = await query('--universe', 'top_100')
      expect(ranking).toMatch(/^Constituents by rank$/m)
      expect(ranking).toMatch(/^ 2 +AAPL /m)
      expect(await query('--universe', 'SPY')).toBe(await query('--etf', 'SPY'))
    })
  })

  it('--stats: totals per type, history, the last run and loads', async () => {
    const text = await query('--stats')
    expect(text).toMatch(real ? /^SECTOR +12 +5,567 +financials \(1,073\)/m : /^SECTOR +12 /m)
    expect(text).toMatch(real ? /^ETF +34 +18,270 +VTI \(3,247\)/m : /^ETF +18 /m)
    expect(text).toMatch(/ refresh full +[\d,]+ +universes refresh$/m)
    expect(text).toMatch(
      real ? / load prices +7,182 +universes load$/m : / load prices +\d+ +universes load$/m,
    )
    const all = await json<AllAnswer>('--stats')
    const [row] = await db.query(
      'SELECT count(*)::integer AS n, count(DISTINCT symbol)::integer AS s FROM group_memberships',
    )
    expect([all.memberships, all.symbols]).toEqual([row!['n'], row!['s']])
    expect(all.last.map(({ kind, mode }) => [kind, mode])).toContainEqual(['load', 'universes'])
  })

  it.each([
    [['--stock', 'APPL'], 'no symbol is named APPL', /^remedy: Nearest: AAPL \(Apple Inc\./m],
    [['--stock', 'microsft'], 'no symbol is named microsft', /^remedy: Nearest: MSFT /m],
    [['--etf', 'SYP'], 'no ETF is named SYP', /^remedy: Nearest: SPY \(/m],
    [
      ['--sector', 'infomation tech'],
      'no sector is named infomation tech',
      /Nearest: information_technology \(Inf/,
    ],
    [['--universe', 'down30'], 'no universe is named down30', /^remedy: Nearest: dow30 /m],
    [['--sector', 'dow30'], 'no sector is named dow30', /^detail: dow30 is of type UNIVERSE\.$/m],
    [['--universe', 'zzzzzz'], 'no universe is named zzzzzz', /^remedy: Nothing has a name like it: /m],
  ])('%s fails and names similar ones', async (args, message, remedy) => {
    const { code, stdout, stderr } = await universes('query', ...args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`error: ${message}\n`)
    expect(stderr).toMatch(remedy)
    expect(stderr).toContain('sqlstate: UV003')
  })

  it('offers delisted symbols, too', async () => {
    const [gone] = await db.query(
      `SELECT symbol FROM symbols WHERE NOT active AND length(symbol) = 4 ORDER BY symbol LIMIT 1`,
    )
    const symbol = gone!['symbol'] as string
    const near = await db.query(`SELECT type, name FROM nearest_names($1, '{SYMBOL}', 'DEFAULT', 20)`, [
      `${symbol}Q`,
    ])
    expect(near).toContainEqual({ type: 'SYMBOL', name: symbol })
    expect(await query('--stock', symbol)).toMatch(/^Listing .*inactive$/m)
  })
})
