import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { packageRoot } from '../../src/package.js'
import { apiMembers } from './api-members.js'
import { asOf } from './as-of.js'
import type { Row } from './bench.js'
import { cacheLatency } from './cache-latency.js'
import { cacheLoad } from './cache-load.js'
import { cacheLookup } from './cache-lookup.js'
import { enrich } from './enrich.js'
import { issuer } from './issuer.js'
import { loadLarge } from './load-large.js'
import { loadMemory } from './load-memory.js'
import { loadStaging } from './load-staging.js'
import { loadUnchanged } from './load-unchanged.js'
import { look } from './look.js'
import { oldWay } from './old-way.js'
import { page } from './page.js'
import { refreshDay } from './refresh-day.js'
import { refreshFirst } from './refresh-first.js'
import { refreshHistory } from './refresh-history.js'
import { refreshUnchanged } from './refresh-unchanged.js'
import { relay } from './relay.js'
import { replay } from './replay.js'
import { machine, markdown, type Line } from './report.js'
import { startServers } from './servers.js'
import { serviceLoad } from './service-load.js'

const ROWS: readonly Row[] = [
  refreshUnchanged,
  refreshDay,
  refreshFirst,
  refreshHistory,
  replay,
  enrich,
  asOf,
  look,
  oldWay,
  relay,
  loadStaging,
  loadMemory,
  loadUnchanged,
  loadLarge,
  issuer,
  cacheLookup,
  cacheLatency,
  cacheLoad,
  apiMembers,
  page,
  serviceLoad,
]

const RESULTS = join(packageRoot, 'test', 'bench', 'RESULTS.md')
const INTRODUCTION = `# What \`npm run bench\` measured

Floor and ours are measured in turns within one run; the ratio is that of each pair. Times are medians.`

interface Options {
  only?: string[]
  quick?: boolean
  write?: boolean
}

const command = new Command('bench')
  .description('measures the package against the floors of its goals')
  .option('--only <name...>', `only these rows: ${ROWS.map((row) => row.name).join(', ')}`)
  .option('--quick', 'smaller sizes, fewer repetitions')
  .option('--write', 'write test/bench/RESULTS.md')
  .parse()
const options = command.opts<Options>()
const unknown = options.only?.find((name) => !ROWS.some((row) => row.name === name))
if (unknown !== undefined) command.error(`no row is named ${unknown}`)

const start = Date.now()
const log = (text: string): void => {
  process.stderr.write(`${((Date.now() - start) / 1000).toFixed(1).padStart(7)} s  ${text}\n`)
}

const servers = await startServers(log)
const lines: Line[] = []
const table = (): string =>
  `${machine(servers.version)}${options.quick ? ', --quick' : ''}\n\n${markdown(lines)}`
try {
  for (const row of ROWS) {
    if (options.only && !options.only.includes(row.name)) continue
    for (const line of await row.run({ servers, quick: options.quick === true, log })) {
      lines.push(line)
      const result = line.met ? 'met' : 'MISSED'
      log(`${line.what}: ${line.ratio || line.ours} (${line.floor}, ${line.ours}), ${line.goal}: ${result}`)
    }
    // After every row: what an interrupted run has measured is not lost.
    if (options.write) await writeFile(RESULTS, `${INTRODUCTION}\n\n${table()}`)
  }
} finally {
  process.stdout.write(table())
  await servers.stop()
}
