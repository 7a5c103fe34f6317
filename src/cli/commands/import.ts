import type { Command } from 'commander'
import { withClient } from '../../database/connect.js'
import { importLegacy } from '../../operations/refresh.js'
import { connectOptions, type GlobalOptions } from '../options.js'
import { addRunOptions, finishRun, showSteps, type RunOutput } from '../run.js'

interface Options extends GlobalOptions, RunOutput {
  dryRun?: boolean
  environment: string
}

/** `universes import legacy` */
export function register(program: Command): void {
  const command = program.command('import').description('import universes from another system')
  addRunOptions(
    command
      .command('legacy')
      .description('import the universes of old cache_entries rows; the rows stay unchanged'),
  ).action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<Options>()
    const run = await withClient(connectOptions(options), (client) =>
      importLegacy(client, options, showSteps(options)),
    )
    finishRun(run, options)
    const left = Number(run.steps.find(({ step }) => step === 'import')?.['left_alone'])
    if (!options.json && left > 0) {
      console.log(`left alone: ${left} that a file or the rules maintain, or that had members before`)
    }
  })
}
