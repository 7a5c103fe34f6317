import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { removeFolder, testDatabase } from '../support/index.js'
import { loadInto, resultOf, writeFiles, type Files } from './files.js'

const db = await testDatabase(import.meta.url)
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

const plain = { AAPL: '60.000000', MSFT: '39.500000' }
const listed = { AAPL: null, MSFT: null }

interface Repaired {
  kind?: 'etfs' | 'universes'
  content: string | Buffer
  expected?: Record<string, string | null>
  repaired?: number
}

const REPAIRED: Record<string, Repaired> = {
  'the canonical form': { content: 'symbol,weight\nAAPL,60\nMSFT,39.5\n' },
  'a byte order mark': { content: '\ufeffsymbol,weight\nAAPL,60\nMSFT,39.5\n' },
  'CR LF': { content: 'symbol,weight\r\nAAPL,60\r\nMSFT,39.5\r\n' },
  'CR alone': { content: 'symbol,weight\rAAPL,60\rMSFT,39.5\r' },
  'no line end at the end': { content: 'symbol,weight\nAAPL,60\nMSFT,39.5' },
  'blank lines at the end': { content: 'symbol,weight\nAAPL,60\nMSFT,39.5\n\n  \n\t\n' },
  'CR LF and blank lines at the end': { content: 'symbol,weight\r\nAAPL,60\r\nMSFT,39.5\r\n\r\n\r\n' },
  'lower case': { content: 'symbol,weight\naapl,60\nMSFT,39.5\n', repaired: 1 },
  'padded values': { content: 'symbol,weight\n AAPL , 60 \nMSFT,39.5\n', repaired: 1 },
  'a percent sign': { content: 'symbol,weight\nAAPL,60%\nMSFT,39.5 %\n', repaired: 2 },
  'quoted values': { content: '"symbol","weight"\n"AAPL","60"\n"MSFT","39.5"\n' },
  'a padded header in another case': { content: ' Symbol , WEIGHT\nAAPL,60\nMSFT,39.5\n' },
  'another order, and columns that nothing reads': {
    content: 'name,weight,,symbol,sector\n"Apple, Inc.",60,x,AAPL,Technology\nMicrosoft,39.5,,MSFT,\n',
  },
  'no weights': { content: 'symbol\nAAPL\nMSFT\n', expected: listed },
  'an exponent': { content: 'symbol,weight\nAAPL,6e1\nMSFT,3.95E+1\n' },
  'a list': { kind: 'universes', content: 'symbol\nAAPL\nMSFT\n', expected: listed },
  'a list without a header': { kind: 'universes', content: 'AAPL\nMSFT\n', expected: listed },
  'a list without a header, with a byte order mark and blank lines': {
    kind: 'universes',
    content: '\ufeffAAPL\r\nmsft\r\n\r\n',
    expected: listed,
    repaired: 1,
  },
  'one symbol and nothing else': { kind: 'universes', content: 'AAPL', expected: { AAPL: null } },
  'a list with weights': { kind: 'universes', content: 'symbol,weight\nAAPL,60\nMSFT,39.5\n' },
}

test.each(Object.entries(REPAIRED))('%s loads', async (environment, one) => {
  const { kind = 'etfs', content, expected = plain, repaired = 0 } = one
  const name = kind === 'etfs' ? 'spy_holdings.csv' : 'list.csv'
  const folder = await writeFiles({ [name]: content })
  folders.push(folder)
  const result = await loadInto(db, { kind, paths: [folder], environment })
  expect(resultOf(result, name)).toMatchObject({
    status: 'loaded',
    rows: Object.keys(expected).length,
    repaired,
  })
  expect(await weights(environment)).toEqual(expected)
})

test('compressed files load', async () => {
  const folder = await write({ 'spy_holdings.csv.gz': gzipSync('symbol,weight\nAAPL,60\nMSFT,39.5\n') })
  await loadInto(db, { kind: 'etfs', paths: [`${folder}/spy_holdings.csv.gz`], environment: 'gzip' })
  expect(await weights('gzip')).toEqual(plain)
})

test('a member knows its line, counted in the file, header included', async () => {
  const folder = await write({
    'spy_holdings.csv': 'symbol\nAAPL\nMSFT\n',
    'qqq_holdings.csv': '\ufeffsymbol\nNVDA\n',
  })
  await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'lines' })
  const universes = await write({ 'list.csv': 'TSLA\nAMZN\n' })
  await loadInto(db, { kind: 'universes', paths: [universes], environment: 'lines' })
  const lines = await db.query(
    `SELECT m.symbol, (m.metadata ->> 'line')::integer AS line FROM group_memberships m
     JOIN definition_groups g ON g.id = m.group_id WHERE g.environment = 'lines' ORDER BY 1`,
  )
  expect(lines).toEqual([
    { symbol: 'AAPL', line: 2 },
    { symbol: 'AMZN', line: 2 },
    { symbol: 'MSFT', line: 3 },
    { symbol: 'NVDA', line: 2 },
    { symbol: 'TSLA', line: 1 },
  ])
})

test('weights well under 100 percent load with a warning', async () => {
  const folder = await write({ 'spy_holdings.csv': 'symbol,weight\nAAPL,60\nMSFT,20\n' })
  const result = await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'under' })
  expect(resultOf(result, 'spy_holdings.csv')).toMatchObject({
    status: 'loaded',
    warnings: expect.arrayContaining(['the weights sum to 80.00 percent only']) as string[],
  })
})

test('a file of many chunks arrives whole, whatever the chunks cut apart', async () => {
  const count = 60_000
  const symbols = Array.from({ length: count }, (_, index) => `S${index.toString(36).toUpperCase()}`)
  const folder = await write({
    'many_holdings.csv': `symbol,weight\r\n${symbols.join(',0.0016\r\n')},0.0016\r\n\r\n`,
  })
  const result = await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'many' })
  expect(resultOf(result, 'many_holdings.csv')).toMatchObject({ status: 'loaded', rows: count, repaired: 0 })
  expect(Object.keys(await weights('many')).sort()).toEqual(symbols.sort())
})

async function write(files: Files): Promise<string> {
  const folder = await writeFiles(files)
  folders.push(folder)
  return folder
}

async function weights(environment: string): Promise<Record<string, string | null>> {
  const rows = await db.query<{ symbol: string; weight: string | null }>(
    `SELECT m.symbol, m.weight FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     WHERE g.environment = $1`,
    [environment],
  )
  return Object.fromEntries(rows.map(({ symbol, weight }) => [symbol, weight]))
}
