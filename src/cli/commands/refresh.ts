import { Option, type Command } from 'commander'
import { withClient } from '../../database/connect.js'
import { UniversesError, usageError } from '../../errors.js'
import { refresh, REFRESH_MODES, type RefreshMode } from '../../operations/refresh.js'
import { describePrices, waitForPrices, type PricesIn } from '../../operations/wait-for-prices.js'
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
  waitForPrices?: string
  timeout?: string
  poll?: string
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
    .option(
      '--wait-for-prices <date>',
      'begin when the prices of that day are in; exit code 1 when they are not',
    )
    .option('--timeout <seconds>', 'how long to wait for them (default: 3600)')
    .option('--poll <seconds>', 'how often to look for them (default: 5)')
    .option('--verbose', 'show every step while it runs, every universe and its symbols')
    .option('--json', 'print the run as JSON')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      await waitFirst(options)
      const run = await withClient(connectOptions(options), (client) =>
        refresh(client, { ...options, append: options.append ?? !options.delete }, showSteps(options)),
      )
      finishRun(run, options)
    })
}

async function waitFirst(options: Options): Promise<void> {
  const { waitForPrices: day, timeout, poll, verbose, json } = options
  if (day === undefined) {
    if (timeout !== undefined || poll !== undefined)
      throw usageError(
        '--timeout and --poll are for waiting',
        'Add --wait-for-prices DATE, or leave them out.',
      )
    return
  }
  const wanted = !json && (verbose || process.stderr.isTTY)
  await waitForPrices({
    ...connectOptions(options),
    day,
    timeoutMs: milliseconds('--timeout', timeout),
    pollMs: milliseconds('--poll', poll),
    ...(wanted ? { onLook: showLooks(day) } : {}),
  })
}

function milliseconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(seconds) || (seconds === 0 && option === '--poll'))
    throw usageError(`${option}: "${text}" is not a number of seconds`, 'Give one such as 3600 or 0.5.')
  return seconds * 1000
}

/** A line whenever the answer is another one. */
function showLooks(day: string): (answer: PricesIn | UniversesError) => void {
  let shown = ''
  return (answer) => {
    const line =
      answer instanceof UniversesError
        ? `waiting for prices of ${day}: ${answer.message}`
        : `${answer.is_in ? 'prices' : 'waiting for prices'} of ${day}: ${describePrices(answer)}`
    if (line !== shown) console.error(line)
    shown = line
  }
}
