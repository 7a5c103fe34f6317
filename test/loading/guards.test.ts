import { beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { fund, loadRows, weightsOf, type Loaded, type Options, type Staged } from './staging.js'

const db = await testDatabase(import.meta.url)

let environment = ''
let count = 0

beforeEach(() => {
  environment = `environment ${(count += 1)}`
})

function run(files: readonly Staged[], options: Options = {}, kind: 'etfs' | 'universes' = 'etfs') {
  return loadRows(db, kind, files, { environment, ...options })
}

/** A fund with these numbers of known and unknown symbols, weights adding up to the sum. */
function spy(known: number, sum: number, rest: Partial<Staged> = {}, unknown = 0): Staged {
  const symbols = [
    ...Array.from({ length: known }, (_, index) => `S${String.fromCharCode(65 + index)}`),
    ...Array.from({ length: unknown }, (_, index) => `U${String.fromCharCode(65 + index)}`),
  ]
  const weight = String(sum / symbols.length)
  return fund('SPY', symbols.map((symbol) => ({ symbol, weight })), rest) // prettier-ignore
}

await db.query(`INSERT INTO symbols (symbol) SELECT 'S' || chr(64 + n) FROM generate_series(1, 20) AS n`)

interface Guard {
  before: Staged
  file: Staged
  sentence: RegExp
}

const GUARDS: Record<string, Guard> = {
  'no constituent': {
    before: spy(4, 99),
    file: spy(0, 0),
    sentence: /^it has no constituent$/,
  },
  'a file of skipped lines only': {
    before: spy(4, 99),
    file: fund('SPY', [{ symbol: '-', weight: '100' }], { format: 'ishares' }),
    sentence: /^it has no constituent: all of its rows are left out \(1 no ticker\)$/,
  },
  'weights that sum to too much': {
    before: spy(4, 99),
    file: spy(4, 101.2),
    sentence: /^its weights sum to 101.2000 percent, more than 101 \(setting load_max_weight_sum\)$/,
  },
  'weights that sum to too little': {
    before: spy(4, 99),
    file: spy(4, 79.2),
    sentence: /^its weights sum to 79.2000 percent, less than 80 \(setting load_min_weight_sum\)$/,
  },
  'fractions instead of percent': {
    before: spy(4, 99),
    file: spy(4, 0.992),
    sentence: /less than 80 .*; they look like fractions of 1$/,
  },
  'holdings older than those loaded': {
    before: spy(4, 99, { format: 'ishares', as_of: 'Nov 18, 2025' }),
    file: spy(5, 99, { format: 'ishares', as_of: 'Nov 17, 2025' }),
    sentence: /^it is as of 2025-11-17, older than the one loaded, 2025-11-18$/,
  },
  'symbols that nobody knows': {
    before: spy(8, 99),
    file: spy(8, 99, {}, 4),
    sentence: /^4 of 12 symbols are not in the table symbols, more than 25 percent \(setting load_max_unknown_percent\)$/,
  },
  'too many members gone': {
    before: spy(12, 99),
    file: spy(5, 99),
    sentence: /^it would remove 7 of 12 members, more than membership_guards allow$/,
  },
} // prettier-ignore

describe.each(Object.entries(GUARDS))('%s', (_name, { before, file, sentence }) => {
  test('holds the file, and the members stay', async () => {
    await run([before])
    const old = await weightsOf(db, 'SPY', environment)
    const { files, total_changes } = await run([file])
    expect(files[0]).toMatchObject({ status: 'held', held_by: [expect.stringMatching(sentence)] })
    expect(files[0]).not.toHaveProperty('problem')
    expect(total_changes).toBe(0)
    expect(await weightsOf(db, 'SPY', environment)).toEqual(old)
    expect((await run([file])).files[0]?.status).toBe('held')
  })

  test('is overridden with force, and said again as a warning', async () => {
    await run([before])
    const { files, total_changes } = await run([file], { force: true })
    expect(files[0]?.status).toBe('loaded')
    expect(files[0]).not.toHaveProperty('held_by')
    const warned = files[0]!.warnings.some((text) => sentence.test(text.replace(/^forced, although /, '')))
    expect(warned).toBe(!sentence.source.includes('membership_guards'))
    expect(total_changes).toBeGreaterThan(0)
    const skipped = file.rows.filter(({ symbol }) => symbol !== '-')
    expect(Object.keys(await weightsOf(db, 'SPY', environment))).toHaveLength(skipped.length)
  })

  test('does the same in a dry run', async () => {
    await run([before])
    for (const force of [false, true]) {
      const dry = await run([file], { force, dryRun: true })
      const real = await run([file], { force })
      expect(outcome(real)).toEqual(outcome(dry))
    }
  })
})

function outcome({ files, changes, total_changes }: Loaded): unknown {
  return { files, changes, total_changes }
}

describe('what is within the limits is loaded', () => {
  test.each([
    ['as old as the one loaded', spy(4, 99, { format: 'ishares', as_of: '11/18/2025' })],
    ['younger', spy(4, 99, { format: 'ishares', as_of: '11/19/2025' })],
    ['without a date', spy(5, 99)],
    ['101 percent', spy(4, 101)],
    ['80 percent', spy(4, 80)],
    ['a quarter unknown', spy(9, 99, {}, 3)],
    ['unknown, but fewer than 10', spy(1, 99, {}, 8)],
  ])('%s', async (_name, file) => {
    await run([spy(4, 98, { format: 'ishares', as_of: '2025-11-18' })])
    expect((await run([file])).files[0]).toMatchObject({ status: 'loaded' })
  })

  test('weights under 90 percent are a warning', async () => {
    const { files } = await run([spy(4, 85)])
    expect(files[0]).toMatchObject({ status: 'loaded', warnings: ['the weights sum to 85.00 percent only'] })
  })

  test('a list without weights has no sum to judge', async () => {
    const list = { name: 'list.csv', group: 'list', rows: [{ symbol: 'SA' }, { symbol: 'SB' }] }
    expect((await run([list], {}, 'universes')).files[0]).toMatchObject({ status: 'loaded', warnings: [] })
  })
})

test('a file that fails several guards says all of it', async () => {
  await run([spy(4, 99, { format: 'ishares', as_of: '2025-11-18' })])
  const { files } = await run([spy(0, 0, { format: 'ishares', as_of: '2025-11-01' })])
  expect(files[0]!.held_by).toEqual([
    'it has no constituent',
    'it is as of 2025-11-01, older than the one loaded, 2025-11-18',
  ])
})

test('the limits are settings', async () => {
  await db.query(`UPDATE settings SET value = 70 WHERE name = 'load_min_weight_sum'`)
  expect((await run([spy(4, 75)])).files[0]?.status).toBe('loaded')
  await db.query(`UPDATE settings SET value = 80 WHERE name = 'load_min_weight_sum'`)
})

test('a strict load takes nothing when one file is held', async () => {
  const other = fund('QQQ', [{ symbol: 'SA', weight: '99' }])
  const { files, total_changes } = await run([spy(4, 60), other], { strict: true })
  expect(files.map(({ status }) => status)).toEqual(['held', 'held'])
  expect(files[1]!.held_by).toEqual(['another file was not loaded, and the load is strict'])
  expect(total_changes).toBe(0)
  expect(await weightsOf(db, 'QQQ', environment)).toEqual({})
})

describe('a file that a rollback took back', () => {
  const bad = spy(5, 99, { md5: 'bad' })

  beforeEach(async () => {
    await run([bad])
    await db.query(
      `UPDATE definition_groups SET metadata = metadata || '{"rolled_back": {"md5": "bad", "file": "spy_holdings.csv",
         "at": "2025-11-20T06:00:00Z", "run_id": "0199aaaa-0000-7000-8000-000000000001"}}' WHERE environment = $1`,
      [environment],
    )
  })

  async function isRemembered(): Promise<boolean> {
    const [row] = await db.query<{ remembered: boolean }>(
      `SELECT metadata ? 'rolled_back' AS remembered FROM definition_groups WHERE environment = $1`,
      [environment],
    )
    return row!.remembered
  }

  test('is held in every mode, saying when and by which run', async () => {
    for (const mode of ['incremental', 'full'] as const) {
      const { files } = await run([bad], { mode })
      expect(files[0]).toMatchObject({
        status: 'held',
        held_by: ['a rollback reverted this file at 2025-11-20T06:00:00Z (run 0199aaaa-0000-7000-8000-000000000001)'], // prettier-ignore
      })
    }
    expect(await isRemembered()).toBe(true)
  })

  test('is loaded with force, and forgotten', async () => {
    expect((await run([bad], { force: true })).files[0]?.status).toBe('unchanged')
    expect(await isRemembered()).toBe(false)
    expect((await run([bad])).files[0]?.status).toBe('unchanged')
  })

  test('is forgotten when another file is loaded', async () => {
    expect((await run([spy(6, 99)])).files[0]?.status).toBe('loaded')
    expect(await isRemembered()).toBe(false)
  })
})
