import type { Command } from 'commander'
import { withClient } from '../../database/connect.js'
import { rollback, type SyncRun } from '../../operations/refresh.js'
import { connectOptions, type GlobalOptions } from '../options.js'
import { addRunOptions, finishRun, showSteps, type RunOutput } from '../run.js'

interface Options extends GlobalOptions, RunOutput {
  to: string
  before?: boolean
  dryRun?: boolean
  environment: string
}

/** `universes rollback`: restores memberships after a bad load or refresh. */
export function register(program: Command): void {
  addRunOptions(
    program
      .command('rollback')
      .description('restore memberships to an earlier state; history keeps the reverted changes')
      .requiredOption(
        '--to <run|load|timestamp>',
        'state after this run or load (an id of the view recorded_runs), or at this timestamp',
      )
      .option('--before', 'state before that run, load or timestamp instead'),
  ).action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<Options>()
    const run = await withClient(connectOptions(options), (client) =>
      rollback(client, options, showSteps(options)),
    )
    finishRun(run, options)
    if (options.json) return
    console.log(describeState(run))
    if (run.dry_run || run.total_changes === 0) return
    console.log(
      'Files taken back are held when they come again, unless changed or forced. The next refresh recomputes what follows\n' +
        'from prices and rules: correct those first if they were the trouble.',
    )
  })
}

/** Resolved time of the restored state, and the number of inactive symbols that were left out. */
function describeState({ steps }: SyncRun): string {
  const [step] = steps
  const inactive = step?.['inactive_left_out']
  const time = new Date(String(step?.['to'])).toISOString().replace('T', ' ').slice(0, 19)
  const left =
    inactive === 1
      ? '1 symbol is inactive by now and stays out'
      : `${inactive} symbols are inactive by now and stay out`
  return `Memberships as they were at ${time} UTC${inactive ? `; ${left}` : ''}.`
}
