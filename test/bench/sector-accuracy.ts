import { Command } from 'commander'
import type pg from 'pg'
import { printTable } from '../../src/console/text.js'
import { dataDir } from '../support/data.js'
import { isMet, loadRealSectors, measureShares, readReference, worstCodes } from './accuracy.js'
import { startServers } from './servers.js'

const command = new Command('accuracy')
  .description(
    'measures the sectors of real stocks against gics_sectors.csv; exit code 1 when a goal is missed',
  )
  .option('--data <folder>', 'folder of the real market data (default: TEST_DATA_DIR, else ../shared/data)')
  .parse()
const folder = command.opts<{ data?: string }>().data ?? dataDir()
if (folder === undefined) command.error('no folder of real market data: give --data or TEST_DATA_DIR')
else await onOwnServer((client) => printAccuracy(client, folder))

async function onOwnServer(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const servers = await startServers((text) => console.error(text))
  try {
    await work((await servers.database()).client)
  } finally {
    await servers.stop()
  }
}

async function printAccuracy(client: pg.Client, data: string): Promise<void> {
  await loadRealSectors(client, data)
  await readReference(client, data)
  const shares = await measureShares(client)
  printTable(
    ['stocks', 'right', 'of', 'percent', 'goal', ''],
    shares.map((share) => [
      share.what,
      share.right,
      share.of,
      Number(share.percent.toFixed(2)),
      share.goal,
      share.goal === undefined ? '' : isMet(share) ? 'met' : 'MISSED',
    ]),
  )
  console.log('\nSIC codes with the most stocks in a wrong sector, by their range alone:')
  printTable(
    ['SIC', 'description', 'sector of its range', 'wrong', 'of', 'most of them belong to'],
    (await worstCodes(client)).map((code) => [
      code.sic_code,
      code.description,
      code.sector,
      code.wrong,
      code.of,
      code.should_be,
    ]),
  )
  if (!shares.every(isMet)) process.exitCode = 1
}
