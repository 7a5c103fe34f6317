import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { fund, loadRows, weightsOf, type Loaded, type Row } from './staging.js'

const db = await testDatabase(import.meta.url)

const LISTED = [
  ['ACN', 'Accenture plc Class A Ordinary Shares (Ireland)', 'CS', 'Ireland'],
  ['AI', 'C3.ai Inc. Class A Common Stock', 'CS', 'United States'],
  ['BABA', 'Alibaba Group Holding Limited American Depositary Shares', 'ADRC', null],
  ['BAS', 'Bioanalytical Systems Inc. Common Stock', 'CS', 'United States'],
  ['CRD.A', 'Crawford & Company Common Stock', 'CS', 'United States'],
  ['MC', 'Moelis & Company Class A Common Stock', 'CS', 'United States'],
  ['NESN', 'Nestor Networks Inc. Common Stock', 'CS', 'United States'],
  ['SAN', 'Banco Santander S.A. Sponsored ADR (Spain)', 'ADRC', 'Spain'],
  ['SHEL', 'Shell PLC American Depositary Shares', 'ADRC', 'United Kingdom'],
  ['AAPL', 'Apple Inc. Common Stock', 'CS', 'United States'],
  ['MSTR', 'Strategy Inc Common Stock Class A', 'CS', 'United States'],
]

beforeAll(async () => {
  for (const row of LISTED)
    await db.query('INSERT INTO symbols (symbol, name, type, country) VALUES ($1, $2, $3, $4)', row)
})

const EMPTY: Row = {
  name: null,
  exchange: null,
  country: null,
  currency: null,
  market_currency: null,
  cusip: null,
  isin: null,
  figi: null,
}

let count = 0

/** Loads rows beside 95 percent of Apple. */
async function run(rows: readonly Row[]): Promise<[Loaded['files'][number], Record<string, number | null>]> {
  const name = `F${(count += 1)}`
  const all = [
    { ...EMPTY, line: 2, symbol: 'AAPL', weight: '85', name: 'APPLE INC' },
    ...rows.map((row, index) => ({ ...EMPTY, line: index + 3, weight: '5', ...row })),
  ]
  const { files } = await loadRows(db, 'etfs', [fund(name, all, { format: 'ishares' })])
  const others = await weightsOf(db, name)
  delete others['AAPL']
  return [files[0]!, others]
}

describe('a row that states a foreign listing is skipped', () => {
  test.each<[string, Row]>([
    ['Paris', { symbol: 'AI', name: 'AIR LIQUIDE SA', exchange: 'Nyse Euronext - Euronext Paris' }],
    ['Xetra', { symbol: 'BAS', name: 'BASF N', exchange: 'Xetra' }],
    ['SIX', { symbol: 'NESN', name: 'NESTLE SA', exchange: 'SIX Swiss Exchange' }],
    ['Madrid, the same company', { symbol: 'SAN', name: 'BANCO SANTANDER SA', exchange: 'Bolsa De Madrid' }],
    [
      'a glued class in London',
      { symbol: 'CRDA', name: 'CRODA INTERNATIONAL PLC', exchange: 'London Stock Exchange' },
    ],
    ['Helsinki, with a V', { symbol: 'OUTXV', name: 'OUTOKUMPU', exchange: 'Nasdaq Omx Helsinki Ltd.' }],
    ['digits like a future', { symbol: 'VOW3', name: 'VOLKSWAGEN PREF', exchange: 'Xetra' }],
    ['Toronto', { symbol: 'AI', name: 'ATRIUM MORTGAGE', exchange: 'Toronto Stock Exchange' }],
    ['Cboe Canada', { symbol: 'BAS', name: 'BASIN', exchange: 'Cboe Canada' }],
    ['a local currency', { symbol: 'MC', name: 'LVMH', currency: 'EUR' }],
    [
      'a market currency beside dollars',
      { symbol: 'MC', name: 'LVMH', currency: 'USD', market_currency: 'EUR' },
    ],
    ['pence', { symbol: 'SHEL', name: 'SHELL PLC', currency: 'GBp' }],
    ['a country alone', { symbol: 'MC', name: 'LVMH MOET HENNESSY', country: 'France' }],
    ['a country by its code', { symbol: 'BAS', name: 'BASF SE', country: 'DEU' }],
    ['a SEDOL in the column of the CUSIP', { symbol: 'AI', name: 'AIR LIQUIDE', cusip: 'B1YXBJ7' }],
    ['digits only in it', { symbol: 'BAS', name: 'BASF', cusip: '5086577' }],
  ])('%s', async (_, row) => {
    const [file, members] = await run([row])
    expect(members).toEqual({})
    expect(file).toMatchObject({
      status: 'loaded',
      skipped: { 'foreign listing': 1 },
      skipped_percent: { 'foreign listing': 5 },
    })
    expect(file.warnings).toContain('1 left out (foreign listing), 5 percent of the fund')
  })
})

describe('a line in the United States is a member', () => {
  test.each<[string, Row]>([
    [
      'NYSE',
      {
        symbol: 'ACN',
        name: 'ACCENTURE PLC CLASS A',
        exchange: 'New York Stock Exchange Inc.',
        country: 'Ireland',
      },
    ],
    ['Nasdaq', { symbol: 'AI', name: 'C3 AI INC CLASS A', exchange: 'NASDAQ' }],
    ['NYSE Arca', { symbol: 'AI', name: 'C3 AI INC', exchange: 'Nyse Arca' }],
    [
      'Nasdaq Global Select',
      { symbol: 'AI', name: 'C3 AI INC', exchange: 'Nasdaq/Ngs (Global Select Market)' },
    ],
    ['BZX', { symbol: 'AI', name: 'C3 AI INC', exchange: 'Cboe BZX formerly known as BATS' }],
    ['MIC', { symbol: 'AI', name: 'C3 AI INC', exchange: 'XNYS' }],
    ['the country of symbols', { symbol: 'ACN', name: 'ACCENTURE PLC', country: 'IRL' }],
    ['a depositary receipt', { symbol: 'BABA', name: 'ALIBABA GROUP HOLDING ADR', country: 'China' }],
    ['dollars', { symbol: 'AI', name: 'C3 AI INC', currency: 'USD' }],
    ['a dash for the exchange', { symbol: 'AI', name: 'C3 AI INC', exchange: '-', country: '-' }],
    ['a CUSIP without its leading zeros', { symbol: 'AI', name: 'C3 AI INC', cusip: '2824100' }],
    ['a footnote', { symbol: 'AI*', name: 'C3 AI INC' }],
  ])('%s', async (_, row) => {
    const [file, members] = await run([row])
    expect(Object.values(members)).toEqual([5])
    expect(file).not.toHaveProperty('skipped')
    expect(file).not.toHaveProperty('suspects')
  })
})

test('foreign listings do not count as unknown, and their weight counts as stated', async () => {
  const rows = Array.from({ length: 60 }, (_, n) => ({
    symbol: `${7000 + n}`,
    weight: '1',
    exchange: 'Tokyo Stock Exchange',
  }))
  const world = [{ ...EMPTY, symbol: 'AAPL', weight: '39' }, ...rows.map((row) => ({ ...EMPTY, ...row }))]
  const { files } = await loadRows(db, 'etfs', [fund('WORLD', world, { format: 'ishares' })])
  expect(files[0]).toMatchObject({ status: 'loaded', rows: 1, skipped: { 'foreign listing': 60 } })
  expect(await db.query('SELECT * FROM check_low_weight_sums')).toEqual([])
})

describe('names', () => {
  test('that share no word make the row a suspect, which is a member', async () => {
    const [file, members] = await run([{ symbol: 'MSTR', name: 'MICROSTRATEGY INC CLASS A' }])
    expect(members).toEqual({ MSTR: 5 })
    expect(file.suspects).toEqual([
      {
        line: 3,
        symbol: 'MSTR',
        name: 'MICROSTRATEGY INC CLASS A',
        listed_name: 'Strategy Inc Common Stock Class A',
        weight: 5,
      },
    ])
    expect(file.warnings.join()).toContain('1 whose name is not the one in symbols: MSTR (MICROSTRATEGY')
  })

  test('hold the file where suspects weigh too much', async () => {
    const [file] = await run([
      { symbol: 'BAS', name: 'BASF SE', weight: '6' },
      { symbol: 'MC', name: 'LVMH', weight: '6' },
    ])
    expect(file).toMatchObject({
      status: 'held',
      held_by: [
        expect.stringMatching(
          /^12\.00 percent of it .*load_max_suspect_percent\): BAS is BASF SE in the file/,
        ),
      ],
    })
  })

  test('of two rows of one ticker, the one of another company leaves', async () => {
    const [file, members] = await run([
      { symbol: 'BAS', name: 'BASF SE', weight: '6' },
      { symbol: 'BAS', name: 'BIOANALYTICAL SYSTEMS INC', weight: '4' },
    ])
    expect(members).toEqual({ BAS: 4 })
    expect(file).toMatchObject({
      skipped: { 'another company': 1 },
      skipped_percent: { 'another company': 6 },
    })
  })

  test('rows of one company are added up', async () => {
    const [file, members] = await run([
      { symbol: 'AI', name: 'C3 AI INC', weight: '2' },
      { symbol: 'AI', name: 'C3.AI INC-A', weight: '1.5' },
      { symbol: 'AI', name: 'C3 AI INC', weight: '0' },
    ])
    expect(members).toEqual({ AI: 3.5 })
    expect(file.skipped).toEqual({ 'added up': 1, 'repeated ticker': 1 })
    expect(file.warnings).toContain('AI is on lines 3, 4, together 3.5 percent')
  })

  test('decide where a share class is glued to the ticker', async () => {
    const [, members] = await run([{ symbol: 'CRDA', name: 'CRAWFORD & CO CL A' }])
    expect(members).toEqual({ 'CRD.A': 5 })
    const [, others] = await run([{ symbol: 'ZRDA', name: 'CRODA' }])
    expect(others).toEqual({ ZRDA: 5 })
  })
})

describe('identifiers', () => {
  beforeAll(async () => {
    await db.query(`UPDATE symbols SET cusip = '60786M105' WHERE symbol = 'MC';
      UPDATE symbols SET isin = 'US12468P1049' WHERE symbol = 'AI';
      UPDATE symbols SET figi = 'BBG000B9XRY4' WHERE symbol = 'AAPL'`)
  })

  test.each<[string, Row]>([
    ['CUSIP', { symbol: 'MOEL', name: 'MOELIS', cusip: '60786M105' }],
    ['ISIN that contains it', { symbol: 'MOEL', name: 'ANYTHING', isin: 'US60786M1053' }],
  ])('a %s decides over the ticker', async (_, row) => {
    expect((await run([row]))[1]).toEqual({ MC: 5 })
  })

  test('a CUSIP finds the ISIN of symbols', async () => {
    expect((await run([{ symbol: 'XX', cusip: '12468P104' }]))[1]).toEqual({ AI: 5 })
  })

  test('another one is another company', async () => {
    const [file, members] = await run([{ symbol: 'MC', name: 'MOELIS', cusip: '037833100' }])
    expect(members).toEqual({})
    expect(file.skipped).toEqual({ 'another company': 1 })
  })

  test('one of a kind that symbols lacks decides nothing', async () => {
    expect((await run([{ symbol: 'BAS', name: 'BIOANALYTICAL', cusip: '09058M103' }]))[1]).toEqual({ BAS: 5 })
  })
})
