import type { Client } from 'pg'
import { interleave, type Bench, type Row } from './bench.js'
import { addTradingDay, RANKING_QUERY, refresh, refreshedMarket, sizeName, type Size } from './market.js'
import { startReader } from './reader.js'
import { limitLine, ratioLine, type Line } from './report.js'

/** A typical day: a new price for every stock, five percent of the market caps move over the limit. */
export const refreshDay: Row = {
  name: 'refresh-day',
  run: async (bench) => {
    const lines = await measure(bench, { stocks: 4_000, days: bench.quick ? 60 : 252 })
    if (!bench.quick) lines.push(...(await measure(bench, { stocks: 100_000, days: 30 })))
    return lines
  },
}

async function measure({ servers, quick, log }: Bench, size: Size): Promise<Line[]> {
  const template = await refreshedMarket(servers, size)
  const members = await servers.database(template)
  await leaveViewsAlone(members.client)
  const whole = await servers.database(template)
  log(`refresh, a typical day: ${sizeName(size)}`)
  const rounds = quick ? 3 : size.stocks > 10_000 ? 7 : 11
  const day = (client: Client): Parameters<typeof interleave> => [
    { before: () => addTradingDay(client), run: () => client.query(RANKING_QUERY) },
    { run: () => refresh(client) },
    rounds,
    2,
  ]
  const membership = await interleave(...day(members.client))
  const withViews = await interleave(...day(whole.client))
  const reader = await startReader(whole.url)
  const readWhile = await interleave(...day(whole.client))
  const { reads, blocked, slowest } = await reader.stop()
  await members.drop()
  await whole.drop()
  const name = `refresh, a typical day: ${sizeName(size)}`
  return [
    ratioLine(`${name}; memberships only`, membership, { atMost: 1.5 }, { note: WITHOUT_VIEWS }),
    ratioLine(`${name}; with the materialized views`, withViews, { atMost: 4 }),
    limitLine(`${name}; reads that had to wait for a lock`, blocked, 1, 'reads', {
      note: `of ${reads}, the slowest took ${slowest.toFixed(1)} ms during ${readWhile.ours.length} refreshes`,
    }),
  ]
}

const WITHOUT_VIEWS = 'on a database whose functions have their REFRESH MATERIALIZED VIEW statements cut out'

/** Cuts the refresh of materialized views out of every function that has one. */
async function leaveViewsAlone(client: Client): Promise<void> {
  const { rows } = await client.query<{ definition: string }>(`
    SELECT pg_get_functiondef(p.oid) AS definition
    FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname = 'universes'
    WHERE p.prokind = 'f' AND p.prosrc LIKE '%REFRESH MATERIALIZED VIEW%'`)
  if (rows.length === 0) throw new Error('no function refreshes the materialized views any more')
  for (const { definition } of rows) {
    await client.query(definition.replaceAll(/^\s*REFRESH MATERIALIZED VIEW [^;]+;/gm, ' NULL;'))
  }
}
