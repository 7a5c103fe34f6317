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

/** `universes rollback`: the emergency procedure after a bad load or refresh. */
export function register(program: Command): void {
  addRunOptions(
    program
      .command('rollback')
      .description('bring the memberships back to what they were; history keeps what is taken back')
      .requiredOption(
        '--to <run|load|timestamp>',
        'id of a run or load (see the view recorded_runs), or a timestamp: as it was when that was over',
      )
      .option('--before', 'just before that run, load or timestamp instead'),
  ).action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<Options>()
    const run = await withClient(connectOptions(options), (client) =>
      rollback(client, options, showSteps(options)),
    )
    finishRun(run, options)
    if (options.json) return
    console.log(describeMoment(run))
    if (run.dry_run || run.total_changes === 0) return
    console.log(
      'Files taken back are held when they come again, unless changed or forced. The next refresh recomputes what follows\n' +
        'from prices and rules: correct those first if they were the trouble.',
    )
  })
}

/** Which moment a name or timestamp without a zone turned out to be, and who could not come back. */
function describeMoment({ steps }: SyncRun): string {
  const [step] = steps
  const inactive = step?.['inactive_left_out']
  const moment = new Date(String(step?.['to'])).toISOString().replace('T', ' ').slice(0, 19)
  const left =
    inactive === 1
      ? '1 symbol is inactive by now and stays out'
      : `${inactive} symbols are inactive by now and stay out`
  return `Memberships as they were at ${moment} UTC${inactive ? `; ${left}` : ''}.`
}
