import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/database/connect.js'
import { migrationNames } from '../../src/database/read-migrations.js'
import { neededRights } from '../../src/doctor/needed-rights.js'
import { readPackageSql } from '../../src/doctor/package-sql.js'
import { refresh } from '../../src/operations/refresh.js'
import { setCloses } from '../refresh/market.js'
import { runCli, temporaryFolder, testDatabase, type TestDatabase } from '../support/index.js'
import { findingOf, findings, makeHealthy, pasteSql } from './support.js'

let db: TestDatabase
let role: string
let url: string

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await makeHealthy(db)
  role = `${db.name}_job`
  await db.query(`CREATE ROLE ${role} LOGIN PASSWORD 'open sesame'`)
  const address = new URL(db.url)
  address.username = role
  address.password = 'open%20sesame'
  url = address.href
})

afterAll(() => db.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))

describe('a role without rights', () => {
  it('is told step by step what it lacks, and can refresh when it has all that', async () => {
    await db.query('REVOKE ALL ON SCHEMA public, universes FROM PUBLIC')
    const outside = await findingOf(url, 'migrations')
    expect(outside).toMatchObject({
      status: 'FAIL',
      problems: [{ problem: 'no USAGE on schema public' }, { problem: 'no USAGE on schema universes' }],
    })
    for (const { remedy } of outside.problems) await pasteSql(db, remedy)

    const blind = await findings(url)
    expect(blind.map(({ check }) => check)).toContain('privileges')
    const migrations = blind.find(({ check }) => check === 'migrations')!
    expect(migrations.problems).toEqual([
      {
        status: 'FAIL',
        problem: 'no SELECT on universes.universes_migrations',
        remedy: `GRANT SELECT ON universes.universes_migrations TO ${role};`,
      },
    ])
    expect(blind.find(({ check }) => check === 'events')).toMatchObject({
      status: 'WARN',
      summary: 'cannot be checked',
    })
    await pasteSql(db, migrations.problems[0]!.remedy)

    await db.query(
      `REVOKE EXECUTE ON FUNCTION sector_of(text) FROM PUBLIC; REVOKE TEMPORARY ON DATABASE ${db.name} FROM PUBLIC`,
    )
    const lacking = await findingOf(url, 'privileges')
    expect(lacking).toMatchObject({ status: 'FAIL', summary: `role ${role} lacks rights` })
    const problems = lacking.problems.map(({ problem }) => problem)
    expect(problems).toContainEqual(expect.stringMatching(/^no SELECT on .*\bohlcv_daily\b/))
    expect(problems).toContainEqual(expect.stringMatching(/^no UPDATE on .*\bsymbols\b/))
    expect(problems).toContainEqual(
      expect.stringMatching(/^no EXECUTE on universes\.apply_memberships\(.*, public\.sector_of\(text\)$/),
    )
    expect(problems).toContainEqual(
      expect.stringMatching(/^no TRUNCATE on universes\.staged_members, universes\.staged_prices, /),
    )
    expect(problems.join()).not.toMatch(/adopt_table|create_roles|track_price_changes/)
    for (const { remedy } of lacking.problems) await pasteSql(db, remedy)
    expect(await findingOf(url, 'privileges')).toMatchObject({ status: 'PASS', problems: [] })

    await setCloses(db, { UTL1: 900000 })
    const client = await connect({ url, schema: 'public' })
    try {
      const run = await refresh(client, { force: true })
      expect(run).toMatchObject({ status: 'completed', error: null })
      expect(run.total_changes).toBeGreaterThan(0)
    } finally {
      await client.end()
    }
    const file = join(await temporaryFolder(), 'xlf_holdings.csv')
    await writeFile(file, 'symbol,weight\nBNK1,60\nBNK3,40\n')
    const env = { DATABASE_URL: url }
    expect(await runCli(['load', 'etfs', file], { env })).toMatchObject({ code: 0 })
    const relayed = await runCli(['relay', '--once', '--sink', 'stdout'], { env })
    expect(relayed).toMatchObject({ code: 0, stdout: expect.stringContaining('"universe": "XLF"') as string })
  })
})

describe('the rights that the package uses', () => {
  it('are read from its functions', async () => {
    const rights = neededRights(await readPackageSql(migrationNames()))
    const of = (table: string): string[] => [...(rights.get(table) ?? [])].sort()
    expect(of('definition_groups')).toEqual(['INSERT', 'UPDATE'])
    expect(of('cache_entries')).toEqual(['DELETE', 'INSERT', 'UPDATE'])
    for (const table of ['group_memberships', 'membership_history', 'universe_events'])
      expect(of(table), 'written with the rights of the owner').toEqual([])
    expect(of('staged_members')).toEqual(['DELETE', 'INSERT', 'TRUNCATE', 'UPDATE'])
    expect(of('sync_runs')).toEqual(['INSERT'])
    expect(of('symbols'), 'imported by others').toEqual(['UPDATE'])
    expect(of('ohlcv_daily'), 'imported by others').toEqual([])
    expect(of('settings'), 'a rule').toEqual([])
    expect(of('theme_rules'), 'a rule').toEqual([])
  })
})
