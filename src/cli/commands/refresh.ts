import { Option, type Command } from 'commander'
import { withClient } from '../../database/connect.js'
import { refresh, REFRESH_MODES, type RefreshMode } from '../../refresh.js'
import { connectOptions, type GlobalOptions } from '../options.js'
import { finishRun, showSteps } from '../run.js'

interface Options extends GlobalOptions {
  mode: RefreshMode
  append?: boolean
  delete: boolean
  dryRun?: boolean
  force?: boolean
  environment: string
  triggeredBy: string
  verbose?: boolean
  json?: boolean
}

/** `universes refresh`: exit code 1 when the run failed or a guard held a universe back. */
export function register(program: Command): void {
  program
    .command('refresh')
    .description('rebuild every derived universe in one transaction')
    .addOption(new Option('--mode <mode>', 'what to refresh').choices(REFRESH_MODES).default('full'))
    .option('--append', 'add and update only: nothing leaves a universe but delisted symbols')
    .option('--no-delete', 'the same as --append')
    .option('--dry-run', 'do everything, report it, keep nothing')
    .option('--force', 'recompute everything and override membership_guards')
    .option('--environment <name>', 'environment of the groups', 'DEFAULT')
    .option('--triggered-by <who>', 'recorded with the run', 'universes refresh')
    .option('--verbose', 'show every step while it runs, every universe and its symbols')
    .option('--json', 'print the run as JSON')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const run = await withClient(connectOptions(options), (client) =>
        refresh(client, { ...options, append: options.append ?? !options.delete }, showSteps(options)),
      )
      finishRun(run, options)
    })
}
