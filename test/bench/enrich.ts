import type { Client } from 'pg'
import { interleave, type Row } from './bench.js'
import { walBesideRowAndEvent } from './refresh-unchanged.js'
import { ratioLine } from './report.js'
import { wholeMarket } from './whole-market.js'

/** Sectors of all stocks, when none has changed. */
export const enrich: Row = {
  name: 'enrich',
  run: async (bench) => {
    const market = await wholeMarket(bench)
    const { client, drop } = await bench.servers.database(market.template)
    const { rows } = await client.query<{ stocks: string }>('SELECT count(*) AS stocks FROM stock_sectors')
    const stocks = Number(rows[0]!.stocks).toLocaleString('en-US')
    const name = `enrich sectors, nothing changed: ${stocks} stocks of ${market.name}`
    bench.log(name)
    const floor = { run: () => client.query(CLASSIFICATION) }
    const rounds = bench.quick ? 7 : 21
    const full = await interleave(floor, { run: () => enrichSectors(client, 'full') }, rounds, 3)
    const incremental = await interleave(
      floor,
      { run: () => enrichSectors(client, 'incremental') },
      rounds,
      3,
    )
    const wal = await walBesideRowAndEvent(client, name, () => enrichSectors(client, 'full'))
    await drop()
    const note = 'floor: the classification query, read on the server'
    return [
      ratioLine(`${name}; full`, full, { atMost: 1.5 }, { note }),
      wal,
      ratioLine(`${name}; incremental`, incremental, { atMost: 1.5 }, { note }),
    ]
  },
}

/**
 * Reads the minimum needed to detect that nothing has changed: the desired sector, industry and complete list of every
 * stock with their reasons, which are part of a membership, and the current memberships. The rows stay on the server.
 * The comparison itself, the lock, the run's row and its event are counted as ours.
 */
const CLASSIFICATION = `
  SELECT
    (SELECT count(*) FILTER (WHERE d.symbol <> d.group_name AND d.metadata IS NOT NULL) FROM desired_classes AS d),
    (SELECT count(m.metadata)
     FROM definition_groups AS g
     JOIN group_memberships AS m ON m.group_id = g.id
     WHERE g.type IN ('SECTOR', 'INDUSTRY', 'COMPLETE', 'ETF_CATEGORY') AND g.environment = 'DEFAULT')`

/** Runs enrich_sectors and fails when it failed or changed anything. */
async function enrichSectors(client: Client, mode: 'full' | 'incremental'): Promise<void> {
  const { rows } = await client.query<{ status: string; total_changes: number; error: unknown }>(
    'SELECT status, total_changes, error FROM enrich_sectors($1)',
    [mode],
  )
  if (rows[0]?.status !== 'completed' || rows[0].total_changes !== 0) {
    throw new Error(`enrich_sectors was not idle: ${JSON.stringify(rows[0])}`)
  }
}
