import { performance } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { Lookups } from '../cache/lookups.js'
import { Answers } from './responses/rendered.js'
import type { Service } from './service.js'

/** How long one kind of lookup takes. */
export interface Timing {
  lookup: string
  /** What was looked up; null when there is nothing to find. */
  argument: string | null
  hit_ns: number | null
  miss_ns: number
  calls: number
}

/** Longer than that at a time, no other request would wait. */
const SLICE_MS = 2
const CALLS_AT_ONCE = 50
/** No name has a control character. */
const UNKNOWN = '\u0001'

/** The lookups on the snapshot of this moment, with counters of their own. */
class Probe extends Lookups {
  constructor(cache: Lookups) {
    super()
    // Protected, and nobody's business but that of whoever measures.
    this.current = cache['current']
  }
}

/** One kind of lookup, and what it can find. */
interface Kind {
  lookup: string
  argument: string | undefined
  call: (argument: string) => unknown
}

/**
 * Measures each kind of lookup on what is in memory now, hit and miss, in nanoseconds per call. Takes a fraction of a second,
 * in slices, so that requests are answered meanwhile, and leaves the statistics of the cache as they are.
 */
export async function timeLookups({ cache }: Service): Promise<Timing[]> {
  const probe = new Probe(cache)
  const timings: Timing[] = []
  for (const { lookup, argument, call } of kinds(probe)) {
    const hit = argument === undefined ? undefined : await time(() => call(argument))
    const miss = await time(() => call(UNKNOWN))
    const calls = (hit?.calls ?? 0) + miss.calls
    timings.push({ lookup, argument: argument ?? null, hit_ns: hit?.ns ?? null, miss_ns: miss.ns, calls })
  }
  return timings
}

function kinds(probe: Probe): Kind[] {
  const universes = probe.universes()
  const largest = (type?: string): string | undefined =>
    universes
      .filter((universe) => type === undefined || universe.type === type)
      .reduce<{ name?: string; count: number }>((a, b) => (b.count > a.count ? b : a), { count: 0 }).name
  const [etf, sector, theme, any] = [largest('ETF'), largest('SECTOR'), largest('THEME'), largest()]
  const symbol = any === undefined ? undefined : probe.universeMembers(any)?.[0]?.symbol
  const type = universes.find(({ name }) => name === any)?.type ?? ''
  const answers = answersOf(any)
  return [
    { lookup: 'etf_holdings', argument: etf, call: (name) => probe.etfHoldings(name) },
    { lookup: 'etfs_of', argument: symbol, call: (name) => probe.etfsOf(name) },
    { lookup: 'sector_of', argument: symbol, call: (name) => probe.sectorOf(name) },
    { lookup: 'stocks_of', argument: sector, call: (name) => probe.stocksOf(name) },
    { lookup: 'theme_members', argument: theme, call: (name) => probe.themeMembers(name) },
    { lookup: 'members', argument: any, call: (name) => probe.members(type, name) },
    { lookup: 'groups_of', argument: symbol, call: (name) => probe.groupsOf(name) },
    { lookup: 'stock', argument: symbol, call: (name) => probe.stock(name) },
    { lookup: 'group', argument: any, call: (name) => probe.group(type, name) },
    { lookup: 'fingerprint', argument: any, call: (name) => probe.fingerprint(type, name) },
    { lookup: 'symbols', argument: any, call: (names) => attempt(() => probe.symbols(names)) },
    { lookup: 'universes', argument: any && type, call: (wanted) => probe.universes(wanted) },
    { lookup: 'rendered_answer', argument: any, call: (key) => answers.get(key, '') },
  ]
}

/** Rendered answers of their own, with one of them in it. */
function answersOf(key: string | undefined): Answers {
  const answers = new Answers()
  if (key !== undefined) void answers.prepare({ key, stamp: '', make: () => ({ body: '{}' }) })
  return answers
}

/** An unknown name in a union is thrown. */
function attempt(call: () => unknown): unknown {
  try {
    return call()
  } catch {
    return undefined
  }
}

/** Calls for one slice to warm up, then for another one that counts. */
async function time(call: () => unknown): Promise<{ ns: number; calls: number }> {
  await turn()
  repeat(call)
  await turn()
  return repeat(call)
}

/** The middle one of many batches: whatever interrupts one of them does not count. */
function repeat(call: () => unknown): { ns: number; calls: number } {
  const batches: number[] = []
  const end = performance.now() + SLICE_MS
  for (let start = performance.now(); start < end;) {
    for (let i = 0; i < CALLS_AT_ONCE; i++) call()
    const now = performance.now()
    batches.push(now - start)
    start = now
  }
  batches.sort((a, b) => a - b)
  const ns = (batches[batches.length >> 1]! * 1e6) / CALLS_AT_ONCE
  return { ns: Math.round(ns * 10) / 10, calls: batches.length * CALLS_AT_ONCE }
}
