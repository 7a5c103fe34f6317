import { beforeAll, describe, expect, it } from 'vitest'
import { runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'

let db: TestDatabase

const query = (...args: string[]): Promise<CliResult> =>
  runCli(['query', ...args], { env: { DATABASE_URL: db.url } })

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await db.query(
    `INSERT INTO definition_groups (type, name, description, environment) VALUES
       ('THEME', 'semiconductors', 'Chips', 'DEFAULT'), ('INDUSTRY', 'semiconductors', 'Semiconductors', 'DEFAULT'),
       ('UNIVERSE', 'dow30', NULL, 'DEFAULT'), ('UNIVERSE', 'DOW30', NULL, 'DEFAULT'), ('UNIVERSE', 'chips', NULL, 'DEFAULT'),
       ('ETF', 'SPY', 'S&P 500 fund', 'DEFAULT'), ('ETF', 'QQQ', NULL, 'TEST')`,
  )
  await db.query(
    `INSERT INTO symbols (symbol, name, type, active, market_cap) VALUES
       ('AAPL', 'Apple Inc.', 'CS', true, 4000000000000), ('PAPL', 'Pineapple Inc.', 'CS', true, 1000000),
       ('BRK.A', 'Berkshire', 'CS', true, 1), ('BRK.B', 'Berkshire', 'CS', true, 1), ('X.A', 'X', 'CS', true, 1),
       ('X^A', 'X preferred', 'PFD', true, 1), ('GLD', 'Gold', 'ETF', true, NULL), ('TWTR', 'Twitter, Inc.', 'CS', false, 1)`,
  )
})

describe('an ambiguous name', () => {
  it('is refused with the list of types, and --type resolves it', async () => {
    const { code, stdout, stderr } = await query('--universe', 'Semiconductors')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('error: 2 universes are named Semiconductors')
    expect(stderr).toContain('detail: INDUSTRY semiconductors, THEME semiconductors.')
    expect(stderr).toContain('--type INDUSTRY')
    expect((await query('--universe', 'semiconductors', '--type', 'industry')).stdout).toMatch(
      /^Type +INDUSTRY$/m,
    )
    expect((await query('--theme', 'semiconductors')).stdout).toMatch(/^Type +THEME$/m)
  })

  it('prefers an exact spelling, and a name over a title', async () => {
    expect((await query('--universe', 'DOW30')).stdout).toMatch(/^DOW30\n/)
    expect(await query('--universe', 'Dow30')).toMatchObject({ code: 2 })
    expect((await query('--universe', 'Chips')).stdout).toMatch(/^chips\n/)
  })

  it('is searched in its environment only', async () => {
    expect(await query('--etf', 'QQQ')).toMatchObject({ code: 1 })
    expect((await query('--etf', 'qqq', '--environment', 'TEST')).stdout).toMatch(
      /^QQQ {2}environment TEST\n/,
    )
    const { code, stderr } = await query('--stats', '--environment', 'PROD')
    expect(code).toBe(1)
    expect(stderr).toContain('detail: Environments: DEFAULT, TEST.')
  })
})

it('the sector candidates of a stock are those of the environment', async () => {
  await db.query(
    `INSERT INTO definition_groups (type, name, environment) VALUES ('ETF', 'XLK', 'TEST');
     INSERT INTO group_memberships (group_id, symbol, weight) SELECT id, 'AAPL', 5 FROM definition_groups WHERE name = 'XLK'`,
  )
  const { stdout } = await query('--stock', 'AAPL', '--environment', 'TEST')
  expect(stdout).toMatch(/^sector_fund +information_technology +constituent of XLK +believed$/m)
  const client = await db.client()
  await client.query(`BEGIN; SET LOCAL universes.environment = 'TEST'`)
  const { rows } = await client.query<{ said: unknown }>(
    `SELECT describe_stock('AAPL') -> 'sector_candidates' AS said`,
  )
  expect(rows).toEqual([{ said: [] }])
  expect((await client.query('SHOW universes.environment')).rows).toEqual([
    { 'universes.environment': 'TEST' },
  ])
  await client.query('ROLLBACK')
})

describe('a universe without history', () => {
  it('says so, and its past state is unknown', async () => {
    expect((await query('--universe', 'chips')).stdout).toMatch(
      /^History +none: it never had a constituent$/m,
    )
    const past = await query('--universe', 'chips', '--as-of', '2025-01-01')
    expect(past.code).toBe(1)
    expect(past.stderr).toContain('detail: There is no history yet.')
  })
})

describe('nearest_names', () => {
  const near = async (name: string, types: string[] | null = ['SYMBOL']): Promise<unknown[]> =>
    (await db.query('SELECT name FROM nearest_names($1, $2)', [name, types])).map((row) => row['name'])

  it.each([
    ['APPL', 'AAPL', 'the large company before the small one as near'],
    ['AALP', 'AAPL', 'two letters swapped'],
    ['AAP', 'AAPL', 'one letter missing'],
    ['apple', 'AAPL', 'the name of the company'],
    ['aple inc', 'AAPL', 'that name with a slip'],
    ['twitter', 'TWTR', 'an inactive one'],
    ['berkshire', 'BRK.A', 'one of two share classes'],
  ])('of %s begins with %s: %s', async (name, nearest) => {
    expect((await near(name))[0]).toBe(nearest)
  })

  it('of universes compares name and title, of any or given types', async () => {
    expect(await near('semiconducters', null)).toEqual(['semiconductors', 'semiconductors'])
    expect(await near('sp 500', ['ETF'])).toEqual(['SPY'])
    expect(await near('semiconductors', ['ETF'])).toEqual([])
  })

  it('is empty for an empty or a dissimilar name', async () => {
    for (const name of ['', '   ', '%', '_', '...', 'zzzz']) expect(await near(name), name).toEqual([])
  })

  it('treats no character as a pattern', async () => {
    for (const name of ['%APL', 'A_PL', 'AAPL\\', '^AAPL$', "AAPL'", '[AAPL]'])
      expect((await near(name))[0], name).toBe('AAPL')
  })
})

describe('a symbol', () => {
  it('is found with any punctuation unless that is ambiguous', async () => {
    for (const name of ['BRK-B', 'brk b', 'Brk/B'])
      expect((await query('--stock', name)).stdout).toMatch(/^BRK\.B /)
    expect((await query('--stock', 'X^A')).stdout).toMatch(/^X\^A /)
    const either = await query('--stock', 'X-A')
    expect(either.code).toBe(1)
    expect(either.stderr).toMatch(/Nearest: X\.A \(X\), X\^A \(X preferred\)/)
  })

  it('of a fund without holdings has another error than an unknown one', async () => {
    const { stderr } = await query('--etf', 'gld')
    expect(stderr).toContain('detail: GLD is a fund whose holdings are not loaded.')
  })
})

describe('wrong usage', () => {
  it.each([
    [[], 'nothing is asked'],
    [['--stock', 'A', '--etf', 'B'], '--stock and --etf exclude one another'],
    [['--stats', '--theme', 'x'], '--theme and --stats exclude one another'],
    [['--stock', ' '], '--stock is empty'],
    [['--stock', 'AAPL', '--type', 'ETF'], '--type is for --universe, not for --stock'],
    [['--stock'], 'argument missing'],
    [['AAPL'], 'too many arguments'],
  ])('%j: exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await query(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })
})
