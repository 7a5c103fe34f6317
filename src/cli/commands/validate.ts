import type { Command } from 'commander'
import { withClient } from '../../database/connect.js'
import { printJson } from '../../console/text.js'
import { renderValidation } from '../../console/validate.js'
import { validate } from '../../operations/validate.js'
import { connectOptions, type GlobalOptions } from '../options.js'

const FEW = 3
/** Enough to work with; a broken load can have tens of thousands, which nobody reads on a terminal. */
const MANY = 100

interface Options extends GlobalOptions {
  environment: string
  verbose?: boolean
  json?: boolean
}

/** `universes validate`: exit code 1 when a check fails; a warning leaves it at 0. */
export function register(program: Command): void {
  program
    .command('validate')
    .description('check that stocks, universes, history and cache agree')
    .option('--environment <name>', 'environment of the groups', 'DEFAULT')
    .option('--verbose', `list the findings, up to ${MANY} per check, and what to do about them`)
    .option('--json', 'print the result as JSON; with --verbose with all the findings that it lists')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const validation = await withClient(connectOptions(options), (client) =>
        validate(client, options.environment, options.verbose ? MANY : FEW),
      )
      if (options.json) printJson(validation)
      else console.log(renderValidation(validation, options.verbose))
      if (validation.status === 'FAIL') process.exitCode = 1
    })
}
