import { findFiles } from '../../src/load/finding/find-files.js'
import { inspectFiles } from '../../src/load/finding/inspect-file.js'
import { stageFile } from '../../src/load/staging/stage-file.js'
import { interleave, type Bench, type Row } from './bench.js'
import { copyAll, largeHoldings, smallHoldings, type Holdings } from './holdings.js'
import { startPsql } from './psql.js'
import { ratioLine, type Line } from './report.js'

/** Reading all holdings into the staging table. */
export const loadStaging: Row = {
  name: 'load-staging',
  run: async (bench) => [
    await measure(bench, await smallHoldings(bench), bench.quick ? 5 : 15),
    await measure(bench, await largeHoldings(bench), bench.quick ? 2 : 5),
  ],
}

async function measure({ servers, log }: Bench, holdings: Holdings, rounds: number): Promise<Line> {
  const { client, url, drop } = await servers.database(holdings.template)
  const psql = await startPsql(url)
  log(`reading into staging: ${holdings.name}`)
  const empty = (): Promise<unknown> => client.query('TRUNCATE staged_members, staged_files')
  const floor = `
    BEGIN;
    SELECT set_config('universes.staged_file', '1', true) \\g /dev/null
    ${copyAll(holdings, 'staged_members')}
    COMMIT;`
  const pairs = await interleave(
    { before: empty, run: () => psql.run(floor) },
    {
      before: empty,
      run: async () => {
        const { files } = findFiles('etfs', [holdings.folder])
        const inspected = await inspectFiles('etfs', files)
        await client.query('BEGIN')
        for (const [index, file] of inspected.entries()) {
          await stageFile(client, index + 1, file)
        }
        await client.query('COMMIT')
      },
    },
    rounds,
  )
  await psql.stop()
  await drop()
  const note = 'psql \\copy into the same table; ours with the checksums'
  return ratioLine(`reading into staging from Node: ${holdings.name}`, pairs, { atMost: 1.2 }, { note })
}
