import { beforeAll, describe, expect, it } from 'vitest'
import type { Overview } from '../../src/documents/overview.js'
import { rawRequest } from '../http/raw.js'
import { completed, listSmallMarket, run, setCloses } from '../refresh/market.js'
import {
  startPostgres,
  startService,
  testDatabase,
  type TestDatabase,
  type TestService,
} from '../support/index.js'
import { migrateUp } from '../../src/database/migrate.js'

let db: TestDatabase
let service: TestService

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
})

async function overview(): Promise<Overview> {
  const [row] = await db.query<{ overview: Overview }>('SELECT admin_overview() AS overview')
  return row!.overview
}

describe('overview()', () => {
  it('is complete on an empty database', async () => {
    const empty = await overview()
    expect(empty.totals).toEqual({
      stocks: 0,
      etfs: 0,
      capped: 0,
      symbols: 0,
      universes: 0,
      memberships: 0,
      priced_to: null,
    })
    expect([empty.types, empty.runs, empty.loads, empty.alerts, empty.sector_sources]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ])
    expect(empty.sectors).toHaveLength(12)
    expect(empty.running).toBeNull()
    expect(empty.events).toEqual({ waiting: 0, waiting_since: null, lag_seconds: 0, last_seq: null })
  })

  it('has the totals, and every universe of every type with its members', async () => {
    await listSmallMarket(db)
    await completed(db)
    const { totals, types } = await overview()
    const [counted] = await db.query<{ universes: number; memberships: number }>(
      `SELECT (SELECT count(*)::int FROM definition_groups) AS universes, (SELECT count(*)::int FROM group_memberships) AS memberships`,
    )
    expect(totals).toEqual({
      stocks: 60,
      etfs: 3,
      capped: 60,
      symbols: 63,
      ...counted,
      priced_to: expect.any(String) as string,
    })
    const stored = await db.query<{ type: string; name: string; title: string; members: number }>(
      `SELECT g.type, g.name, g.description AS title, count(m.id)::int AS members
       FROM definition_groups AS g LEFT JOIN group_memberships AS m ON m.group_id = g.id
       GROUP BY g.id ORDER BY g.type COLLATE "C", members DESC, g.name COLLATE "C"`,
    )
    expect(types.map(({ type }) => type).sort()).toEqual([...new Set(stored.map(({ type }) => type))])
    for (const { type, count, members, universes } of types) {
      const expected = stored.filter((row) => row.type === type)
      expect(universes).toEqual(expected.map(({ name, title, members }) => ({ name, title, members })))
      expect(count).toBe(expected.length)
      expect(members).toBe(expected.reduce((sum, row) => sum + row.members, 0))
    }
  })

  it('leaves out retired universes and those of other environments, and says how many a long list has', async () => {
    await db.query(
      `INSERT INTO definition_groups (type, name, environment, metadata) VALUES
         ('THEME', 'gone', 'DEFAULT', '{"retired_at": "2026-01-01"}'), ('THEME', 'elsewhere', 'TEST', '{}')`,
    )
    const { types } = await overview()
    const themes = types.find(({ type }) => type === 'THEME')!
    expect(themes.universes.map(({ name }) => name)).not.toContain('gone')
    expect(themes.universes.map(({ name }) => name)).not.toContain('elsewhere')
    const [short] = await db.query<{ types: Overview['types'] }>(
      `SELECT overview_universes('DEFAULT', 2) AS types`,
    )
    const shortThemes = short!.types.find(({ type }) => type === 'THEME')!
    expect(shortThemes.universes).toEqual(themes.universes.slice(0, 2))
    expect(shortThemes.count).toBe(themes.count)
    await db.query(`DELETE FROM definition_groups WHERE name IN ('gone', 'elsewhere')`)
  })

  it('has the sectors with the sources that decided, which add up', async () => {
    const { sectors, sector_sources: sources, totals } = await overview()
    expect(sectors.reduce((sum, { stocks }) => sum + stocks, 0)).toBe(totals.stocks)
    expect(sources.reduce((sum, { stocks }) => sum + stocks, 0)).toBe(totals.stocks)
    expect(sources.map(({ source }) => source)).toEqual(['sector_fund', 'sic', 'vendor'])
    for (const { stocks, sources: parts } of sectors)
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(stocks)
  })

  it('has the last sixty runs, with what each did, the newest first', async () => {
    await setCloses(db, { TEC1: 9_000, OIL3: 90_000 })
    await completed(db, { dryRun: true })
    await completed(db)
    await db.query('ALTER FUNCTION rebalance_themes(text[], refresh_context) RENAME TO away')
    await run(db, { mode: 'themes' })
    await db.query('ALTER FUNCTION away(text[], refresh_context) RENAME TO rebalance_themes')
    const { runs, alerts } = await overview()
    expect(runs.map(({ status, dry_run: dry, mode }) => [mode, status, dry])).toEqual([
      ['themes', 'failed', false],
      ['full', 'completed', false],
      ['full', 'completed', true],
      ['full', 'completed', false],
    ])
    for (const { added, removed, updated, total_changes: total } of runs)
      expect(added + removed + updated).toBe(total)
    expect(runs[1]!.total_changes).toBeGreaterThan(5)
    expect(runs[0]!.error).toContain('does not exist')
    expect(alerts.map(({ alert }) => alert)).toContain('run_failed')

    await db.query(
      `INSERT INTO sync_runs SELECT gen_random_uuid(), mode, status, append, dry_run, force, environment, triggered_by,
         started_at - n * interval '1 day', finished_at - n * interval '1 day', steps, changes, alerts, total_changes, error
       FROM sync_runs, generate_series(1, 30) AS n WHERE mode = 'full'`,
    )
    const many = (await overview()).runs
    expect(many).toHaveLength(60)
    expect(many.map(({ started_at: at }) => Date.parse(at))).toEqual(
      many.map(({ started_at: at }) => Date.parse(at)).sort((a, b) => b - a),
    )
  })

  it('knows the run that waits, the one that goes, and the load that goes', async () => {
    const [job] = await db.query<{ job_id: string }>(
      `SELECT job_id FROM request_refresh('themes', p_requested_by => 'a test')`,
    )
    expect((await overview()).running).toMatchObject({
      job_id: job!.job_id,
      status: 'queued',
      mode: 'themes',
      triggered_by: 'a test',
      step: null,
    })

    const worker = await db.client()
    await worker.query('BEGIN')
    await worker.query('SELECT run_job($1)', [job!.job_id])
    expect((await overview()).running).toMatchObject({
      job_id: job!.job_id,
      status: 'running',
      mode: 'themes',
      step: 'end',
    })
    await worker.query('COMMIT')
    expect((await overview()).running).toBeNull()

    await worker.query('BEGIN')
    await worker.query(`SET LOCAL application_name TO 'a load'`)
    await worker.query(`SELECT lock_universes('the load')`)
    expect((await overview()).running).toMatchObject({
      job_id: null,
      status: 'running',
      application: 'a load',
    })
    await worker.query('ROLLBACK')
  })

  it('finds the latest day of prices without an index on date, too', async () => {
    const { priced_to: day } = (await overview()).totals
    await db.query('DROP INDEX universes_prices_date')
    expect((await overview()).totals.priced_to).toBe(day)
    await db.query('CREATE INDEX universes_prices_date ON ohlcv_daily (date)')
  })

  it('says how long events have waited for Redis', async () => {
    await db.query(`UPDATE universe_events SET published_at = created_at`)
    expect((await overview()).events).toMatchObject({ waiting: 0, lag_seconds: 0 })
    await db.query(`SELECT publish_event('alert', '{}')`)
    await db.query(
      `UPDATE universe_events SET created_at = now() - interval '2 hours' WHERE published_at IS NULL`,
    )
    const { events, alerts } = await overview()
    expect(events.waiting).toBe(1)
    expect(events.lag_seconds).toBeGreaterThan(7_000)
    expect(alerts.map(({ alert }) => alert)).toContain('alert_event_lag_minutes')
  })
})

describe('GET /api/overview', () => {
  it('answers with the document and the state of the cache, nothing left out', async () => {
    // An event that waits grows older between two looks.
    await db.query('UPDATE universe_events SET published_at = created_at')
    service = await startService(db, { keys: { read: 'uv_read' } })
    expect((await service.get('/api/overview')).status).toBe(401)
    await expect.poll(() => service.service.cache.ready, { timeout: 20_000 }).toBe(true)
    const response = await service.get('/api/overview', { headers: { 'x-api-key': 'uv_read' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    const answer = (await response.json()) as Overview
    const document = await overview()
    expect({ ...answer, generated_at: '', events: {}, cache: {} }).toEqual({
      ...document,
      generated_at: '',
      events: {},
      cache: {},
    })
    expect(answer.cache).toMatchObject({ ready: true, stale: null })
  })

  it('repeats its last answer, marked stale, while PostgreSQL is away', async () => {
    const server = await startPostgres()
    await migrateUp({ url: server.url, schema: 'public' })
    const away = await startService(server)
    const fresh = (await (await away.get('/api/overview')).json()) as Overview
    await server.stop()
    const stale = await away.get('/api/overview')
    expect(stale.status).toBe(200)
    expect(stale.headers.get('x-cache-stale')).toBe('true')
    expect(stale.headers.get('warning')).toBe('110 - "Response is Stale"')
    expect(((await stale.json()) as Overview).generated_at).toBe(fresh.generated_at)
    await server.restart()
    await expect
      .poll(async () => (await away.get('/api/overview')).headers.get('x-cache-stale'), { timeout: 30_000 })
      .toBeNull()
    await away.close()
  })

  it('is 503 when there is no last answer', async () => {
    const server = await startPostgres()
    await server.stop()
    const away = await startService(server)
    expect((await away.get('/api/overview')).status).toBe(503)
    await away.close()
  })
})

describe('the page', () => {
  const PAGE = '/admin/historical-data'

  it('is open to all, holds no data, and is not kept without asking', async () => {
    const response = await service.get(PAGE)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'`,
    )
    expect(await response.text()).not.toMatch(/TEC1|<script>|style="|onclick/)
    // fetch() would add Cache-Control: no-cache, which asks for the whole page.
    const again = await rawRequest(service.url + PAGE, {
      headers: { 'accept-encoding': 'gzip', 'if-none-match': response.headers.get('etag')! },
    })
    expect(again.status).toBe(304)
    expect(again.body).toBe('')
  })

  it('names files that never change, each of which is there, compressed and of its type', async () => {
    const html = await (await service.get(PAGE)).text()
    const names = [...html.matchAll(/(?:href|src)="(\/admin\/assets\/[^"]+)"/g)].map(([, name = '']) => name)
    expect(names.length).toBe(5)
    for (const name of names) {
      const response = await service.get(name)
      expect(response.status, name).toBe(200)
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(response.headers.get('content-encoding')).toBe('gzip')
      expect(response.headers.get('content-type')).toMatch(
        /^((application|text)\/(javascript|css); charset=utf-8|image\/svg\+xml)$/,
      )
    }
    const plain = await service.get(
      names.find((name) => /main-\w+\.js$/.test(name))!,
      { headers: { 'accept-encoding': 'identity' } },
    )
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(await plain.text()).toContain('/api/overview')
  })

  it('is one script with everything in it, and asks nobody else', async () => {
    const html = await (await service.get(PAGE)).text()
    const [, main = ''] = /type="module" src="([^"]+)"/.exec(html) ?? []
    const text = await (await service.get(main)).text()
    expect(text).not.toMatch(/^(import|export)\b/m)
    expect(text).not.toMatch(
      /https?:\/\/(?!www\.w3\.org)|innerHTML|insertAdjacentHTML|document\.write|eval\(/,
    )
  })

  it('answers 404 for files of another version, unknown files and paths upwards', async () => {
    const html = await (await service.get(PAGE)).text()
    const [, main] = /assets\/(main-\w+\.js)/.exec(html) ?? []
    expect((await service.get(`/admin/assets/${main}`)).status).toBe(200)
    for (const name of [
      'main-00000000.js',
      'main.js',
      'secret.js',
      'api.js',
      'index.html',
      '..%2findex.html',
      '..%2f..%2f..%2fpackage.json',
    ])
      expect((await service.get(`/admin/assets/${name}`)).status, name).toBe(404)
  })

  it('weighs less than 150 kB, with all its files and the first document', async () => {
    const html = await (await service.get(PAGE)).text()
    const names = new Set([
      PAGE,
      ...[...html.matchAll(/(?:href|src)="(\/admin\/assets\/[^"]+)"/g)].map(([, name = '']) => name),
    ])
    let total = (
      await (await service.get('/api/overview', { headers: { 'x-api-key': 'uv_read' } })).arrayBuffer()
    ).byteLength
    for (const name of names) total += Number((await service.get(name)).headers.get('content-length'))
    expect(total).toBeLessThan(150_000)
  })
})
