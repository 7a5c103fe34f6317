import type { LoadMode } from '../../src/load/result.js'
import { interleave, walOf, type Bench, type Row, type Side } from './bench.js'
import { copyAll, largeHoldings, loaded, loadedHoldings, smallHoldings, type Holdings } from './holdings.js'
import { startPsql, type Psql } from './psql.js'
import { limitLine, median, ratioLine, type Line } from './report.js'

/** A load when nothing has changed, end to end. */
export const loadUnchanged: Row = {
  name: 'load-unchanged',
  run: async (bench) => [
    ...(await measure(bench, await smallHoldings(bench), bench.quick ? 5 : 15)),
    ...(await measure(bench, await largeHoldings(bench), 3)),
  ],
}

async function measure(bench: Bench, holdings: Holdings, rounds: number): Promise<Line[]> {
  const { client, url, drop } = await bench.servers.database(await loadedHoldings(bench, holdings))
  const psql = await startPsql(url)
  const load = (mode: LoadMode) => (): Promise<unknown> =>
    loaded({ kind: 'etfs', paths: [holdings.folder], mode, client })
  bench.log(`load, nothing changed: ${holdings.name}`)
  const floor = temporaryCopy(psql, holdings)
  const full = await interleave(floor, { run: load('full') }, rounds)
  const incremental = await interleave(floor, { run: load('incremental') }, rounds)
  const wal = { floor: [] as number[], ours: [] as number[] }
  await client.query('CHECKPOINT')
  for (let round = -1; round < (rounds > 5 ? 3 : 1); round++) {
    const row = await walOf(client, () => client.query(OWN_ROW))
    const whole = await walOf(client, load('full'))
    if (round < 0) continue
    wal.floor.push(row)
    wal.ours.push(whole)
  }
  await psql.stop()
  await drop()
  const more = median(wal.ours) - median(wal.floor)
  const name = `load, nothing changed: ${holdings.name}`
  return [
    ratioLine(
      `${name}; checksums ignored`,
      full,
      { atMost: 2.5 },
      { note: 'COPY into a temporary table with psql' },
    ),
    limitLine(`${name}; WAL beside its own row`, more, 1_000, 'bytes', {
      floor: `${median(wal.floor)} bytes for the row`,
      note: `${median(wal.ours)} bytes in all`,
    }),
    ratioLine(`${name}; with checksums`, incremental, { atMost: 0.2 }),
  ]
}

/** COPY of the rows into a temporary table, the cheapest way to have them in the server at all. */
export function temporaryCopy(psql: Psql, holdings: Holdings): Side {
  return {
    before: () => psql.run('CREATE TEMPORARY TABLE copied (symbol text, weight text);'),
    run: () => psql.run(`BEGIN;\n${copyAll(holdings, 'copied')}\nCOMMIT;`),
    after: () => psql.run('DROP TABLE copied;'),
  }
}

/** The load's own row alone, with the same content. */
const OWN_ROW = `
  DO $$
  DECLARE
    v_load load_runs;
  BEGIN
    SELECT * INTO v_load FROM load_runs ORDER BY started_at DESC LIMIT 1;
    v_load.id := gen_random_uuid();
    v_load.started_at := clock_timestamp();
    INSERT INTO load_runs SELECT v_load.*;
  END
  $$`
