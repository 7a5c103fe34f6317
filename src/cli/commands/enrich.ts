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

/** `universes enrich sectors`: exit code 1 if the run failed or a guard held a universe. */
export function register(program: Command): void {
  const command = program.command('enrich').description('complete the attributes of stocks')
  addRunOptions(
    command
      .command('sectors')
      .description('assign every active stock to its sector')
      .addOption(
        new Option(
          '--mode <mode>',
          'full: every stock; incremental: changed stocks; dry-run: full, without keeping the result',
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
      mode: isFull ? 'full' : 'incremental',
      force,
      environment,
      dryRun: dryRun || mode === 'dry-run',
    },
    showSteps(options),
  )
  finishRun(run, options)
  if (!options.json && !run.dry_run) console.log(`\n${await coverage(client, environment)}`)
}

/** Renders the number of stocks classified by each source. */
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
