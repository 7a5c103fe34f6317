// Own code: tinybench cannot pause between slices so that other requests get their turn.
import { performance } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import type { LookupTiming } from '../../documents/cache.js'
import { Lookups } from '../../cache/lookups.js'
import { ResponseCache } from '../responses/response-cache.js'
import type { Service } from '../service.js'

/** Longest time that measuring blocks other requests. */
const SLICE_MS = 2
const CALLS_PER_BATCH = 50
/** Names have no control characters, so this one misses. */
const UNKNOWN = '\u0001'

/** Lookups on the current snapshot of the cache, with separate counters. */
class Snapshot extends Lookups {
  constructor(cache: Lookups) {
    super()
    // Protected: no other caller needs the snapshot.
    this.current = cache['current']
  }
}

/** A kind of lookup with an argument that it finds. */
interface LookupKind {
  lookup: string
  argument: string | undefined
  call: (argument: string) => unknown
}

/**
 * Measures each kind of lookup, hit and miss, in nanoseconds per call. Takes a fraction of a second, in slices that let other
 * requests through, and does not change the statistics of the cache.
 */
export async function timeLookups({ cache }: Service): Promise<LookupTiming[]> {
  const snapshot = new Snapshot(cache)
  const timings: LookupTiming[] = []
  for (const { lookup, argument, call } of await lookupKinds(snapshot)) {
    const hit = argument === undefined ? undefined : await time(() => call(argument))
    const miss = await time(() => call(UNKNOWN))
    const calls = (hit?.calls ?? 0) + miss.calls
    timings.push({ lookup, argument: argument ?? null, hit_ns: hit?.ns ?? null, miss_ns: miss.ns, calls })
  }
  return timings
}

async function lookupKinds(snapshot: Snapshot): Promise<LookupKind[]> {
  const universes = snapshot.universes()
  const largest = (type?: string): string | undefined =>
    universes
      .filter((universe) => type === undefined || universe.type === type)
      .reduce<{ name?: string; count: number }>((a, b) => (b.count > a.count ? b : a), { count: 0 }).name
  const [etf, sector, theme, any] = [largest('ETF'), largest('SECTOR'), largest('THEME'), largest()]
  const symbol = any === undefined ? undefined : snapshot.universeMembers(any)?.[0]?.symbol
  const type = universes.find(({ name }) => name === any)?.type ?? ''
  const responses = await responsesWith(any)
  return [
    { lookup: 'etf_holdings', argument: etf, call: (name) => snapshot.etfHoldings(name) },
    { lookup: 'etfs_of', argument: symbol, call: (name) => snapshot.etfsOf(name) },
    { lookup: 'sector_of', argument: symbol, call: (name) => snapshot.sectorOf(name) },
    { lookup: 'stocks_of', argument: sector, call: (name) => snapshot.stocksOf(name) },
    { lookup: 'theme_members', argument: theme, call: (name) => snapshot.themeMembers(name) },
    { lookup: 'members', argument: any, call: (name) => snapshot.members(type, name) },
    { lookup: 'groups_of', argument: symbol, call: (name) => snapshot.groupsOf(name) },
    { lookup: 'stock', argument: symbol, call: (name) => snapshot.stock(name) },
    { lookup: 'group', argument: any, call: (name) => snapshot.group(type, name) },
    { lookup: 'fingerprint', argument: any, call: (name) => snapshot.fingerprint(type, name) },
    { lookup: 'symbols', argument: any, call: (names) => attempt(() => snapshot.symbols(names)) },
    { lookup: 'universes', argument: any && type, call: (wanted) => snapshot.universes(wanted) },
    { lookup: 'rendered_answer', argument: any, call: (key) => responses.get(key, '') },
  ]
}

/** A response cache that holds one entry. */
async function responsesWith(key: string | undefined): Promise<ResponseCache> {
  const responses = new ResponseCache()
  if (key !== undefined) await responses.warm({ key, version: '', build: () => ({ body: '{}' }) })
  return responses
}

/** Ignores the error that an unknown name in a union raises. */
function attempt(call: () => unknown): unknown {
  try {
    return call()
  } catch {
    return undefined
  }
}

/** Calls for one slice to warm up, then measures another one. */
async function time(call: () => unknown): Promise<{ ns: number; calls: number }> {
  await turn()
  repeat(call)
  await turn()
  return repeat(call)
}

/** Returns the median of many batches, so that interruptions do not count. */
function repeat(call: () => unknown): { ns: number; calls: number } {
  const batches: number[] = []
  const end = performance.now() + SLICE_MS
  for (let start = performance.now(); start < end;) {
    for (let i = 0; i < CALLS_PER_BATCH; i++) call()
    const now = performance.now()
    batches.push(now - start)
    start = now
  }
  batches.sort((a, b) => a - b)
  const ns = (batches[batches.length >> 1]! * 1e6) / CALLS_PER_BATCH
  return { ns: Math.round(ns * 10) / 10, calls: batches.length * CALLS_PER_BATCH }
}
