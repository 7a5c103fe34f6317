import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateUp } from '../../src/database/migrate.js'
import { completed, listSmallMarket, run, setCloses } from '../refresh/market.js'
import {
  startPostgres,
  startRedis,
  startService,
  testDatabase,
  type TestDatabase,
  type TestService,
} from '../support/index.js'
import { problemOf } from './raw.js'

const PATIENCE = { timeout: 60_000, interval: 100 }

/** Values of a scrape by name and labels, as they stand there. */
async function scrape(service: TestService): Promise<Map<string, number>> {
  const response = await service.get('/metrics')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  const values = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, name, value] = /^([a-zA-Z_:][\w:]*(?:\{(?:\w+="(?:[^"\\]|\\.)*",?)*\})?) (\S+)$/.exec(line) ?? []
    if (name === undefined) throw new Error(`not a line of metrics: ${line}`)
    expect(values.has(name), name).toBe(false)
    values.set(name, Number(value))
  }
  return values
}

async function checksOf(service: TestService): Promise<Record<string, string>> {
  const response = await service.get('/readyz')
  const { checks } = (await response.json()) as { checks: Record<string, { ok: boolean; state: string }> }
  const ready = Object.values(checks).every(({ ok }) => ok)
  expect(response.status).toBe(ready ? 200 : 503)
  return Object.fromEntries(Object.entries(checks).map(([name, { state }]) => [name, state]))
}

describe('/healthz', () => {
  it('says that the process lives, whatever else does', async () => {
    const service = await startService({ url: 'postgres://nobody@127.0.0.1:1/nothing' })
    const response = await service.get('/healthz')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    })
    expect((await service.get('/healthz', { method: 'HEAD' })).status).toBe(200)
  })
})

describe('/readyz', () => {
  it('is ready with a database, its migrations and a loaded cache', async () => {
    const service = await startService(await testDatabase(import.meta.url))
    await service.service.cache.loaded()
    expect(await (await service.get('/readyz')).json()).toEqual({
      status: 'ready',
      checks: {
        postgresql: { ok: true, state: 'up' },
        migrations: { ok: true, state: 'installed' },
        cache: { ok: true, state: 'fresh' },
      },
    })
  })

  it('is not before the package is installed, names the remedy, and becomes ready', async () => {
    const db = await testDatabase(import.meta.url, { empty: true })
    const service = await startService(db)
    expect(await checksOf(service)).toEqual({ postgresql: 'up', migrations: 'not installed', cache: 'empty' })
    expect(await problemOf(await service.get('/readyz'))).toMatchObject({
      type: 'urn:pg-universes:not-ready',
      detail: 'migrations: not installed; cache: empty',
      hint: expect.stringContaining('universes migrate up') as string,
    })
    await migrateUp({ url: db.url, schema: 'public' })
    await expect
      .poll(() => checksOf(service), PATIENCE)
      .toEqual({ postgresql: 'up', migrations: 'installed', cache: 'fresh' })
  })

  it('is not while a migration is missing', async () => {
    const db = await testDatabase(import.meta.url)
    const service = await startService(db)
    await service.service.cache.loaded()
    await db.query(`DELETE FROM universes_migrations WHERE name = '0012_history'`)
    expect(await checksOf(service)).toMatchObject({ migrations: '1 missing' })
  })

  it('is not while PostgreSQL is away, with old answers in the cache, and is again afterwards', async () => {
    const server = await startPostgres()
    await migrateUp({ url: server.url, schema: 'public' })
    const service = await startService({ url: server.url })
    const ready = { postgresql: 'up', migrations: 'installed', cache: 'fresh' }
    await expect.poll(() => checksOf(service), PATIENCE).toEqual(ready)
    await server.stop()
    await expect
      .poll(() => checksOf(service), PATIENCE)
      .toEqual({ postgresql: 'not available', migrations: 'unknown', cache: 'stale' })
    const body = JSON.stringify(await problemOf(await service.get('/readyz')))
    expect(body).not.toMatch(/127\.0\.0\.1|ECONN|postgres:/)
    expect((await scrape(service)).get('universes_database_up')).toBe(0)
    await server.restart()
    await expect.poll(() => checksOf(service), PATIENCE).toEqual(ready)
    expect((await scrape(service)).get('universes_database_up')).toBe(1)
  })

  it('tells about the relay in this process, and about Redis', async () => {
    const redis = await startRedis()
    const db = await testDatabase(import.meta.url)
    const service = await startService(db, { relay: { redisUrl: redis.url, stream: 'operations' } })
    await expect.poll(() => checksOf(service), PATIENCE).toMatchObject({ relay: 'working', cache: 'fresh' })
    const second = await startService(db, { relay: { redisUrl: redis.url } })
    await expect.poll(() => checksOf(second), PATIENCE).toMatchObject({ relay: 'standby', cache: 'fresh' })

    await redis.stop()
    await expect
      .poll(() => checksOf(service), PATIENCE)
      .toMatchObject({ relay: 'unavailable', postgresql: 'up' })
    const metrics = await scrape(service)
    expect(metrics.get('universes_relay_state{state="unavailable"}')).toBe(1)
    expect(metrics.get('universes_relay_state{state="working"}')).toBe(0)
    await redis.start()
    await expect.poll(() => checksOf(service), PATIENCE).toMatchObject({ relay: 'working' })

    await db.query(`SELECT publish_event('alert', '{}')`)
    await expect
      .poll(async () => (await scrape(service)).get('universes_relay_published_total'), PATIENCE)
      .toBe(1)
    expect((await scrape(service)).get('universes_events_waiting')).toBe(0)
    await service.close()
    await expect.poll(() => checksOf(second), PATIENCE).toMatchObject({ relay: 'working' })
  })
})

describe('a database that accepts connections and says nothing', () => {
  it('holds up neither a probe nor a scrape', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
    const { port } = silent.address() as { port: number }
    const service = await startService({ url: `postgres://nobody@127.0.0.1:${port}/nothing` })
    // Many at a time: they share one question, which is given up.
    const probes = await Promise.all(Array.from({ length: 20 }, () => checksOf(service)))
    for (const checks of probes)
      expect(checks).toEqual({ postgresql: 'no answer in time', migrations: 'unknown', cache: 'empty' })
    const metrics = await scrape(service)
    expect(metrics.get('universes_database_up')).toBe(0)
    expect(metrics.has('universes_events_waiting')).toBe(false)
    expect(metrics.get('universes_cache_state{state="empty"}')).toBe(1)
    await service.close()
    silent.close()
  })
})

describe('/metrics', () => {
  let db: TestDatabase
  let service: TestService

  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
    service = await startService(db)
    await listSmallMarket(db)
  })

  afterAll(() => service.close())

  it('counts runs by mode and status, their durations and changes', async () => {
    const first = await completed(db)
    await run(db, { dryRun: true })
    await setCloses(db, { UTL1: 900_000 })
    const second = await completed(db, { mode: 'market_cap' })
    await db.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken on purpose'; END $$`,
    )
    await db.query(
      `CREATE TRIGGER refuse BEFORE INSERT OR DELETE ON group_memberships FOR EACH ROW EXECUTE FUNCTION refuse()`,
    )
    await setCloses(db, { UTL1: 1 })
    expect((await run(db)).status).toBe('failed')
    await db.query('DROP FUNCTION refuse CASCADE')

    const metrics = await scrape(service)
    const runs = 'universes_run_duration_seconds'
    expect(metrics.get(`${runs}_count{mode="full",status="completed"}`)).toBe(1)
    expect(metrics.get(`${runs}_count{mode="full",status="dry_run"}`)).toBe(1)
    expect(metrics.get(`${runs}_count{mode="market_cap",status="completed"}`)).toBe(1)
    expect(metrics.get(`${runs}_count{mode="full",status="failed"}`)).toBe(1)
    expect(metrics.get(`${runs}_bucket{mode="full",status="completed",le="+Inf"}`)).toBe(1)
    const seconds = (first.finished_at.getTime() - first.started_at.getTime()) / 1_000
    expect(metrics.get(`${runs}_sum{mode="full",status="completed"}`)).toBeCloseTo(seconds, 2)
    expect(metrics.get('universes_changes_total')).toBe(first.total_changes + second.total_changes)
    expect(metrics.get('universes_last_completed_timestamp_seconds')).toBeCloseTo(
      second.finished_at.getTime() / 1_000,
      2,
    )
  })

  it('has buckets that only grow', async () => {
    const buckets = [...(await scrape(service))].filter(([name]) => name.includes('_bucket{'))
    expect(buckets.length).toBeGreaterThan(20)
    const series = new Map<string, number[]>()
    for (const [name, value] of buckets) {
      const key = name.replace(/,?le="[^"]*"/, '')
      series.set(key, [...(series.get(key) ?? []), value])
    }
    for (const [name, values] of series) expect(values, name).toEqual([...values].sort((a, b) => a - b))
  })

  it('knows how many events wait and for how long, and jobs', async () => {
    const { 0: waiting } = await db.query<{ events: string }>('SELECT events FROM unpublished_events')
    const metrics = await scrape(service)
    expect(metrics.get('universes_events_waiting')).toBe(Number(waiting?.events))
    expect(metrics.get('universes_events_waiting')).toBeGreaterThan(0)
    expect(metrics.get('universes_event_lag_seconds')).toBeGreaterThan(0)
    expect(metrics.get('universes_jobs_waiting')).toBe(0)
    await db.query(
      `INSERT INTO sync_jobs (mode, append, dry_run, force, environment, requested_by)
       VALUES ('full', false, false, false, 'DEFAULT', 'test'), ('full', false, false, false, 'OTHER', 'test')`,
    )
    // The service works it off by itself: what it is asked for is counted before that, or is a run by now.
    await expect
      .poll(
        async () =>
          (await scrape(service)).get('universes_run_duration_seconds_count{mode="full",status="completed"}'),
        PATIENCE,
      )
      .toBe(2)
    expect((await scrape(service)).get('universes_jobs_waiting')).toBe(0)
  })

  it('follows the cache', async () => {
    const { cache } = service.service
    const before = await scrape(service)
    expect(before.get('universes_cache_state{state="fresh"}')).toBe(1)
    cache.members('THEME', 'no_such_theme')
    const after = await scrape(service)
    expect(after.get('universes_cache_misses_total')).toBe(before.get('universes_cache_misses_total')! + 1)
    expect(after.get('universes_cache_entries{kind="groups"}')).toBe(cache.statistics().groups)
    expect(after.get('universes_cache_loads_total')).toBe(cache.statistics().loads)
    expect(after.get('universes_cache_memory_bytes')).toBeGreaterThan(0)
  })

  it('counts requests by route, not by path, with status and duration', async () => {
    const requests = 'universes_http_request_duration_seconds_count'
    const unknown = `${requests}{method="GET",route="none",status="404"}`
    const before = await scrape(service)
    for (const path of ['/api/universes/ETF/AAA', '/api/universes/ETF/BBB', '/nowhere', '/nowhere/else'])
      await (await service.get(path)).text()
    const after = await scrape(service)
    expect(after.get(unknown)).toBe((before.get(unknown) ?? 0) + 2)
    expect(after.get(`${requests}{method="GET",route="/api/universes/:type/:name",status="404"}`)).toBe(2)
    expect(after.get(`${requests}{method="GET",route="/metrics",status="200"}`)).toBeGreaterThan(0)
    expect([...after.keys()].filter((name) => name.includes('AAA') || name.includes('nowhere'))).toEqual([])
  })

  it('has the connections of the pool, the version, and the process', async () => {
    const metrics = await scrape(service)
    expect(metrics.get('universes_database_up')).toBe(1)
    expect(metrics.get('universes_database_connections{state="waiting"}')).toBe(0)
    expect(metrics.get('universes_database_connections{state="idle"}')).toBeGreaterThan(0)
    expect([...metrics.keys()].find((name) => name.startsWith('universes_build_info'))).toMatch(/version="\d/)
    expect(metrics.get('process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect(metrics.has('universes_relay_published_total')).toBe(false)
  })
})
