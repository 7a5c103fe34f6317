import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GroupInfo } from '../../src/cache/index.js'
import { loadFunds } from '../cache/relationship-support.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { caughtUp, json, problemOf, smallMarket, type Members } from './market.js'

let db: TestDatabase
let service: TestService

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await smallMarket(db)
  await db.query(
    `INSERT INTO definition_groups (type, name, description) VALUES
       ('THEME', 'space_flight', 'Space & flight'), ('UNIVERSE', 'dow30', 'Thirty'), ('UNIVERSE', 'DOW30', 'Thirty'),
       ('UNIVERSE', 'a/b?c#d é', 'Slash')`,
  )
  service = await startService(db, { limits: { pageRows: 2_000 } })
  await caughtUp(service, db)
})

const members = (path: string): Promise<Members> => json<Members>(service, `/api/universes/${path}`)
const symbols = ({ members }: Members): string[] => members.map(({ symbol }) => symbol)

describe('members', () => {
  it('come in their order, with everything that is known about them', async () => {
    const page = await members('ETF/SPY/members')
    expect(page).toMatchObject({
      type: 'ETF',
      name: 'SPY',
      environment: 'DEFAULT',
      at: null,
      total: 5,
      weight_sum: 100,
      limit: 1_000,
      offset: 0,
      next: null,
    })
    expect(page.version).toBe(service.service.cache.group('ETF', 'SPY')?.version)
    expect(symbols(page)).toEqual(['AAA', 'BBB', 'CCC', 'BRK.B', 'DDD'])
    const { since, ...third } = page.members[2]!
    expect(third).toEqual({
      place: 3,
      symbol: 'CCC',
      name: '-1+1;=2',
      weight: 20,
      rank: null,
      market_cap: null,
      sector: null,
    })
    expect(since).toMatch(/^20\d\d-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/)
  })

  it('of an empty universe are none', async () => {
    expect(await members('THEME/space_flight/members')).toMatchObject({ total: 0, members: [], next: null })
  })

  it('come in pages, each of which names the next', async () => {
    const seen: string[] = []
    let path: string | null = '/api/universes/ETF/SPY/members?limit=2'
    while (path !== null) {
      const response = await service.get(path)
      const page = (await response.json()) as Members
      seen.push(...symbols(page))
      expect(page.members.map(({ place }) => place)).toEqual(page.members.map((_, i) => page.offset + i + 1))
      expect(response.headers.get('link')).toBe(page.next === null ? null : `<${page.next}>; rel="next"`)
      path = page.next
    }
    expect(seen).toEqual(['AAA', 'BBB', 'CCC', 'BRK.B', 'DDD'])
    expect(await members('ETF/SPY/members?offset=5')).toMatchObject({ total: 5, members: [], next: null })
    expect(await members('ETF/SPY/members?offset=99&limit=1')).toMatchObject({ members: [], next: null })
  })

  it.each([
    ['limit=0', 'querystring/limit'],
    ['limit=2001', 'querystring/limit'],
    ['limit=-1', 'querystring/limit'],
    ['limit=ten', 'querystring/limit'],
    ['offset=-1', 'querystring/offset'],
    ['offset=99999999999', 'querystring/offset'],
    ['format=xml', 'querystring/format'],
    ['as_of=', 'querystring/as_of'],
    ['as_of=%00', 'querystring/as_of'],
    ['as_of=2025-03-05&as_of=2025-03-06', 'querystring/as_of'],
    [`as_of=${'1'.repeat(65)}`, 'querystring/as_of'],
  ])('?%s is refused, and the problem says where', async (query, path) => {
    const problem = await problemOf(service, `/api/universes/ETF/SPY/members?${query}`, 400)
    expect(problem.errors?.map((error) => error.path)).toContain(path)
  })

  it('with an unknown parameter are refused', async () => {
    const problem = await problemOf(service, '/api/universes/ETF/SPY/members?limits=3', 400)
    expect(problem.detail).toContain('limits')
  })
})

describe('a universe', () => {
  it.each(['ETF/spy', 'etf/SPY', 'etf/Spy', 'ETF/%20spy%20'])('is found as %s', async (path) => {
    expect(await members(`${path}/members`)).toMatchObject({ type: 'ETF', name: 'SPY' })
    expect(await json(service, `/api/universes/${path}`)).toMatchObject({ type: 'ETF', name: 'SPY' })
  })

  it.each(['theme/space%20%26%20flight', 'THEME/SPACE-FLIGHT', 'THEME/space_flight', 'Theme/Space%20Flight'])(
    'is found as %s',
    async (path) => {
      expect(await members(`${path}/members`)).toMatchObject({ type: 'THEME', name: 'space_flight' })
    },
  )

  it('with a difficult name has pages, too', async () => {
    const name = encodeURIComponent('a/b?c#d é')
    expect(await members(`UNIVERSE/${name}/members`)).toMatchObject({ name: 'a/b?c#d é', total: 0 })
  })

  it('that several could be is not guessed', async () => {
    expect(await members('UNIVERSE/DOW30/members')).toMatchObject({ name: 'DOW30' })
    for (const path of ['Dow30', 'Thirty', 'Dow30/members', 'dOW30/members?as_of=2025-01-01']) {
      const problem = await problemOf(service, `/api/universes/UNIVERSE/${path}`, 400)
      expect(problem).toMatchObject({ type: 'urn:pg-universes:invalid-argument', code: 'UV002' })
      expect(problem.detail).toContain('UNIVERSE DOW30, UNIVERSE dow30')
    }
  })

  it.each(['ETF/SYP', 'etf/spyy/members', 'ETF/SPYD/members?as_of=2025-01-01'])(
    'that does not exist (%s) is not found, and the nearest are named',
    async (path) => {
      const problem = await problemOf(service, `/api/universes/${path}`, 404)
      expect(problem).toMatchObject({ type: 'urn:pg-universes:not-found', code: 'UV003' })
      expect(problem.hint).toMatch(/^Nearest: SPY/)
    },
  )

  it('of a type that does not exist is not found either', async () => {
    expect((await problemOf(service, '/api/universes/FUND/SPY/members', 404)).detail).toContain(
      'SPY is of type ETF',
    )
  })

  it.each([
    [`${'x'.repeat(41)}/SPY`, 400],
    ['ETF/a%00b', 400],
    ['ETF/a%0Ab', 400],
    ['ETF/%7f/members', 400],
    [`ETF/${'x'.repeat(201)}`, 414],
  ])('of the impossible name %s is refused with %d', async (path, status) => {
    await problemOf(service, `/api/universes/${path}`, status)
  })

  it('that was committed a moment ago is found before it was heard of', async () => {
    const quiet = await startService(db)
    await quiet.service.cache.loaded()
    await db.query(
      `INSERT INTO definition_groups (type, name, description) VALUES ('THEME', 'brand_new', 'Brand new')`,
    )
    expect(await json(quiet, '/api/universes/theme/Brand%20New/members')).toMatchObject({
      name: 'brand_new',
      total: 0,
    })
    await quiet.close()
  })
})

describe('facts', () => {
  it('are those of describe_universe(), without constituents', async () => {
    const facts = await json<Record<string, unknown>>(service, '/api/universes/ETF/SPY')
    const [row] = await db.query(
      `SELECT set_config('TimeZone', 'UTC', false), describe_universe('SPY') - 'constituents' - 'at' AS facts`,
    )
    const { version, ...others } = facts
    expect(others).toEqual(row!['facts'])
    expect(version).toBe(service.service.cache.group('ETF', 'SPY')?.version)
    expect(others).toMatchObject({ size: 5, file: { file: 'spy_holdings.csv' }, weight_sum: 100 })
  })

  it('have moments in UTC, wherever the database lives', async () => {
    await db.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Tokyo''', current_database()); END $$`,
    )
    const abroad = await startService(db)
    const facts = await json<{ known_since: string; file: { loaded_at: string } }>(
      abroad,
      '/api/universes/ETF/QQQ',
    )
    expect(facts.known_since).toMatch(/\+00:00$/)
    expect(facts.file.loaded_at).toMatch(/\+00:00$/)
    expect(JSON.stringify(await json(abroad, '/api/symbols/AAA'))).not.toContain('+09:00')
    expect(JSON.stringify(await json(abroad, '/api/report?detail=true'))).not.toContain('+09:00')
    await abroad.close()
    await db.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET TimeZone', current_database()); END $$`,
    )
  })
})

describe('the list', () => {
  it('has every universe that is not retired, by type and name', async () => {
    const list = await json<{ total: number; universes: GroupInfo[] }>(service, '/api/universes')
    expect(list.universes).toEqual(service.service.cache.universes())
    expect(list.total).toBe(list.universes.length)
  })

  it('can be asked for one type, in any case', async () => {
    const { universes } = await json<{ universes: GroupInfo[] }>(service, '/api/universes?type=etf')
    expect(universes.map(({ name, count }) => [name, count])).toEqual([
      ['QQQ', 2],
      ['SPY', 5],
    ])
    expect(await json(service, '/api/universes?type=nothing')).toMatchObject({ total: 0, universes: [] })
  })

  it('comes in pages', async () => {
    const first = await json<{ next: string; total: number }>(service, '/api/universes?type=ETF&limit=1')
    expect(first).toMatchObject({ total: 2, limit: 1, next: '/api/universes?type=ETF&limit=1&offset=1' })
    expect(await json(service, first.next)).toMatchObject({
      offset: 1,
      next: null,
      universes: [{ name: 'SPY' }],
    })
  })
})

describe('CSV', () => {
  const csv = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await service.get(`/api/universes/${path}`, init)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    return response
  }
  const rows = (text: string): Record<string, string>[] =>
    parse<Record<string, string>>(text, { columns: true, record_delimiter: '\r\n' })

  it('has what the JSON has, but no formula', async () => {
    const response = await csv('ETF/SPY/members?format=csv')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="ETF_SPY_members.csv"')
    const text = await response.text()
    expect(text).toMatch(
      /^place,symbol,name,weight,rank,market_cap,sector,since\r\n1,AAA,"Alpha, Inc.",40,,500,,20/,
    )
    const found = rows(text)
    const { members: expected } = await members('ETF/SPY/members')
    const asText = (value: string | number | null): string => (value === null ? '' : String(value))
    expect(found.map((row) => ({ ...row, name: undefined }))).toEqual(
      expected.map((member) => ({
        ...Object.fromEntries(
          Object.entries<string | number | null>({ ...member }).map(([key, value]) => [key, asText(value)]),
        ),
        name: undefined,
      })),
    )
    expect(found.map(({ name }) => name)).toEqual([
      'Alpha, Inc.',
      '\'=HYPERLINK("x")',
      "'-1+1;'=2",
      'Beta "B"',
      'Delta 漢字',
    ])
  })

  it('is what an Accept header can ask for, and caches can tell', async () => {
    const response = await csv('ETF/SPY/members', { headers: { accept: 'text/csv' } })
    expect(response.headers.get('vary')).toContain('accept')
    expect(rows(await response.text())).toHaveLength(5)
    const other = await service.get('/api/universes/ETF/SPY/members')
    expect(other.headers.get('vary')).toContain('accept')
    expect(other.headers.get('etag')).not.toBe(response.headers.get('etag'))
  })

  it('has pages when somebody wants them', async () => {
    const response = await csv('ETF/SPY/members?format=csv&limit=2&offset=1')
    expect(rows(await response.text()).map(({ place }) => place)).toEqual(['2', '3'])
    const next = '/api/universes/ETF/SPY/members?format=csv&limit=2&offset=3'
    expect(response.headers.get('link')).toBe(`<${next}>; rel="next"`)
    expect(rows(await (await service.get(next)).text()).map(({ place }) => place)).toEqual(['4', '5'])
  })

  it('of a universe larger than a page has all of it', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) => `('S${i}', 'CS')`)
    await db.query(`INSERT INTO symbols (symbol, type) VALUES ${many.join(', ')}`)
    await loadFunds(db, { vti: Array.from({ length: 2_500 }, (_, i) => `S${i},0.04`).join(' ') })
    await caughtUp(service, db)
    expect(rows(await (await csv('ETF/VTI/members?format=csv')).text())).toHaveLength(2_500)
    expect(await members('ETF/VTI/members')).toMatchObject({ limit: 1_000, total: 2_500 })
  })
})

describe('as_of', () => {
  it.each([
    ['2999-01-01', 'is in the future'],
    ['tomorrow', ''],
    ['soon', 'neither a run nor a load nor a timestamp'],
    ['2025-02-30', 'neither'],
  ])('%s is refused', async (when, message) => {
    for (const path of ['universes/ETF/SPY/members', 'symbols/AAA']) {
      const problem = await problemOf(service, `/api/${path}?as_of=${when}`, 400)
      expect(problem).toMatchObject({ code: 'UV002' })
      expect(problem.detail).toContain(message)
    }
  })

  it('before history, or of an unknown run, is not found', async () => {
    const paths = ['2001-01-01', '00000000-0000-0000-0000-000000000000']
    for (const when of paths) await problemOf(service, `/api/universes/ETF/SPY/members?as_of=${when}`, 404)
  })
})
