import { join } from 'node:path'
import { dataDir, issuerPaths } from '../support/data.js'
import type { Bench } from './bench.js'
import { loaded, loadedHoldings, smallHoldings } from './holdings.js'
import { refresh, refreshedMarket } from './market.js'

/** A database that is looked at as a whole. */
export interface WholeMarket {
  /** "the real data" */
  name: string
  template: string
}

/** Everything real loaded, issuer files included, and refreshed; a generated market where the data is not there. */
export async function wholeMarket(bench: Bench): Promise<WholeMarket> {
  const data = dataDir()
  if (data === undefined) {
    const size = { stocks: 4_000, days: bench.quick ? 60 : 252 }
    return { name: 'a generated market', template: await refreshedMarket(bench.servers, size) }
  }
  const holdings = await loadedHoldings(bench, await smallHoldings(bench))
  const template = await bench.servers.template(
    'the whole of the real data, refreshed',
    async (client) => {
      await loaded({ kind: 'universes', paths: [join(data, 'universes')], client })
      // The same funds as in holdings/, some of other dates: named one by one, they retire no other.
      await loaded({ kind: 'etfs', paths: issuerFiles(data), client, force: true })
      await refresh(client)
      await client.query('VACUUM (ANALYZE)')
    },
    holdings,
  )
  return { name: 'the real data', template }
}

/** The raw issuer files of the real data. */
export function issuerFiles(data: string): string[] {
  return Object.values(issuerPaths(data))
}
