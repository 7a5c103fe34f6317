import { fork } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../src/package.js'
import type { Row } from './bench.js'
import { largeHoldings, loadedHoldings } from './holdings.js'
import { limitLine } from './report.js'

/** Peak memory of `universes load` in a separate process; also loads the data of the following rows. */
export const loadMemory: Row = {
  name: 'load-memory',
  run: async (bench) => {
    const holdings = await largeHoldings(bench)
    bench.log(`memory of the loader: ${holdings.name}`)
    let megabytes = Number.NaN
    await loadedHoldings(bench, holdings, async (_client, url) => {
      megabytes = (await peakOf(['load', 'etfs', holdings.folder, '--mode', 'full'], url)) / 1024
    })
    const nothing = (await peakOf(['--help'], '')) / 1024
    return [
      limitLine(`peak memory of the loader: ${holdings.name}`, megabytes, 100, 'MB', {
        note: `resident set of the process; ${nothing.toFixed(0)} MB of it for \`universes --help\``,
      }),
    ]
  },
}

/** Kilobytes of the largest resident set of a command, which has to end with code 0. */
export async function peakOf(args: string[], url: string): Promise<number> {
  const report = 'data:text/javascript,process.on("exit",()=>process.send(process.resourceUsage().maxRSS))'
  const child = fork(join(packageRoot, 'dist', 'src', 'cli', 'index.js'), args, {
    execArgv: ['--import', report],
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let peak = 0
  child.on('message', (kilobytes) => (peak = Number(kilobytes)))
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0 || peak === 0) throw new Error(`universes ${args.join(' ')} ended with code ${String(code)}`)
  return peak
}
