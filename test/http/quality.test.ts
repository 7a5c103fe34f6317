import { beforeAll, describe, expect, it } from 'vitest'
import { validate, type Validation } from '../../src/operations/validate.js'
import { loadFunds, refresh } from '../cache/relationship-support.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { caughtUp, json, problemOf, smallMarket } from './market.js'

let db: TestDatabase
let service: TestService

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await smallMarket(db)
  await refresh(db)
  service = await startService(db)
  await caughtUp(service, db)
})

describe('the validation', () => {
  it('says what validate_relationships says, with the worst as its status', async () => {
    const answer = await json<Validation>(service, '/api/validation')
    expect(answer).toEqual(await validate(await db.client(), 'DEFAULT', 3))
    expect(answer.checks.length).toBeGreaterThan(10)
  })

  it('lists as many findings as somebody wants, and fails when a check fails', async () => {
    await loadFunds(db, { arkk: 'U1,25 U2,25 U3,25 U4,25' })
    await caughtUp(service, db)
    const of = async (query: string): Promise<Validation['checks'][number]> =>
      (await json<Validation>(service, `/api/validation${query}`)).checks.find(
        ({ check }) => check === 'unlisted_members',
      )!
    expect(await of('')).toMatchObject({ status: 'WARN', findings: 4 })
    expect((await of('')).samples).toHaveLength(3)
    expect((await of('?samples=100')).samples).toHaveLength(4)
    expect((await of('?samples=0')).samples).toEqual([])
    await db.query(`UPDATE relationship_checks SET on_finding = 'FAIL' WHERE name = 'unlisted_members'`)
    await expect
      .poll(async () => (await json<Validation>(service, '/api/validation')).status, { timeout: 20_000 })
      .toBe('FAIL')
    await db.query(`UPDATE relationship_checks SET relation = 'nowhere' WHERE name = 'unlisted_members'`)
    await expect.poll(async () => (await of('')).findings, { timeout: 20_000 }).toBeNull()
    await problemOf(service, '/api/validation?samples=-1', 400)
  })
})

describe('the report', () => {
  it('is relationship_report(), brief or in detail, with nothing stripped', async () => {
    for (const detail of [false, true]) {
      const answer = await json<object>(service, `/api/report?detail=${detail}`)
      const [row] = await db.query<{ report: object }>(
        `SELECT set_config('TimeZone', 'UTC', false), relationship_report('DEFAULT', $1) AS report`,
        [detail],
      )
      const moment = { generated_at: expect.stringMatching(/^20.*\+00:00$/) as string }
      expect(answer).toEqual({ ...row!.report, ...moment })
      expect('universes' in answer).toBe(detail)
    }
    await problemOf(service, '/api/report?detail=yes', 400)
  })

  it('shares its weak tag with reports that differ in their moment only', async () => {
    const first = await service.get('/api/report')
    const { generated_at } = (await first.json()) as { generated_at: string }
    const other = await startService(db)
    await other.service.cache.loaded()
    const second = await other.get('/api/report')
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    expect(((await second.json()) as { generated_at: string }).generated_at).not.toBe(generated_at)
    await other.close()
  })
})

describe('sectors and themes', () => {
  it('sectors have title, members and who says so, and the list says how many stocks have one', async () => {
    const list = await json<{
      sectors: { name: string; title: string; count: number; percent: number }[]
      coverage: object
    }>(service, '/api/sectors')
    const rows = await db.query(
      `SELECT g.name, count(m.symbol)::integer AS count FROM definition_groups AS g LEFT JOIN group_memberships AS m ON m.group_id = g.id
       WHERE g.type = 'SECTOR' GROUP BY g.name ORDER BY g.name`,
    )
    const names = list.sectors.map(({ name, count }) => ({ name, count }))
    expect(names.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(rows)
    const unknown = list.sectors.find(({ name }) => name === 'unknown')
    expect(unknown).toMatchObject({ count: 5, percent: 100, sources: {} })
    expect(list.coverage).toMatchObject({ covered: 0, total: 5, percent: 0 })
  })

  it('themes have their rules, and a rule that is edited shows', async () => {
    interface Theme {
      name: string
      count: number
      rule: { description: string; include_symbols: string[] } | null
      last_rebalance: { added: number; at: string } | null
    }
    const themes = async (): Promise<Theme[]> =>
      (await json<{ themes: Theme[] }>(service, '/api/themes')).themes
    const [rows] = await db.query(`SELECT count(*)::integer AS n FROM theme_rules WHERE enabled`)
    expect(await themes()).toHaveLength(rows!['n'] as number)
    await db.query(
      `INSERT INTO theme_rules (name, title, description, include_symbols) VALUES ('greek', 'Greek letters', 'Alpha to delta', '{AAA,DDD}')`,
    )
    await refresh(db)
    await caughtUp(service, db)
    const greek = (await themes()).find(({ name }) => name === 'greek')!
    expect(greek).toMatchObject({
      title: 'Greek letters',
      count: 2,
      rule: { description: 'Alpha to delta', include_symbols: ['AAA', 'DDD'] },
    })
    expect(greek.last_rebalance).toMatchObject({ added: 2, removed: 0, members_before: 0 })
    expect(greek.last_rebalance!.at).toMatch(/\+00:00$/)
    await db.query(`UPDATE theme_rules SET description = 'Two letters' WHERE name = 'greek'`)
    await expect
      .poll(async () => (await themes()).find(({ name }) => name === 'greek')?.rule?.description, {
        timeout: 20_000,
      })
      .toBe('Two letters')
  })
})
