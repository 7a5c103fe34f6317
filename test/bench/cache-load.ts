import type { Client } from 'pg'
import { RelationshipCache, type QuerySnapshot } from '../../src/cache/index.js'
import { interleave, type Row } from './bench.js'
import { ratioLine } from './report.js'
import { wholeMarket } from './whole-market.js'

/** The same rows, with their columns. */
const ROWS = [
  `SELECT id, type, name, description, metadata ->> 'source' AS source, metadata ? 'retired_at' AS retired FROM definition_groups`,
  `SELECT group_id, symbol, weight, (metadata ->> 'rank')::integer AS rank, added_at FROM group_memberships`,
  'SELECT symbol, name, market_cap FROM symbols',
]

/** Loading everything there is. */
export const cacheLoad: Row = {
  name: 'cache-load',
  run: async (bench) => {
    const market = await wholeMarket(bench)
    const { client, drop } = await bench.servers.database(market.template)
    const floor = {
      run: async () => {
        for (const sql of ROWS) await client.query(sql)
      },
    }
    const rounds = bench.quick ? 11 : 41
    bench.log('cache: loading the whole snapshot')
    const loaded = await interleave(floor, { run: () => load(client) }, rounds, 3)
    bench.log('cache: loading the whole snapshot and reading every universe')
    const read = await interleave(floor, { run: async () => readAll(await load(client)) }, rounds, 3)
    const { memberships, symbols } = (await load(client)).statistics()
    const size = `${memberships.toLocaleString('en-US')} memberships, ${symbols.toLocaleString('en-US')} symbols`
    await drop()
    const note = 'one connection for both; floor: the same rows fetched with pg, three statements'
    const name = `cache: loading the whole snapshot, ${market.name}: ${size}`
    return [
      ratioLine(name, loaded, { atMost: 2 }, { note }),
      ratioLine(`${name}, and reading every universe once`, read, { atMost: 2 }, { note }),
    ]
  },
}

/** A new cache, loaded over the connection of the floor. */
function load(client: Client): Promise<RelationshipCache> {
  const query: QuerySnapshot = (snapshot) => client.query<{ document: unknown }>(snapshot)
  return RelationshipCache.open({ listen: false, query, ttlMs: Infinity })
}

function readAll(cache: RelationshipCache): void {
  let members = 0
  for (const { type, name } of cache.universes()) members += cache.members(type, name)?.length ?? 0
  if (members !== cache.statistics().memberships) throw new Error(`${members} members`)
}
