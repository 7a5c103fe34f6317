import type { Command } from 'commander'
import { printJson } from '../../console/text.js'
import { renderFailure, renderStep, renderSyncEnd, syncFailure } from '../../console/sync/render.js'
import { startStepProgress } from '../../console/sync/progress.js'
import { sync } from '../../console/sync/sync.js'
import type { SyncResult } from '../../operations/sync.js'
import { connectOptions, ENVIRONMENT, type GlobalOptions } from '../options.js'

interface Options extends GlobalOptions {
  force?: boolean
  environment: string
  report?: string
  triggeredBy: string
  json?: boolean
}

/** `universes sync [DIR]`: exit code 1 at the first failed step, 2 for wrong usage. */
export function register(program: Command): void {
  program
    .command('sync')
    .description('weekly sync: load changed files, enrich, refresh, validate, report')
    .argument(
      '[dir]',
      'folder of the files: holdings, universes/, themes/, sectors/, market/ (default: ./holdings)',
    )
    .option('--force', 'override membership_guards')
    .option('--report <file>', 'write the report as Markdown')
    .addOption(ENVIRONMENT)
    .option('--triggered-by <who>', 'recorded with every load and run', 'universes sync')
    .option('--json', 'print the results of all steps as JSON')
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
      directory,
      force: given.force,
      report: given.report,
      environment: given.environment,
      triggeredBy: given.triggeredBy,
      onStart: (folder) => {
        if (!json) console.log(`reading ${folder}`)
      },
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

/** Prints details of a failure; a completed sync needs only its lines per step. */
function printEnd(result: SyncResult): void {
  const failed = result.steps.find(({ status }) => status === 'failed')
  const text = failed ? renderFailure(failed) : renderSyncEnd(result)
  if (text !== '') console.log(`\n${text}`)
}
