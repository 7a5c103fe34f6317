import { beforeAll, describe, expect, it } from 'vitest'
import { loadFunds, refresh } from '../cache/relationship-support.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { caughtUp, json, problemOf, smallMarket } from './market.js'

let db: TestDatabase
let service: TestService

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await smallMarket(db)
  await loadFunds(db, { arkk: 'AAA,50 ZZZ,50' })
  await refresh(db)
  await loadFunds(db, { qqq: 'DDD,100' })
  service = await startService(db)
  await caughtUp(service, db)
})

interface Symbol {
  symbol: string
  listed: boolean
  at: string | null
  universes: {
    type: string
    name: string
    since: string
    reason: string
    file: string | null
    weight: number | null
  }[]
  past: { name: string; until: string; end_reason: string }[]
}

interface Result {
  kind: string
  type: string | null
  name: string
  title: string | null
  active: boolean | null
  market_cap: number | null
  members: number | null
  match: string
}

describe('a symbol', () => {
  it('has all its universes, why it is in them and since when, and those it has left', async () => {
    const { universes, past, ...facts } = await json<Symbol>(service, '/api/symbols/AAA')
    expect(facts).toMatchObject({
      symbol: 'AAA',
      listed: true,
      name: 'Alpha, Inc.',
      market_cap: 500,
      at: null,
    })
    const [row] = await db.query<{ names: string[] }>(
      `SELECT array_agg(name ORDER BY type, name) AS names FROM symbol_groups('AAA')`,
    )
    expect(universes.map(({ name }) => name).sort()).toEqual(row!.names.sort())
    const spy = universes.find(({ name }) => name === 'SPY')!
    expect(spy).toMatchObject({
      type: 'ETF',
      weight: 40,
      file: 'spy_holdings.csv',
      reason: 'line 2 of its file',
    })
    expect(spy.since).toMatch(/^20\d\d-.*\+00:00$/)
    expect(past).toMatchObject([{ name: 'QQQ', end_reason: 'removed' }])
  })

  it('is exactly what describe_stock() says: nothing is stripped', async () => {
    const answer = await json(service, '/api/symbols/AAA')
    const [row] = await db.query(
      `SELECT set_config('TimeZone', 'UTC', false), describe_stock('AAA') AS answer`,
    )
    expect(answer).toEqual(row!['answer'])
  })

  it.each(['brk.b', 'BRK-B', 'brk%2Fb', '%20brk%20b%20'])('is found as %s', async (symbol) => {
    expect(await json(service, `/api/symbols/${symbol}`)).toMatchObject({ symbol: 'BRK.B' })
  })

  it('that only universes know, or that is delisted, is a symbol, too', async () => {
    expect(await json(service, '/api/symbols/ZZZ')).toMatchObject({
      listed: false,
      universes: [{ name: 'ARKK' }],
    })
    expect(await json(service, '/api/symbols/gone')).toMatchObject({ active: false, universes: [] })
  })

  it('that does not exist is not found, and the nearest are named', async () => {
    const problem = await problemOf(service, '/api/symbols/AAB', 404)
    expect(problem).toMatchObject({
      code: 'UV003',
      hint: expect.stringMatching(/^Nearest: AAA \(Alpha/) as string,
    })
    for (const symbol of ['a'.repeat(41), 'A%00', '%0d'])
      await problemOf(service, `/api/symbols/${symbol}`, 400)
    await problemOf(service, '/api/symbols/AAA?at=2025-01-01', 400)
  })

  it('as of a past moment is what it was then', async () => {
    const [row] = await db.query<{ at: string }>(
      `SELECT to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at FROM sync_runs`,
    )
    const then = await json<Symbol>(service, `/api/symbols/aaa?as_of=${row!.at}`)
    expect(then.universes.map(({ name }) => name)).toContain('QQQ')
    expect(then.past).toEqual([])
    expect(Date.parse(then.at!)).toBe(Date.parse(row!.at))
    const [answer] = await db.query(
      `SELECT set_config('TimeZone', 'UTC', false), describe_stock('AAA', $1::timestamptz) AS answer`,
      [row!.at],
    )
    expect(then).toEqual(answer!['answer'])
  })
})

describe('the search', () => {
  const search = async (q: string, limit = 10): Promise<Result[]> =>
    (await json<{ results: Result[] }>(service, `/api/search?q=${encodeURIComponent(q)}&limit=${limit}`))
      .results
  const names = async (q: string, limit?: number): Promise<string[]> =>
    (await search(q, limit)).map(({ kind, name }) => `${kind} ${name}`)

  beforeAll(async () => {
    await db.query(
      `INSERT INTO symbols (symbol, name, type, market_cap, active) VALUES
         ('APP', 'Applovin Corporation', 'CS', 100, true), ('APPN', 'Appian Corporation', 'CS', 20, true),
         ('APPF', 'AppFolio Inc.', 'CS', 70, true), ('AAPL', 'Apple Inc.', 'CS', 4000, true), ('APLE', 'Apple Hospitality', 'CS', 5, true),
         ('PNA', 'Big Pineapple Ltd.', 'CS', 9, true), ('OLD', 'Apple of Old', 'CS', 9999, false),
         ('AMD', 'Advanced Micro Devices', 'CS', 700, true), ('T', 'AT&T Inc.', 'CS', 170, true);
       INSERT INTO definition_groups (type, name, description, metadata) VALUES ('THEME', 'app_stores', 'Shops for apps', '{"retired_at": "2025-01-01"}')`,
    )
  })

  it('has the exact ticker first, then tickers and names that begin so, then companies, the larger first', async () => {
    expect(await names('app')).toEqual([
      'symbol APP',
      'symbol APPF',
      'universe apparel_and_footwear',
      'symbol APPN',
      'universe app_stores',
      'symbol AAPL',
      'symbol APLE',
      'symbol OLD',
      'symbol PNA',
    ])
    expect((await search('app')).map(({ match }) => match)).toEqual([
      'exact',
      'prefix',
      'prefix',
      'prefix',
      'prefix',
      'title',
      'title',
      'title',
      'part',
    ])
    expect(await names('app', 2)).toEqual(['symbol APP', 'symbol APPF'])
  })

  it('finds companies by words, beginnings of words, and in any case and punctuation', async () => {
    expect((await names('APPLE  inc'))[0]).toBe('symbol AAPL')
    expect(await names('micro dev')).toEqual(['symbol AMD'])
    expect(await names('advanced dev')).toEqual(['symbol AMD'])
    expect((await names('at&t'))[0]).toBe('symbol T')
    for (const spelling of ['brk/b', 'BRKB', 'brk b']) expect((await names(spelling))[0]).toBe('symbol BRK.B')
    for (const spelling of ['applehosp', 'Apple  hosp.'])
      expect(await names(spelling)).toEqual(['symbol APLE'])
    for (const { match } of await search('vanced vices')) expect(match).toBe('similar')
  })

  it('finds universes by name and title, with their members', async () => {
    expect((await search('spy')).find(({ kind }) => kind === 'universe')).toMatchObject({
      type: 'ETF',
      name: 'SPY',
      members: 5,
      active: true,
      market_cap: null,
      match: 'exact',
    })
    expect(await search('apparel, TEXTILES and footwear')).toMatchObject([
      { kind: 'universe', name: 'apparel_and_footwear', match: 'exact', members: 0 },
    ])
    expect(await search('shops')).toMatchObject([{ name: 'app_stores', active: false }])
  })

  it('finds a constituent that symbols does not know', async () => {
    expect(await search('zzz')).toMatchObject([
      { kind: 'symbol', type: null, name: 'ZZZ', active: null, match: 'exact' },
    ])
  })

  it('of something misspelt gives the nearest, and of nonsense nothing', async () => {
    expect((await search('aplovin'))[0]).toMatchObject({ name: 'APP', match: 'similar' })
    for (const nonsense of ['%', '_', '\\', "'", '...', 'qqqqxxxxzzzz', 'x%_']) {
      for (const { match } of await search(nonsense))
        expect([nonsense, match]).not.toEqual([nonsense, 'part'])
    }
    expect(await search('%')).toEqual([])
  })

  it('of one letter looks at beginnings only', async () => {
    for (const { name, title, match } of await search('a', 100)) {
      expect(['exact', 'prefix', 'title']).toContain(match)
      expect([name[0], title?.[0]].map((letter) => letter?.toLowerCase())).toContain('a')
    }
  })

  it.each(['', '?q=', '?q=%00', `?q=${'x'.repeat(101)}`, '?q=a&limit=0', '?q=a&limit=101', '?q=a&page=2'])(
    '%.20s is refused',
    async (query) => {
      await problemOf(service, `/api/search${query}`, 400)
    },
  )
})
