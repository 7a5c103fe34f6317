import { Option, type Command } from 'commander'
import { withClient } from '../../database/connect.js'
import { UniversesError, usageError } from '../../errors.js'
import { refresh, REFRESH_MODES, type RefreshMode } from '../../operations/refresh.js'
import { describePrices, waitForPrices, type PricesIn } from '../../operations/wait-for-prices.js'
import { connectOptions, DRY_RUN, ENVIRONMENT, type GlobalOptions } from '../options.js'
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

/** `universes refresh`: exit code 1 if the run failed or a guard held a universe. */
export function register(program: Command): void {
  program
    .command('refresh')
    .description('rebuild every derived universe in one transaction')
    .addOption(new Option('--mode <mode>', 'universes to refresh').choices(REFRESH_MODES).default('full'))
    .option('--append', 'add and update only; no symbol leaves a universe unless delisted')
    .option('--no-delete', 'same as --append')
    .addOption(DRY_RUN)
    .option('--force', 'recompute everything and override membership_guards')
    .addOption(ENVIRONMENT)
    .option('--triggered-by <who>', 'recorded with the run', 'universes refresh')
    .option('--wait-for-prices <date>', 'start when the prices of that day are in; exit code 1 on timeout')
    .option('--timeout <seconds>', 'limit of the wait (default: 3600)')
    .option('--poll <seconds>', 'interval between checks (default: 5)')
    .option('--verbose', 'show every step while it runs, every universe and its symbols')
    .option('--json', 'print the run as JSON')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      await waitIfAsked(options)
      const run = await withClient(connectOptions(options), (client) =>
        refresh(client, { ...options, append: options.append ?? !options.delete }, showSteps(options)),
      )
      finishRun(run, options)
    })
}

async function waitIfAsked(options: Options): Promise<void> {
  const { waitForPrices: day, timeout, poll, verbose, json } = options
  if (day === undefined) {
    if (timeout !== undefined || poll !== undefined)
      throw usageError(
        '--timeout and --poll are for waiting',
        'Add --wait-for-prices DATE, or leave them out.',
      )
    return
  }
  const isShown = !json && (verbose || process.stderr.isTTY)
  await waitForPrices({
    ...connectOptions(options),
    day,
    timeoutMs: milliseconds('--timeout', timeout),
    pollMs: milliseconds('--poll', poll),
    ...(isShown ? { onLook: printChecks(day) } : {}),
  })
}

function milliseconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(seconds) || (seconds === 0 && option === '--poll'))
    throw usageError(`${option}: "${text}" is not a number of seconds`, 'Give one such as 3600 or 0.5.')
  return seconds * 1000
}

/** Prints a line when the result of a check changes. */
function printChecks(day: string): (answer: PricesIn | UniversesError) => void {
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
