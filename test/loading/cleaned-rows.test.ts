import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { fund, loadRows, weightsOf, type Loaded, type Row } from './staging.js'

const db = await testDatabase(import.meta.url)

beforeAll(() =>
  db.query(
    `INSERT INTO symbols (symbol) VALUES ('AAPL'), ('BRK.B'), ('BF.B'), ('RUSHA'), ('XYZ.A'), ('DKNG'), ('BRKA'), ('QQ/Z')`,
  ),
)

let count = 0

async function loadIssuer(
  rows: readonly Row[],
): Promise<[Loaded['files'][0], Record<string, number | null>]> {
  const name = `F${(count += 1)}`
  const { files } = await loadRows(db, 'etfs', [fund(name, rows, { format: 'ishares' })])
  return [files[0]!, await weightsOf(db, name)]
}

test.each([
  ['AAPL', 'AAPL', 'is known'],
  ['aapl', 'AAPL', 'is known in upper case'],
  ['BRK.B', 'BRK.B', 'is known with its dot'],
  ['BRKB', 'BRK.B', 'is an alias'],
  ['BRK/B', 'BRK.B', 'has a slash before the class'],
  ['BRK-B', 'BRK.B', 'has a hyphen before the class'],
  ['BRK B', 'BRK.B', 'has a blank before the class'],
  ['BRKA', 'BRKA', 'is known, so its alias does not count'],
  ['LENB', 'LEN.B', 'is an alias of a symbol that is not known'],
  ['XYZA', 'XYZ.A', 'is glued and known with a dot'],
  ['ZZZA', 'ZZZA', 'is glued by its looks, but known in neither form'],
  ['RUSHA', 'RUSHA', 'ends in a letter that is no class'],
  ['QQ/Z', 'QQ/Z', 'is known with its slash'],
  ['NEW/A', 'NEW.A', 'is not known, and has a slash before the class'],
  ['DKNG UW', 'DKNG', 'has the code of a US exchange'],
  ['BRK/B UN', 'BRK.B', 'has both'],
  ['BF/B US Equity', 'BF.B', 'has all of it'],
])('%s means %s: it %s', async (stated, symbol) => {
  const [file, weights] = await loadIssuer([{ symbol: stated, weight: '99' }])
  expect(weights).toEqual({ [symbol]: 99 })
  expect(file.repaired).toBe(stated === symbol ? 0 : 1)
})

test.each([
  ['3.20%', 3.2],
  ['3.20 %', 3.2],
  ['<0.01%', 0],
  ['---', 0],
  ['-', 0],
  ['–', 0],
  ['-0.00', 0],
  ['7.82', 7.82],
  ['7.830057', 7.830057],
  ['.5', 0.5],
  ['1e-7', 0],
  ['2.5E-02', 0.025],
])('the weight %s is %d percent', async (stated, expected) => {
  const rows = [{ symbol: 'AAPL', weight: '90' }, { symbol: 'MSFT', weight: stated }] // prettier-ignore
  const [file, weights] = await loadIssuer(rows)
  expect(file).toMatchObject({ status: 'loaded', rows: 2, repaired: 0 })
  expect(weights['MSFT']).toBe(expected)
})

test.each(['abc', '7,82', '1,000', '120', '5..1'])('the weight %s rejects the file', async (stated) => {
  const [file] = await loadIssuer([{ symbol: 'AAPL', weight: '90' }, { line: 7, symbol: 'MSFT', weight: stated }]) // prettier-ignore
  expect(file).toMatchObject({
    status: 'rejected',
    problem: { message: 'the weight is not a number from 0 to 100', line: 7, column: 'weight' },
  })
})

test('a missing weight rejects the file; on a skipped line it does not matter what it is', async () => {
  const [missing] = await loadIssuer([{ symbol: 'AAPL', weight: '90' }, { symbol: 'MSFT', weight: null }]) // prettier-ignore
  expect(missing).toMatchObject({
    status: 'rejected',
    problem: { message: 'the weight is missing', line: 3 },
  })
  const [cash] = await loadIssuer([{ symbol: 'AAPL', weight: '90' }, { symbol: '-', weight: 'n/a' }]) // prettier-ignore
  expect(cash).toMatchObject({ status: 'loaded', skipped: { 'no ticker': 1 } })
})

test('the weights of a repeated ticker are added up, and rows without weight are repetitions', async () => {
  const rows: Row[] = [
    { line: 2, symbol: 'BRKB', weight: '1' },
    { line: 3, symbol: 'AAPL', weight: '9.9%' },
    { line: 4, symbol: 'BRK.B', weight: '10' },
    { line: 5, symbol: 'AAPL', weight: '9.90' },
    { line: 6, symbol: 'DKNG', weight: '70' },
    { line: 7, symbol: 'BRK B', weight: '<0.01%' },
  ]
  const [file, weights] = await loadIssuer(rows)
  expect(weights).toEqual({ AAPL: 19.8, 'BRK.B': 11, DKNG: 70 })
  expect(file).toMatchObject({ rows: 3, skipped: { 'added up': 2, 'repeated ticker': 1 } })
  expect(file.warnings).toContain('AAPL is on lines 3, 5, together 19.80 percent')
  expect(file.warnings).toContain('BRK.B is on lines 2, 4, together 11 percent')
  expect(file.skipped_lines?.map(({ line, symbol }) => [line, symbol])).toEqual([
    [2, 'BRK.B'],
    [5, 'AAPL'],
    [7, 'BRK.B'],
  ])
})

test('a ticker of a skipped line does not count as repeated', async () => {
  const rows: Row[] = [
    { symbol: 'AAPL', weight: '50', asset_class: 'Cash Collateral and Margins' },
    { symbol: 'AAPL', weight: '90', asset_class: 'Equity' },
  ]
  const [file, weights] = await loadIssuer(rows)
  expect(weights).toEqual({ AAPL: 90 })
  expect(file.skipped).toEqual({ collateral: 1 })
})

test('in a canonical file a repeated symbol is an error still', async () => {
  const rows = [{ symbol: 'AAPL', weight: '50' }, { symbol: 'AAPL', weight: '40' }] // prettier-ignore
  const { files } = await loadRows(db, 'etfs', [fund('CANONICAL', rows)])
  expect(files[0]).toMatchObject({
    status: 'rejected',
    problem: { message: 'the symbol already appears on line 2' },
  })
})

test('issuer files and canonical files spell share classes alike', async () => {
  const rows = [{ symbol: 'LENB', weight: '90' }]
  await loadRows(db, 'etfs', [fund('ISSUER', rows, { format: 'ishares' }), fund('PLAIN', rows)])
  expect([await weightsOf(db, 'ISSUER'), await weightsOf(db, 'PLAIN')]).toEqual([
    { 'LEN.B': 90 },
    { 'LEN.B': 90 },
  ])
})
