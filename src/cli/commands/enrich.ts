import { Option, type Command } from 'commander'
import type pg from 'pg'
import { withClient } from '../../database/connect.js'
import { enrichSectors } from '../../operations/refresh.js'
import { renderTable } from '../../console/text.js'
import { connectOptions, type GlobalOptions } from '../options.js'
import { addRunOptions, finishRun, showSteps, type RunOutput } from '../run.js'

interface Options extends GlobalOptions, RunOutput {
  mode: 'full' | 'incremental' | 'dry-run'
  dryRun?: boolean
  force?: boolean
  environment: string
}

/** `universes enrich sectors`: exit code 1 when the run failed or a guard held a universe back. */
export function register(program: Command): void {
  const command = program.command('enrich').description('complete what is known about stocks')
  addRunOptions(
    command
      .command('sectors')
      .description('put every active stock into its sector')
      .addOption(
        new Option(
          '--mode <mode>',
          'full looks at every stock, incremental at what has changed, dry-run is full and keeps nothing',
        )
          .choices(['full', 'incremental', 'dry-run'])
          .default('incremental'),
      )
      .option('--force', 'override membership_guards'),
  ).action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<Options>()
    await withClient(connectOptions(options), (client) => enrich(client, options))
  })
}

async function enrich(client: pg.Client, options: Options): Promise<void> {
  const { mode, dryRun, force, environment } = options
  const isFull = mode !== 'incremental'
  const run = await enrichSectors(
    client,
    {
      ...{ mode: isFull ? 'full' : 'incremental', force, environment },
      dryRun: dryRun || mode === 'dry-run',
    },
    showSteps(options),
  )
  finishRun(run, options)
  if (!options.json && !run.dry_run) console.log(`\n${await coverage(client, environment)}`)
}

/** Which source decided the sectors of how many stocks. */
async function coverage(client: pg.Client, environment: string): Promise<string> {
  const { rows } = await client.query<{ title: string; stocks: string; percent: string }>(
    'SELECT title, stocks, percent FROM sector_coverage WHERE environment = $1',
    [environment],
  )
  return renderTable(
    ['active stocks classified by', 'stocks', 'percent'],
    rows.map(({ title, stocks, percent }) => [title, Number(stocks), Number(percent)]),
  )
}
