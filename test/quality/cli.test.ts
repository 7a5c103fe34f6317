import { beforeAll, describe, expect, it } from 'vitest'
import type { Validation } from '../../src/operations/validate.js'
import { runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'
import { validMarket } from './validation.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await validMarket(db)
})

const validate = (...args: string[]): Promise<CliResult> =>
  runCli(['validate', ...args], { env: { DATABASE_URL: db.url } })

/** 60 stocks without a sector; 1 event that waits. */
async function breakIt(): Promise<void> {
  await db.query(
    `DELETE FROM cache_entries WHERE universe_category = 'SECTOR';
     DELETE FROM membership_history WHERE group_id IN (SELECT id FROM definition_groups WHERE type = 'SECTOR');
     DELETE FROM definition_groups WHERE type = 'SECTOR';
     UPDATE universe_events SET created_at = now() - interval '11 minutes'
     WHERE seq = (SELECT min(seq) FROM universe_events)`,
  )
}

describe('universes validate', () => {
  it('prints a line per check and exits 0 when all pass', async () => {
    const { code, stdout, stderr } = await validate()
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^status +check +findings$/)
    expect(lines.slice(1, 21).every((line) => /^PASS +\w+ +0 {2}\w/.test(line))).toBe(true)
    expect(lines.slice(21)).toEqual(['', 'PASS: 20 passed, 0 warned, 0 failed, environment DEFAULT'])
  })

  it('of a warning exits 0', async () => {
    await db.query(`UPDATE symbols SET symbol = 'XXX' WHERE symbol = 'SPY'`)
    const { code, stdout } = await validate()
    expect(code).toBe(0)
    expect(stdout).toMatch(/^WARN +unlisted_members +1 {2}SPY \(in COMPLETE all_etfs.*\)$/m)
    expect(stdout).toMatch(/^WARN: 19 passed, 1 warned, 0 failed, environment DEFAULT$/m)
    expect(stdout).toMatch(/--verbose lists the findings, and what to do about each\.\n$/)
  })

  it('of a failure exits 1 and shows the first findings', async () => {
    await breakIt()
    const { code, stdout, stderr } = await validate()
    expect(stderr).toBe('')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^FAIL +unsectored_stocks +60 {2}BNK1 \(active CS, in no SECTOR universe\), BNK10 \(.*\), \.\.\.$/m,
    )
    expect(stdout).toMatch(/^FAIL +sector_groups +12 {2}communication_services \(/m)
    expect(stdout).toMatch(/^WARN +late_events +1 {2}event \d+ \(/m)
    expect(stdout).toMatch(/^FAIL: 16 passed, 2 warned, 2 failed, environment DEFAULT$/m)
  })

  it('lists the findings and what to do with --verbose', async () => {
    const { code, stdout } = await validate('--verbose')
    expect(code).toBe(1)
    expect(stdout).toContain('FAIL unsectored_stocks, expected: every active stock is in a sector\n')
    expect(stdout.match(/^ {2}[A-Z]+\d+: active CS, in no SECTOR universe$/gm)).toHaveLength(60)
    expect(stdout).toMatch(/^ {2}remedy: universes refresh\. A guard/m)
    expect(stdout).not.toContain('--verbose')
  })

  it('says how many it does not list, and where they are', async () => {
    await db.query(
      `INSERT INTO symbols (symbol, type) SELECT 'NEW' || i, 'ADRC' FROM generate_series(1001, 2200) AS i`,
    )
    const { stdout } = await validate('--verbose')
    expect(stdout.match(/^ {2}\w+: active \w+, in no SECTOR universe$/gm)).toHaveLength(100)
    expect(stdout).toContain('  ... and 1,160 more: SELECT * FROM check_unsectored_stocks\n')
  })

  it('prints one JSON document with --json', async () => {
    const { code, stdout, stderr } = await validate('--json')
    expect(stderr).toBe('')
    expect(code).toBe(1)
    const { environment, status, checks } = JSON.parse(stdout) as Validation
    expect({ environment, status }).toEqual({ environment: 'DEFAULT', status: 'FAIL' })
    expect(checks).toHaveLength(20)
    expect(checks.find(({ check }) => check === 'unsectored_stocks')).toEqual({
      check: 'unsectored_stocks',
      status: 'FAIL',
      findings: 1260,
      samples: ['BNK1', 'BNK10', 'BNK11'].map((subject) => ({
        subject,
        detail: 'active CS, in no SECTOR universe',
      })),
      title: 'Every active stock is in a sector',
      remedy: expect.stringContaining('universes refresh') as string,
      relation: 'check_unsectored_stocks',
    })
    const verbose = JSON.parse((await validate('--json', '--verbose')).stdout) as Validation
    expect(verbose.checks.find(({ check }) => check === 'unsectored_stocks')!.samples).toHaveLength(100)
  })

  it('says what is wrong with a check itself', async () => {
    await db.query(
      `INSERT INTO relationship_checks (position, name, relation, title, remedy) VALUES (1, 'mine', 'gone', 'All is well', 'Sleep.')`,
    )
    const { stdout } = await validate('--verbose')
    expect(stdout).toMatch(/^FAIL +mine +gone: there is no view of this name in schema public$/m)
    expect(stdout).toContain(
      '  gone: there is no view of this name in schema public\n  remedy: Create the view, or take the check out:',
    )
  })

  it('says that no check is enabled', async () => {
    await db.query('UPDATE relationship_checks SET enabled = false')
    const { code, stdout } = await validate()
    expect(stdout).toBe('no check is enabled: see relationship_checks\n')
    expect(code).toBe(0)
  })

  it('of an unknown environment, or of a database without the package, exits 1 with the remedy', async () => {
    const unknown = await validate('--environment', 'TSET')
    expect(unknown).toMatchObject({ code: 1, stdout: '' })
    expect(unknown.stderr).toContain(
      'error: there is no universe in environment TSET\ndetail: Environments: DEFAULT.',
    )
    const empty = await testDatabase(import.meta.url, { empty: true })
    const bare = await runCli(['validate'], { env: { DATABASE_URL: empty.url } })
    expect(bare).toMatchObject({ code: 1, stdout: '' })
    expect(bare.stderr).toContain('universes migrate up')
  })

  it('of a new installation warns that nothing is loaded', async () => {
    const fresh = await testDatabase(import.meta.url)
    const { code, stdout } = await runCli(['validate'], { env: { DATABASE_URL: fresh.url } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^WARN +nothing_loaded +1 {2}definition_groups \(no universe is defined yet\)$/m)
    expect(stdout).toMatch(/^WARN: 19 passed, 1 warned, 0 failed, environment DEFAULT$/m)
  })
})
