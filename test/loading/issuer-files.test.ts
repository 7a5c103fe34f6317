import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { load } from '../../src/load/load.js'
import { dataDir, marketDir, marketPaths, testDatabase, type TestDatabase } from '../support/index.js'
import { issuerRows, LAYOUTS } from './issuer-rows.js'
import { fund, loadRows, weightsOf, type Loaded } from './staging.js'

const real = dataDir() !== undefined

const FORMATS: Record<string, string> = {
  IWV: 'ishares',
  IVV: 'ishares',
  SPY: 'state_street',
  QQQ: 'invesco',
  ARKK: 'ark',
}

const OTHERS = { cash: 1, collateral: 1, future: 1, 'money market': 1 }

const SKIPPED: Record<string, Record<string, number>> = real
  ? {
      IWV: {
        cash: 1,
        collateral: 1,
        escrow: 2,
        future: 2,
        'money market': 1,
        'no ticker': 1,
        right: 3,
        unlisted: 4,
        warrant: 1,
        'when issued': 1,
      },
      IVV: { cash: 1, collateral: 2, future: 1, 'money market': 1 },
      SPY: { cash: 1 },
      QQQ: {},
      ARKK: { 'money market': 1 },
    }
  : { IWV: OTHERS, IVV: OTHERS, SPY: { cash: 1 }, QQQ: {}, ARKK: { 'money market': 1 } }

describe('the issuer files of a whole market', async () => {
  const db = await testDatabase(import.meta.url)

  async function loadOne(name: string, environment: string, target: TestDatabase = db): Promise<Loaded> {
    const rows = await issuerRows(LAYOUTS[name]!)
    return loadRows(target, 'etfs', [fund(name, rows, { format: FORMATS[name]! })], { environment })
  }

  function canonical(name: string): Record<string, number> {
    const text = readFileSync(join(marketDir(), 'holdings', `${name.toLowerCase()}_holdings.csv`), 'utf8')
    const lines = text.trim().split('\n').slice(1)
    return Object.fromEntries(
      lines
        .map((line) => line.split(','))
        .map(([symbol, weight]) => [symbol!, Number(weight)])
        .sort(),
    ) as Record<string, number>
  }

  test.each(Object.keys(FORMATS))('%s holds what its canonical file holds, without symbols', async (name) => {
    const { files } = await loadOne(name, 'empty')
    const expected = canonical(name)
    expect(files[0]).toMatchObject({ status: 'loaded', rows: Object.keys(expected).length })
    expect(files[0]!.skipped ?? {}).toEqual(SKIPPED[name])
    expect(await weightsOf(db, name, 'empty')).toEqual(expected)
  })

  describe('with the listing loaded', () => {
    beforeAll(async () => {
      const paths = marketPaths(marketDir()).symbols
      await load({ url: db.url, kind: 'symbols', paths })
      await db.query(`UPDATE symbols SET active = true WHERE NOT active`)
    })

    test.each(Object.keys(FORMATS))('%s holds what its canonical file holds', async (name) => {
      const { files } = await loadOne(name, 'listed')
      expect(files[0]!.skipped ?? {}).toEqual(SKIPPED[name])
      expect(await weightsOf(db, name, 'listed')).toEqual(canonical(name))
    })

    test.skipIf(!real)('every skipped line is named with its reason', async () => {
      const { files } = await loadOne('IWV', 'lines')
      const lines = files[0]!.skipped_lines!
      expect(lines).toHaveLength(17)
      expect(lines).toContainEqual({
        line: 2659,
        symbol: 'ADRO',
        name: 'CHINOOK THERAPEUTICS INC CVR',
        weight: 0,
        reason: 'right',
      })
      expect(lines).toContainEqual({
        line: 2267,
        symbol: 'METCV',
        name: 'RAMACO RESOURCES INC CLASS A',
        weight: 0,
        reason: 'when issued',
      })
      expect(files[0]!.repaired).toBe(9)
    })
  })
})
