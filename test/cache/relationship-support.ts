import { join } from 'node:path'
import { expect } from 'vitest'
import { RelationshipCache, type Changes, type RelationshipCacheOptions } from '../../src/cache/index.js'
import type { LoadKind } from '../../src/load/kinds.js'
import type { SyncRun } from '../../src/operations/refresh.js'
import { loadInto, writeFiles } from '../load/files.js'
import { marketPaths, removeFolder, type TestDatabase } from '../support/index.js'

const open: RelationshipCache[] = []

/** Opens a cache that closeCaches() closes. */
export async function openCache(
  db: Pick<TestDatabase, 'url'>,
  options: RelationshipCacheOptions = {},
): Promise<RelationshipCache> {
  const cache = await RelationshipCache.open({ database: { url: db.url }, ...options })
  open.push(cache)
  return cache
}

/** Waits until `look` returns what is expected, however slow the machine is. */
export function eventually<Value>(look: () => Value | Promise<Value>): ReturnType<typeof expect.poll<Value>> {
  return expect.poll(look, { timeout: 60_000, interval: 5 })
}

/** Closes the caches of openCache(); call it in afterEach. */
export async function closeCaches(): Promise<void> {
  await Promise.all(open.splice(0).map((cache) => cache.close()))
}

/** Waits until a cache includes every event and reports that it is fresh. */
export async function caughtUp(cache: RelationshipCache, db: Pick<TestDatabase, 'query'>): Promise<void> {
  const [row] = await db.query<{ seq: number }>(
    'SELECT coalesce(max(seq), 0)::integer AS seq FROM universe_events',
  )
  await eventually(() => [cache.statistics().seq, cache.stale]).toEqual([row!.seq, null])
}

/** Returns the results of all lookups of a cache. */
export function everything(cache: RelationshipCache): unknown {
  const groups = cache.universes(undefined, { retired: true })
  const members = groups.map(({ type, name }) => cache.members(type, name))
  const symbols = [...new Set(members.flatMap((list) => list?.map(({ symbol }) => symbol) ?? []))]
  return {
    version: cache.version,
    groups: groups.map((info, place) => ({
      info,
      members: members[place],
      fingerprint: cache.fingerprint(info.type, info.name),
    })),
    symbols: symbols.map((symbol) => [cache.stock(symbol), cache.groupsOf(symbol), cache.etfsOf(symbol)]),
  }
}

/** Fails unless a cache returns the same results as a newly opened one. */
export async function expectFresh(cache: RelationshipCache, db: TestDatabase): Promise<void> {
  await caughtUp(cache, db)
  const fresh = await openCache(db, { environment: cache.environment })
  const [ours, expected] = [everything(cache), everything(fresh)]
  // The texts differ at once; what differs in them is worth the time of a comparison only then.
  if (JSON.stringify(ours) !== JSON.stringify(expected)) expect(ours).toEqual(expected)
  expect(JSON.stringify(ours)).toBe(JSON.stringify(expected))
  await fresh.close()
}

/** Collects the changes that a cache reports, in order. */
export function watch(cache: RelationshipCache): Changes[] {
  const told: Changes[] = []
  cache.onChange((changes) => told.push(changes))
  return told
}

/** Loads holdings files `symbol,weight`, by fund, as one folder. */
export async function loadFunds(
  db: TestDatabase,
  funds: Record<string, string>,
  { whole = false, environment = 'DEFAULT' } = {},
): Promise<void> {
  const files = Object.entries(funds).map(([fund, lines]) => [
    `${fund.toLowerCase()}_holdings.csv`,
    `symbol,weight\n${lines.trim().replaceAll(/\s+/g, '\n')}\n`,
  ])
  const folder = await writeFiles(Object.fromEntries(files) as Record<string, string>)
  const paths = whole ? [folder] : files.map(([name]) => join(folder, name!))
  await loadInto(db, { kind: 'etfs', mode: whole ? 'full' : 'incremental', paths, environment, force: true })
  removeFolder(folder)
}

/** Runs refresh_universes and fails when the run failed. */
export async function refresh(db: TestDatabase, environment = 'DEFAULT'): Promise<SyncRun> {
  const [run] = await db.query('SELECT * FROM refresh_universes(p_environment => $1)', [environment])
  expect(run).toMatchObject({ status: 'completed' })
  return run as unknown as SyncRun
}

/** Twenty-six stocks, A the largest, with prices; Z alone trades as a unit. */
export async function fillSymbols(db: TestDatabase): Promise<void> {
  await db.query(
    `INSERT INTO symbols (symbol, name, type, primary_exchange, weighted_shares_outstanding, sic_code)
     SELECT chr(i), 'Company ' || chr(i), CASE WHEN i = 90 THEN 'UNIT' ELSE 'CS' END, 'XNAS', (100 - i) * 1e9,
       (ARRAY['3571', '6021', '2834'])[1 + i % 3]
     FROM generate_series(65, 90) AS i`,
  )
  await db.query(
    `INSERT INTO ohlcv_daily (symbol, date, close) SELECT symbol, CURRENT_DATE - 1, 10 FROM symbols WHERE type = 'CS'`,
  )
}

/** The files of a market folder, loaded and refreshed. */
export async function fillWholeMarket(db: TestDatabase, data: string): Promise<void> {
  for (const [kind, paths] of Object.entries(marketPaths(data)))
    await loadInto(db, { kind: kind as LoadKind, paths })
  await refresh(db)
}
