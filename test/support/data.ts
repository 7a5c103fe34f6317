import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { packageRoot } from '../../src/package.js'

/**
 * Folder of the real market data: TEST_DATA_DIR, else ../shared/data beside the package; undefined where neither exists
 * or TEST_DATA_DIR is empty.
 */
export function dataDir(): string | undefined {
  const given = process.env['TEST_DATA_DIR']
  if (given !== undefined) return given === '' ? undefined : resolve(given)
  const beside = join(packageRoot, '..', 'shared', 'data')
  return existsSync(beside) ? beside : undefined
}

/** Funds of a market folder, with the names of their files in holdings/, as its manifest lists them. */
export function fundFiles(folder: string): { fund: string; file: string }[] {
  const lines = readFileSync(join(folder, 'holdings_manifest.csv'), 'utf8').trim().split('\n').slice(1)
  return lines
    .map((line) => line.split(',')[0]!)
    .map((fund) => ({ fund, file: `${fund.toLowerCase()}_holdings.csv` }))
}

/** Paths of the files of a market folder by load kind. Each file is named: others in the folder play no part. */
export function marketPaths(folder: string): Record<'symbols' | 'prices' | 'etfs' | 'universes', string[]> {
  const paths = (...names: string[]): string[] => names.map((name) => join(folder, name))
  return {
    symbols: paths('symbols.csv', 'symbols_delisted.csv'),
    prices: paths('prices_latest.csv'),
    etfs: fundFiles(folder).map(({ file }) => join(folder, 'holdings', file)),
    universes: ['dow30', 'nasdaq100', 'russell3000', 'sp500'].map((name) =>
      join(folder, 'universes', `${name}.csv`),
    ),
  }
}

/** Paths of the issuer files in a market folder, by fund. */
export function issuerPaths(folder: string): Record<'ARKK' | 'IVV' | 'IWV' | 'QQQ' | 'SPY', string> {
  const path = (name: string): string => join(folder, 'issuer', name)
  return {
    ARKK: path('ark/ARK_INNOVATION_ETF_ARKK_HOLDINGS.csv'),
    QQQ: path('invesco/qqq_holdings.csv'),
    IVV: path('ishares/IVV_holdings.csv'),
    IWV: path('ishares/IWV_holdings.csv'),
    SPY: path('statestreet/holdings-daily-us-en-spy.xlsx'),
  }
}
