import { copyFileSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { universeChanges, type LoadResult } from '../../src/load/result.js'
import { dataDir, removeFolder, runCli, temporaryFolder, testDatabase } from '../support/index.js'
import { LAYOUTS } from '../loading/issuer-rows.js'
import { loadInto } from './files.js'

const data = dataDir()
const folder = await temporaryFolder()
afterAll(() => removeFolder(folder))

/** Format, date, members, rows skipped by reason, as the manifest of the real data explains them. */
const EXPECTED: Record<
  string,
  [format: string, asOf: string, rows: number, skipped?: Record<string, number>]
> = {
  ARKK: ['ark', '2024-06-04', 35, { 'money market': 1 }],
  IVV: ['ishares', '2025-11-18', 503, { 'money market': 1, cash: 1, collateral: 2, future: 1 }],
  IWV: [
    'ishares',
    '2025-05-21',
    2641,
    {
      'money market': 1,
      cash: 1,
      collateral: 1,
      future: 2,
      right: 3,
      warrant: 1,
      'when issued': 1,
      escrow: 2,
      unlisted: 4,
      'no ticker': 1,
    },
  ],
  QQQ: ['invesco', '2025-09-24', 101],
  SPY: ['state_street', '2025-11-18', 503, { cash: 1 }],
}

describe.skipIf(data === undefined)('the issuer files of the real data', async () => {
  const db = data === undefined ? undefined : await testDatabase(import.meta.url)
  const issuer = join(folder, 'issuer')
  const canonical = join(folder, 'canonical')

  beforeAll(async () => {
    mkdirSync(issuer)
    mkdirSync(canonical)
    for (const { path } of Object.values(LAYOUTS))
      copyFileSync(join(data!, 'issuer', path), join(issuer, basename(path)))
    for (const fund of Object.keys(EXPECTED)) {
      const name = `${fund.toLowerCase()}_holdings.csv`
      copyFileSync(join(data!, 'holdings', name), join(canonical, name))
    }
    const paths = ['symbols.csv', 'symbols_delisted.csv'].map((name) => join(data!, name))
    await loadInto(db!, { kind: 'symbols', paths })
  })

  async function cli(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(['load', 'etfs', ...args], {
      env: { DATABASE_URL: db!.url },
    })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    return stdout
  }

  function byFund(result: LoadResult): Record<string, unknown[]> {
    const entries = result.files.map((file) => {
      const { universe = '', format, as_of, rows, skipped } = file
      return [universe, [format, as_of, rows, ...(skipped ? [skipped] : [])]] as [string, unknown[]]
    })
    return Object.fromEntries(entries)
  }

  test('a dry run returns what the load then does', async () => {
    const options = { kind: 'etfs', paths: [issuer], environment: 'issuer' } as const
    const dry = await loadInto(db!, { ...options, dryRun: true })
    expect(await membersOf('issuer')).toEqual([])
    const real = await loadInto(db!, options)
    expect(byFund(dry)).toEqual(EXPECTED)
    expect(real.files).toEqual(dry.files)
    expect(withoutIds(real)).toEqual(withoutIds(dry))
    expect(real.total_changes).toBe(dry.total_changes)
    expect(real.files.every(({ status }) => status === 'loaded')).toBe(true)
  })

  /** A dry run creates the groups, too, and takes them back: the numbers that the load gives them are others. */
  function withoutIds(result: LoadResult): unknown[] {
    return universeChanges(result).map((change) => ({ ...change, group_id: undefined }))
  }

  test('members and weights are those of the canonical files', async () => {
    await cli(canonical, '--environment', 'canonical')
    const members = await membersOf('issuer')
    expect(members.length).toBeGreaterThan(3500)
    expect(members).toEqual(await membersOf('canonical'))
  })

  test('a second load knows them by their checksum, without looking for a header', async () => {
    await db!.query(`UPDATE issuer_formats SET headers = headers || '{nowhere}'::text[]`)
    const options = { kind: 'etfs', paths: [issuer], environment: 'issuer' } as const
    const second = await loadInto(db!, options)
    expect(second.total_changes).toBe(0)
    expect(second.files.every(({ status }) => status === 'unchanged')).toBe(true)
    expect(byFund(second)).toEqual(
      Object.fromEntries(Object.entries(EXPECTED).map(([fund, facts]) => [fund, facts.slice(0, 3)])),
    )
    const full = await loadInto(db!, { ...options, mode: 'full' })
    expect(full.files.every(({ status }) => status === 'rejected')).toBe(true)
    await db!.query(`UPDATE issuer_formats SET headers = array_remove(headers, 'nowhere')`)
    const again = await loadInto(db!, { ...options, mode: 'full' })
    expect(again).toMatchObject({ total_changes: 0, changes: [] })
    expect(again.files.every(({ status }) => status === 'unchanged')).toBe(true)
    expect(byFund(again)).toEqual(EXPECTED)
  })

  test('a person sees format, date and what was skipped; --verbose shows each line, and why', async () => {
    const short = lines(await cli(issuer, '--environment', 'shown'))
    expect(short.slice(0, 4)).toEqual([
      'file  universe  format  as of  status  rows  skipped  added  removed  updated  note',
      'ARK_INNOVATION_ETF_ARKK_HOLDINGS.csv  ARKK  ark  2024-06-04  loaded  35  1  33  0  0  1 row repaired',
      'IVV_holdings.csv  IVV  ishares  2025-11-18  loaded  503  5  493  0  0  2 rows repaired',
      'IWV_holdings.csv  IWV  ishares  2025-05-21  loaded  2,641  17  2,411  0  0  9 rows repaired',
    ])
    expect(short).toContain('skipped: lines that are no members; --verbose shows each, and why')
    expect(short.join('\n')).not.toContain('ADRO')
    const long = lines(await cli(issuer, '--environment', 'shown', '--mode', 'full', '--verbose'))
    expect(long).toContain('line  symbol  name  weight  skipped as')
    expect(long).toContain('139  XTSLA  BLK CSH FND TREASURY SL AGENCY  0.14 %  money market')
    expect(long).toContain('2653  ADRO  CHINOOK THERAPEUTICS INC  0 %  unlisted')
    expect(long).toContain('2659  ADRO  CHINOOK THERAPEUTICS INC CVR  0 %  right')
    expect(long).toContain('172  -  US DOLLAR  0.10759 %  cash')
  })

  test('a dry run prints the sum of what it would do', async () => {
    const printed = lines(await cli(issuer, '--environment', 'sum', '--dry-run'))
    expect(printed[1]).toContain('would load')
    expect(printed).toContain('would add 3,530, remove 0 and update 0 members of 5 universes')
    expect(printed.at(-2)).toMatch(/^dry run, nothing was kept: 3,530 changes from 5 files \(0 unchanged\)/)
    expect(await membersOf('sum')).toEqual([])
  })

  function lines(text: string): string[] {
    return text.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, '  '))
  }

  async function membersOf(environment: string): Promise<unknown[]> {
    return db!.query(
      `SELECT g.name, m.symbol, m.weight FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
       WHERE g.environment = $1 ORDER BY g.name, m.symbol COLLATE "C"`,
      [environment],
    )
  }
})
