import { afterAll, expect, test } from 'vitest'
import { universeChanges, type LoadResult } from '../../src/load/result.js'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { loadInto, writeFiles } from './files.js'
import { CANONICAL_SAMPLES, ISSUER_SAMPLES } from './issuer-samples.js'

const db = await testDatabase(import.meta.url)
const issuer = await writeFiles(ISSUER_SAMPLES)
const canonical = await writeFiles(CANONICAL_SAMPLES)
afterAll(() => [issuer, canonical].forEach(removeFolder))

/** Format, date, members, rows skipped by reason. */
const EXPECTED = {
  AAA: ['ishares', '2025-11-18', 2, { 'money market': 1, future: 1 }],
  BBB: ['state_street', '2025-11-18', 2, { cash: 1 }],
  CCC: ['invesco', '2025-09-24', 2],
  DDD: ['ark', '2024-06-04', 2, { 'money market': 1 }],
  EEE: ['vanguard', '2025-10-31', 2, { cash: 1 }],
}

async function cli(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['load', 'etfs', ...args], { env: { DATABASE_URL: db.url } })
  expect([code, stderr]).toEqual([0, ''])
  return stdout.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, '  '))
}

function byFund(result: LoadResult): Record<string, unknown[]> {
  return Object.fromEntries(
    result.files
      .map(({ universe = '', format, as_of, rows, skipped }): [string, unknown[]] => [
        universe,
        [format, as_of, rows, ...(skipped ? [skipped] : [])],
      ])
      .sort(),
  )
}

function membersOf(environment: string): Promise<unknown[]> {
  return db.query(
    `SELECT g.name, m.symbol, m.weight FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id
     WHERE g.environment = $1 ORDER BY g.name, m.symbol COLLATE "C"`,
    [environment],
  )
}

test('a dry run returns what the load then does', async () => {
  const options = { kind: 'etfs', paths: [issuer], environment: 'issuer' } as const
  const dry = await loadInto(db, { ...options, dryRun: true })
  expect(await membersOf('issuer')).toEqual([])
  const real = await loadInto(db, options)
  expect(byFund(dry)).toEqual(EXPECTED)
  expect(real.files).toEqual(dry.files)
  const changes = (result: LoadResult): unknown[] =>
    universeChanges(result).map((change) => ({ ...change, group_id: undefined }))
  expect(changes(real)).toEqual(changes(dry))
  expect([real.total_changes, dry.total_changes]).toEqual([10, 10])
})

test('members and weights are those of the canonical files', async () => {
  await cli(canonical, '--environment', 'canonical')
  expect(await membersOf('issuer')).toHaveLength(10)
  expect(await membersOf('issuer')).toEqual(await membersOf('canonical'))
})

test('a second load knows the files by their checksum and does not look for a header', async () => {
  await db.query(`UPDATE issuer_formats SET headers = headers || '{nowhere}'::text[]`)
  const options = { kind: 'etfs', paths: [issuer], environment: 'issuer' } as const
  const second = await loadInto(db, options)
  expect(second.total_changes).toBe(0)
  expect(second.files.map(({ status }) => status)).toEqual(Array(5).fill('unchanged'))
  expect(byFund(second)).toEqual(
    Object.fromEntries(Object.entries(EXPECTED).map(([fund, facts]) => [fund, facts.slice(0, 3)])),
  )
  const full = await loadInto(db, { ...options, mode: 'full' })
  expect(full.files.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
  await db.query(`UPDATE issuer_formats SET headers = array_remove(headers, 'nowhere')`)
  const again = await loadInto(db, { ...options, mode: 'full' })
  expect(again).toMatchObject({ total_changes: 0, changes: [] })
  expect(byFund(again)).toEqual(EXPECTED)
})

test('a file known by its checksum is read after all where its members were loaded under another name', async () => {
  await db.query(`DELETE FROM loaded_files WHERE environment = 'issuer'`)
  const again = await loadInto(db, { kind: 'etfs', paths: [issuer], environment: 'issuer' })
  expect(again.total_changes).toBe(0)
  expect(byFund(again)).toEqual(EXPECTED)
})

test('the table shows format, date and skipped rows; --verbose shows each of them with its reason', async () => {
  const short = await cli(issuer, '--environment', 'shown')
  expect(short.slice(0, 6)).toEqual([
    'file  universe  format  as of  status  rows  skipped  added  removed  updated  note',
    'AAA_holdings.csv  AAA  ishares  2025-11-18  loaded  2  2  2  0  0  1 row repaired',
    'ARK_SAMPLE_ETF_DDD_HOLDINGS.csv  DDD  ark  2024-06-04  loaded  2  1  2  0  0  1 row repaired',
    'Holdings_details_Sample_ETF.csv  EEE  vanguard  2025-10-31  loaded  2  1  2  0  0',
    'ccc_holdings.csv  CCC  invesco  2025-09-24  loaded  2  2  0  0',
    'holdings-daily-us-en-bbb.xlsx  BBB  state_street  2025-11-18  loaded  2  1  2  0  0',
  ])
  expect(short).toContain('skipped: lines that are no members; --verbose shows each, and why')
  expect(short.join('\n')).not.toContain('XTSLA')
  const long = await cli(issuer, '--environment', 'shown', '--mode', 'full', '--verbose')
  expect(long).toContain('line  symbol  name  weight  skipped as')
  expect(long).toContain('7  XTSLA  BLK CSH FND TREASURY SL AGENCY  0.25 %  money market')
  expect(long).toContain('8  -  US DOLLAR  0.05 %  cash')
})

test('a dry run prints the sum of what it would do', async () => {
  const printed = await cli(issuer, '--environment', 'sum', '--dry-run')
  expect(printed[1]).toContain('would load')
  expect(printed).toContain('would add 10, remove 0 and update 0 members of 5 universes')
  expect(printed.at(-2)).toMatch(/^dry run, nothing was kept: 10 changes from 5 files \(0 unchanged\)/)
  expect(await membersOf('sum')).toEqual([])
})
