import type { Client } from 'pg'
import { interleave, type Bench, type Row, type Side } from './bench.js'
import { addTradingDay, refresh, refreshedMarket, sizeName } from './market.js'
import { ratioLine, type Line } from './report.js'

/** The same refresh over a year and over ten years of prices. */
export const refreshHistory: Row = {
  name: 'refresh-history',
  run: async (bench) => {
    const stocks = 4_000
    const short = { stocks, days: bench.quick ? 60 : 252 }
    const long = { stocks, days: bench.quick ? 600 : 2_520 }
    const year = await bench.servers.database(await refreshedMarket(bench.servers, short))
    const decade = await bench.servers.database(await refreshedMarket(bench.servers, long))
    const lines: Line[] = []
    for (const day of ['nothing changed', 'a typical day'] as const) {
      lines.push(await measure(bench, day, year.client, decade.client, `${sizeName(short)} and ${long.days}`))
    }
    await year.drop()
    await decade.drop()
    return lines
  },
}

async function measure(
  { quick, log }: Bench,
  day: 'nothing changed' | 'a typical day',
  year: Client,
  decade: Client,
  sizes: string,
): Promise<Line> {
  log(`refresh, ${day}: ${sizes}`)
  const side = (client: Client): Side => ({
    before: async () => {
      if (day === 'nothing changed') return
      await client.query('SELECT setseed(0.7)')
      await addTradingDay(client)
    },
    run: () => refresh(client),
  })
  const pairs = await interleave(side(year), side(decade), quick ? 3 : 11, 2)
  return ratioLine(
    `refresh, ${day}: ${sizes}`,
    pairs,
    { atMost: 1.1 },
    { note: 'floor: the shorter history' },
  )
}
