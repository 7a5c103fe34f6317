import { performance } from 'node:perf_hooks'
import { RelationshipCache } from '../../src/cache/index.js'
import type { Row } from './bench.js'
import { ratioLine, type Line, type Pairs } from './report.js'
import { wholeMarket } from './whole-market.js'

/** Looks up all keys `times` times and counts the results. */
type Loop = (keys: readonly string[], times: number) => number

/** One kind of lookup, over keys that all exist. */
interface Lookup {
  name: string
  keys: readonly string[]
  /** One loop per function: a shared loop would measure megamorphic calls. */
  ours: Loop
}

/** Hits of every kind of lookup, against the least that can find something by name. */
export const cacheLookup: Row = {
  name: 'cache-lookup',
  run: async (bench) => {
    const market = await wholeMarket(bench)
    const { url, drop } = await bench.servers.database(market.template)
    const cache = await RelationshipCache.open({ database: { url } })
    const lines = lookups(cache).map((lookup) => {
      bench.log(`cache: ${lookup.name}`)
      return measure(lookup, market.name, bench.quick ? 11 : 41)
    })
    await cache.close()
    await drop()
    return lines
  },
}

function measure({ name, keys, ours }: Lookup, market: string, rounds: number): Line {
  const map = new Map(keys.map((key) => [key, Object.freeze([key])]))
  const floor = floorOf(map)
  const times = Math.ceil(1_000_000 / keys.length)
  const pairs: Pairs = { floor: [], ours: [] }
  for (let round = -5; round < rounds; round++) {
    const [floorTime, ourTime] = [nanoseconds(floor, keys, times), nanoseconds(ours, keys, times)]
    if (round < 0) continue
    pairs.floor.push(floorTime)
    pairs.ours.push(ourTime)
  }
  const note = `${keys.length.toLocaleString('en-US')} keys in turn; floor: Map.get with the same keys`
  return ratioLine(`cache lookup, hit, ${name}: ${market}`, pairs, { atMost: 4 }, { unit: 'ns', note })
}

function nanoseconds(loop: Loop, keys: readonly string[], times: number): number {
  const start = performance.now()
  const found = loop(keys, times)
  const took = performance.now() - start
  if (found !== keys.length * times) throw new Error(`${found} of ${keys.length * times} found`)
  return (took * 1e6) / found
}

function floorOf(map: ReadonlyMap<string, unknown>): Loop {
  return (keys, times) => {
    let found = 0
    for (let time = 0; time < times; time++) for (const key of keys) if (map.get(key) !== undefined) found++
    return found
  }
}

function lookups(cache: RelationshipCache): Lookup[] {
  const funds = cache.etfs().map(({ name }) => name)
  const unions = funds.flatMap((fund) => [`${fund}:${funds[0]}`, `${fund}:${funds[1]}:${funds[2]}`])
  const symbols = cache.symbols(funds.join(':')).slice(0, 1_000)
  return [
    {
      name: 'etfHoldings',
      keys: funds,
      ours: (keys, times) => {
        let found = 0
        for (let time = 0; time < times; time++)
          for (const key of keys) if (cache.etfHoldings(key) !== undefined) found++
        return found
      },
    },
    {
      name: 'etfsOf',
      keys: symbols,
      ours: (keys, times) => {
        let found = 0
        for (let time = 0; time < times; time++)
          for (const key of keys) if (cache.etfsOf(key) !== undefined) found++
        return found
      },
    },
    {
      name: 'groupsOf',
      keys: symbols,
      ours: (keys, times) => {
        let found = 0
        for (let time = 0; time < times; time++)
          for (const key of keys) if (cache.groupsOf(key) !== undefined) found++
        return found
      },
    },
    {
      name: 'sectorOf',
      keys: symbols,
      ours: (keys, times) => {
        let found = 0
        for (let time = 0; time < times; time++)
          for (const key of keys) if (cache.sectorOf(key) !== undefined) found++
        return found
      },
    },
    {
      name: "symbols('SPY:QQQ:...')",
      keys: unions,
      ours: (keys, times) => {
        let found = 0
        for (let time = 0; time < times; time++)
          for (const key of keys) if (cache.symbols(key).length > 0) found++
        return found
      },
    },
  ]
}
