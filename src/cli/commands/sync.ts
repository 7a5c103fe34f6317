import type { Command } from 'commander'
import { printJson } from '../../console/text.js'
import { renderFailure, renderStep, renderSyncEnd, syncFailure } from '../../console/sync.js'
import { startStepProgress } from '../../console/sync-progress.js'
import { sync, type SyncResult } from '../../operations/sync.js'
import { connectOptions, type GlobalOptions } from '../options.js'

interface Options extends GlobalOptions {
  force?: boolean
  environment: string
  report?: string
  triggeredBy: string
  json?: boolean
}

/** `universes sync [DIR]`: exit code 1 at the first step that fails, 2 when nothing could be begun as asked. */
export function register(program: Command): void {
  program
    .command('sync')
    .description('the weekly routine: load what is new, enrich, refresh, validate, report')
    .argument(
      '[dir]',
      'folder of the files: holdings, universes/, themes/, sectors/, market/ (default: holdings/)',
    )
    .option('--force', 'load and change what a guard would hold')
    .option('--report <file>', 'write the report as Markdown')
    .option('--environment <name>', 'environment of the universes', 'DEFAULT')
    .option('--triggered-by <who>', 'recorded with every load and run', 'universes sync')
    .option('--json', 'print what every step answered as JSON')
    .action(async (directory: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const result = await runSync(directory, options)
      if (result.status === 'failed') throw syncFailure(result)
    })
}

async function runSync(directory: string | undefined, options: Options): Promise<SyncResult> {
  const { json, ...given } = options
  const progress = startStepProgress(!json && process.stderr.isTTY)
  try {
    const result = await sync({
      ...connectOptions(options),
      ...{ directory, force: given.force, report: given.report },
      ...{ environment: given.environment, triggeredBy: given.triggeredBy },
      onProgress: progress.show,
      onStep: (step) => {
        progress.stop()
        if (!json) console.log(renderStep(step))
      },
    })
    if (json) printJson(result)
    else printEnd(result)
    return result
  } finally {
    progress.stop()
  }
}

/** Details are for failures only: a routine that went well is a line per step. */
function printEnd(result: SyncResult): void {
  const failed = result.steps.find(({ status }) => status === 'failed')
  const text = failed ? renderFailure(failed) : renderSyncEnd(result)
  if (text !== '') console.log(`\n${text}`)
}
