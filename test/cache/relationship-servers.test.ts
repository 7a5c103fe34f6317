import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import pg from 'pg'
import { migrateUp } from '../../src/database/migrate.js'
import type { RelationshipCache } from '../../src/cache/index.js'
import { SEARCH_PATH, startPostgres, type PostgresServer } from '../support/index.js'
import { endsByItself } from '../support/node.js'
import { caughtUp, closeCaches, openCache, eventually } from './relationship-support.js'

let server: PostgresServer
let log: string[]

beforeEach(async () => {
  server = await startPostgres()
  log = []
  await migrateUp({ url: server.url })
  await query(`INSERT INTO definition_groups (name, type) VALUES ('AAA', 'ETF')`)
  await change('A')
})

afterEach(async () => {
  await closeCaches()
  await server.remove()
})

async function query<Row extends pg.QueryResultRow>(
  sql: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server.url, options: SEARCH_PATH })
  await client.connect()
  try {
    return (await client.query<Row>(sql, [...params])).rows
  } finally {
    await client.end()
  }
}

/** Makes one symbol the only member of AAA. */
async function change(symbol: string): Promise<void> {
  await query(
    `DELETE FROM group_memberships;
     INSERT INTO group_memberships (group_id, symbol) SELECT id, '${symbol}' FROM definition_groups;
     SELECT publish_event('universe_updated', '{"type": "ETF", "universe": "AAA"}')`,
  )
}

const members = (cache: RelationshipCache): string[] | undefined =>
  cache.etfHoldings('AAA')?.map(({ symbol }) => symbol)

const open = (wait = true): Promise<RelationshipCache> =>
  openCache(server, { wait, logger: pino({ base: null }, { write: (line: string) => void log.push(line) }) })

const sessions = (): Promise<{ pid: number; application_name: string }[]> =>
  query(
    `SELECT pid, application_name FROM pg_stat_activity WHERE application_name LIKE 'universes cache%' ORDER BY 2`,
  )

it('the database goes and comes back: old answers stay, marked; then everything is heard again', async () => {
  const cache = await open()
  expect([members(cache), cache.stale]).toEqual([['A'], null])
  await server.stop()
  await eventually(() => cache.stale?.reason).toContain('changes are not received')
  const { since } = cache.stale!
  await expect(cache.refresh()).rejects.toMatchObject({ name: 'UniversesError' })
  expect([members(cache), cache.ready, cache.stale?.since]).toEqual([['A'], true, since])
  expect(cache.statistics().failed_loads).toBeGreaterThan(0)

  await server.restart()
  await eventually(() => cache.stale).toBeNull()
  await change('B')
  await eventually(() => members(cache)).toEqual(['B'])

  // Again, with a change whose notification nobody receives.
  await server.restart()
  await change('C')
  await eventually(() => [members(cache), cache.stale]).toEqual([['C'], null])
  expect(
    log.filter((line) => line.includes('LISTEN connection') && line.includes('is not available')),
  ).toHaveLength(2)
  expect(
    log.filter((line) => line.includes('LISTEN connection') && line.includes('available again')),
  ).toHaveLength(2)
})

it('a lost LISTEN connection marks the answers, and everything is loaded when it is back', async () => {
  const cache = await open()
  const listener = (await sessions()).find(({ application_name }) => application_name.includes('listen'))
  let marked = false
  const watching = setInterval(() => (marked ||= cache.stale !== null), 1)
  // This change has no event.
  await query(`UPDATE group_memberships SET weight = 5`)
  await cache.refresh()
  expect(cache.etfHoldings('AAA')?.[0]?.weight).toBeNull()
  await query(`SELECT pg_terminate_backend(${listener?.pid}, 10000)`)
  await eventually(() => cache.etfHoldings('AAA')?.[0]?.weight).toBe(5)
  clearInterval(watching)
  await caughtUp(cache, { query })
  expect(marked).toBe(true)
  expect(cache.statistics()).toMatchObject({ full_loads: 2, failed_loads: 0 })
})

it('a lost connection for loading is replaced without a failure', async () => {
  const cache = await open()
  const loader = (await sessions()).find(({ application_name }) => application_name === 'universes cache')
  await query(`SELECT pg_terminate_backend(${loader?.pid}, 10000)`)
  await change('B')
  await eventually(() => members(cache)).toEqual(['B'])
  await caughtUp(cache, { query })
})

it('opened while the database is away: fails, or waits until it is there', async () => {
  await server.stop()
  await expect(open()).rejects.toMatchObject({
    name: 'UniversesError',
    message: expect.stringContaining('cannot connect to PostgreSQL') as string,
  })
  const cache = await open(false)
  expect(cache.ready).toBe(false)
  expect(() => cache.etfHoldings('AAA')).toThrow('the relationship cache has not been loaded yet')
  await eventually(() => cache.stale?.reason).toContain('cannot connect to PostgreSQL')
  const loaded = cache.loaded()
  await server.restart()
  await loaded
  expect(members(cache)).toEqual(['A'])
  await change('B')
  await eventually(() => [members(cache), cache.stale]).toEqual([['B'], null])
})

it('a URL that makes no sense is refused at once', async () => {
  const cache = openCache({ url: 'postgres://127.0.0.1/x?sslmode=perhaps' }, { wait: false })
  await expect(cache).rejects.toMatchObject({ name: 'UniversesError', exitCode: 2 })
})

it('closed, whatever state it is in, it leaves no connection and no timer', async () => {
  await (await open()).close()
  await (await open(false)).close()
  await eventually(sessions).toEqual([])
  const cache = await open()
  await server.stop()
  await eventually(() => cache.stale).not.toBeNull()
  await cache.close()
  await server.restart()
  expect(await sessions()).toEqual([])
})

it('closed while the database is away, it leaves no timer and no attempt: the process ends by itself', async () => {
  await server.stop()
  const source = `
    import { RelationshipCache } from './dist/src/cache/index.js'
    const cache = await RelationshipCache.open({ wait: false })
    while (!cache.stale.reason.includes('cannot connect')) await new Promise((resolve) => setTimeout(resolve, 10))
    await cache.close()`
  await endsByItself(source, { DATABASE_URL: server.url })
})
