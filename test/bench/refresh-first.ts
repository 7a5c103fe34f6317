import { interleave, type Bench, type Row } from './bench.js'
import { freshMarket, RANKING_QUERY, refresh, sizeName, type Size } from './market.js'
import { ratioLine, type Line } from './report.js'
import type { Database } from './servers.js'

/** The first refresh of a market: every universe is new. */
export const refreshFirst: Row = {
  name: 'refresh-first',
  run: async (bench) => {
    const lines = [await measure(bench, { stocks: 4_000, days: bench.quick ? 60 : 252 })]
    if (!bench.quick) lines.push(await measure(bench, { stocks: 100_000, days: 30 }))
    return lines
  },
}

async function measure({ servers, quick, log }: Bench, size: Size): Promise<Line> {
  const template = await freshMarket(servers, size)
  log(`first refresh: ${sizeName(size)}`)
  let copy: Database
  const floor = {
    before: async () => {
      copy = await servers.database(template)
      for (let i = 0; i < 2; i++) await copy.client.query(RANKING_QUERY)
    },
    run: () => copy.client.query(RANKING_QUERY),
  }
  const ours = { run: () => refresh(copy.client), after: () => copy.drop() }
  const pairs = await interleave(floor, ours, quick ? 2 : size.stocks > 10_000 ? 3 : 5, 0)
  return ratioLine(`first refresh: ${sizeName(size)}`, pairs, { atMost: 5 }, { note: 'a new copy each time' })
}
