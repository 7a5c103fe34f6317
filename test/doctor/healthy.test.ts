import { beforeAll, describe, expect, it } from 'vitest'
import { migrateDown, migrateUp } from '../../src/database/migrate.js'
import type { Finding } from '../../src/doctor/finding.js'
import { runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'
import { findingOf, findings, makeHealthy } from './support.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await makeHealthy(db)
})

const doctor = (...args: string[]): Promise<CliResult> =>
  runCli(['doctor', ...args], { env: { DATABASE_URL: db.url } })

const CHECKS = [
  'connection',
  'server',
  'settings',
  'migrations',
  'drift',
  'triggers',
  'price-indexes',
  'statistics',
  'privileges',
  'lock',
  'last-refresh',
  'schedule',
  'events',
]

/** Checks whose result depends on the configuration of the server. */
const OF_THE_SERVER = ['connection', 'settings']

describe('a healthy installation', () => {
  it('passes every check', async () => {
    const all = await findings(db.url)
    expect(all.map(({ check }) => check)).toEqual(CHECKS)
    const problems = all
      .filter(({ check }) => !OF_THE_SERVER.includes(check))
      .flatMap((finding) => finding.problems)
    expect(problems).toEqual([])
  })

  it('is described in facts', async () => {
    const summaries = new Map((await findings(db.url)).map(({ check, summary }) => [check, summary]))
    expect(summaries.get('connection')).toMatch(/^role \w+ in database universes_test_\w+ at /)
    expect(summaries.get('server')).toMatch(/^PostgreSQL 1[5-8]\.\d+$/)
    expect(summaries.get('drift')).toMatch(/^\d{3} objects are as the package installs them$/)
    expect(summaries.get('triggers')).toMatch(/^all \d\d are there and enabled$/)
    expect(summaries.get('price-indexes')).toBe(
      '(symbol, date) by ohlcv_daily_pkey, date by universes_prices_date',
    )
    expect(summaries.get('last-refresh')).toMatch(/^\d+ seconds ago, by test: \d+ changes$/)
    expect(summaries.get('events')).toBe('no event waits; no relay is connected')
  })

  it('prints a line per check and exits 0', async () => {
    const { code, stdout, stderr } = await doctor()
    expect(stderr).toBe('')
    for (const check of CHECKS) expect(stdout).toMatch(new RegExp(`^(PASS|WARN)  ${check} +\\S`, 'm'))
    expect(stdout).toMatch(/^13 checks: 1[1-3] passed, [0-2] to look at, 0 failed\n$/m)
    expect(code).toBe(0)
  })

  it('prints one JSON document with --json', async () => {
    const { code, stdout } = await doctor('--json')
    const { status, findings: all } = JSON.parse(stdout) as { status: string; findings: Finding[] }
    expect(status).not.toBe('FAIL')
    expect(all.map(({ check }) => check)).toEqual(CHECKS)
    expect(code).toBe(0)
  })

  it('is left as it was: nothing written, no schema behind', async () => {
    const state = (): Promise<unknown> =>
      db.query(
        `SELECT (SELECT count(*) FROM pg_class) AS relations, (SELECT count(*) FROM pg_proc) AS functions,
           (SELECT count(*) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%') AS schemas,
           (SELECT sum(seq) FROM universe_events) AS events, (SELECT max(last_value) FROM pg_sequences) AS numbers`,
      )
    const before = await state()
    await findings(db.url)
    expect(await state()).toEqual(before)
  })
})

describe('migrations', () => {
  it('pending ones are named, and the others are examined without them', async () => {
    const other = await testDatabase(import.meta.url)
    const [last] = await migrateDown({ url: other.url, schema: 'public' }, 1)
    const { status, problems } = await findingOf(other.url, 'migrations')
    expect(status).toBe('FAIL')
    expect(problems).toEqual([
      { status: 'FAIL', problem: `pending: ${last}`, remedy: 'universes migrate up' },
    ])
    expect(await findingOf(other.url, 'drift')).toMatchObject({ status: 'PASS' })
    await migrateUp({ url: other.url, schema: 'public' })
    expect(await findingOf(other.url, 'migrations')).toMatchObject({ status: 'PASS' })
  })

  it('of a newer package mean that this one is too old', async () => {
    const other = await testDatabase(import.meta.url)
    await other.query(`INSERT INTO universes_migrations (name, run_on) VALUES ('9999_next', now())`)
    expect(await findingOf(other.url, 'migrations')).toMatchObject({
      status: 'FAIL',
      problems: [
        {
          problem: 'the database is ahead of this package: it does not know 9999_next',
          remedy: 'npm install pg-universes@latest',
        },
      ],
    })
    expect(await findingOf(other.url, 'drift')).toMatchObject({ status: 'WARN', summary: 'not checked' })
  })

  it('none at all: not installed, and nothing else is asked of it', async () => {
    const empty = await testDatabase(import.meta.url, { empty: true })
    const all = await findings(empty.url)
    expect(all.map(({ check }) => check)).toEqual(['connection', 'server', 'settings', 'migrations'])
    expect(all.at(-1)).toMatchObject({
      status: 'FAIL',
      summary: 'not installed: schema public has no migration',
    })
    const elsewhere = await findingOf(empty.url, 'migrations', { schema: 'market data' })
    expect(elsewhere).toMatchObject({
      summary: 'not installed: there is no schema "market data"',
      problems: [
        { remedy: `universes migrate up --schema 'market data', or name the right schema with --schema` },
      ],
    })
  })

  it('in a schema whose name needs quotes are examined as well', async () => {
    const empty = await testDatabase(import.meta.url, { empty: true })
    await migrateUp({ url: empty.url, schema: 'market data' })
    const all = await findings(empty.url, { schema: 'market data' })
    expect(all.filter(({ status }) => status === 'FAIL')).toEqual([])
    expect(all.find(({ check }) => check === 'drift')).toMatchObject({ status: 'PASS' })
  })
})
