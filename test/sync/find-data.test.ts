import { afterEach, expect, it } from 'vitest'
import { findData } from '../../src/load/finding/find-data.js'
import { writeFiles } from '../load/files.js'
import { removeFolder } from '../support/index.js'

const folders: string[] = []

afterEach(() => folders.splice(0).forEach(removeFolder))

async function found(...names: string[]): Promise<Record<string, string[]>> {
  const folder = await writeFiles(Object.fromEntries(names.map((name) => [name, ''])))
  folders.push(folder)
  return Object.fromEntries(
    findData(folder).map(([kind, paths]) => [kind, paths.map((path) => path.slice(folder.length + 1))]),
  )
}

it('finds holdings in the folder itself, market data in market/, lists and sectors in their folders', async () => {
  expect(
    await found(
      'README.md',
      'spy_holdings.csv',
      'iwv.csv',
      'spy.xlsx',
      'sectors.csv',
      'market/symbols.csv',
      'market/a.csv',
      'market/symbols_delisted.csv.gz',
      'market/prices.csv',
      'market/ohlcv_daily.csv.gz',
      'universes/dow30.csv',
      'themes/mine.csv',
      'themes/notes.txt',
      'sectors/late.csv',
      '.hidden.csv',
      '~$spy.xlsx',
    ),
  ).toEqual({
    symbols: ['market/symbols.csv', 'market/symbols_delisted.csv.gz'],
    prices: ['market/ohlcv_daily.csv.gz', 'market/prices.csv'],
    etfs: ['iwv.csv', 'spy.xlsx', 'spy_holdings.csv'],
    universes: ['universes/dow30.csv'],
    themes: ['themes/mine.csv'],
    sectors: ['sectors.csv', 'sectors/late.csv'],
  })
})

it('finds everything in one folder, and holdings in holdings/ if there is one', async () => {
  expect(await found('symbols.csv', 'prices_latest.csv', 'spy_holdings.csv')).toEqual({
    symbols: ['symbols.csv'],
    prices: ['prices_latest.csv'],
    etfs: ['spy_holdings.csv'],
  })
  expect(await found('symbols.csv', 'manifest.csv', 'holdings/spy_holdings.csv')).toEqual({
    symbols: ['symbols.csv'],
    etfs: ['holdings/spy_holdings.csv'],
  })
})

it('returns the files in load order', async () => {
  expect(
    Object.keys(
      await found('sectors.csv', 'themes/a.csv', 'universes/a.csv', 'a_holdings.csv', 'symbols.csv'),
    ),
  ).toEqual(['symbols', 'etfs', 'universes', 'themes', 'sectors'])
})

it('refuses a folder without any file to load', async () => {
  await expect(found('README.md', 'universes/notes.txt')).rejects.toMatchObject({ exitCode: 2 })
  expect(() => findData('/no/such/folder')).toThrow('no such folder')
})
