import type { Client } from 'pg'
import { interleave, walOf, type Bench, type Row } from './bench.js'
import { RANKING_QUERY, refresh, refreshedMarket, sizeName, type Size } from './market.js'
import { limitLine, median, ratioLine, type Line } from './report.js'

/** A refresh when nothing has changed. */
export const refreshUnchanged: Row = {
  name: 'refresh-unchanged',
  run: async (bench) => {
    const sizes = bench.quick
      ? [{ stocks: 4_000, days: 60 }]
      : [
          { stocks: 4_000, days: 252 },
          { stocks: 100_000, days: 30 },
        ]
    const lines: Line[] = []
    for (const size of sizes) lines.push(...(await measure(bench, size)))
    return lines
  },
}

async function measure({ servers, quick, log }: Bench, size: Size): Promise<Line[]> {
  const { client, drop } = await servers.database(await refreshedMarket(servers, size))
  log(`refresh, nothing changed: ${sizeName(size)}`)
  const pairs = await interleave(
    { run: () => client.query(RANKING_QUERY) },
    { run: () => refresh(client) },
    quick ? 5 : 21,
    3,
  )
  const name = `refresh, nothing changed: ${sizeName(size)}`
  const wal = await walBesideRowAndEvent(client, name, () => refresh(client))
  await drop()
  return [ratioLine(name, pairs, { atMost: 0.5 }), wal]
}

/** WAL of a run that changes nothing, without what its own row and event alone take. */
export async function walBesideRowAndEvent(
  client: Client,
  name: string,
  run: () => Promise<void>,
): Promise<Line> {
  // Pages touched for the first time since a checkpoint are logged in full: not what a run costs.
  await client.query('CHECKPOINT')
  const rowAndEvent = (): Promise<unknown> => client.query(ROW_AND_EVENT)
  for (let i = 0; i < 2; i++) await run().then(rowAndEvent)
  const wal = { floor: [] as number[], ours: [] as number[] }
  for (let i = 0; i < 9; i++) {
    wal.floor.push(await walOf(client, rowAndEvent))
    wal.ours.push(await walOf(client, run))
  }
  const more = median(wal.ours) - median(wal.floor)
  return limitLine(`${name}; WAL beside its own row and event`, more, 1_000, 'bytes', {
    floor: `${median(wal.floor)} bytes for row and event`,
    note: `${median(wal.ours)} bytes in all`,
  })
}

/** The run's own row and event alone, in a transaction of the same shape. */
const ROW_AND_EVENT = `
  DO $$
  DECLARE
    v_run sync_runs;
    v_payload jsonb;
  BEGIN
    SELECT * INTO v_run FROM sync_runs ORDER BY started_at DESC LIMIT 1;
    SELECT payload INTO v_payload FROM universe_events WHERE event = 'cache_sync_completed' ORDER BY seq DESC LIMIT 1;
    v_run.id := gen_random_uuid();
    v_run.started_at := clock_timestamp();
    BEGIN
      PERFORM publish_event('cache_sync_completed', v_payload, v_run.id);
    EXCEPTION
      WHEN SQLSTATE 'UV000' THEN NULL;
    END;
    INSERT INTO sync_runs SELECT v_run.*;
  END
  $$`
