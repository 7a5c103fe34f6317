import type { Command } from 'commander'
import { withClient } from '../../database/connect.js'
import { printJson } from '../../console/text.js'
import { renderValidation } from '../../console/validate.js'
import { validate } from '../../operations/validate.js'
import { connectOptions, ENVIRONMENT, type GlobalOptions } from '../options.js'

const DEFAULT_SAMPLES = 3
/** A broken load can have tens of thousands of findings, too many for a terminal. */
const MAX_SAMPLES = 100

interface Options extends GlobalOptions {
  environment: string
  verbose?: boolean
  json?: boolean
}

/** `universes validate`: exit code 1 if a check fails, 0 with warnings only. */
export function register(program: Command): void {
  program
    .command('validate')
    .description('check that stocks, universes, history and cache are consistent')
    .addOption(ENVIRONMENT)
    .option('--verbose', `list the findings, up to ${MAX_SAMPLES} per check, with remedies`)
    .option('--json', 'print the result as JSON; --verbose includes the listed findings')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const validation = await withClient(connectOptions(options), (client) =>
        validate(client, options.environment, options.verbose ? MAX_SAMPLES : DEFAULT_SAMPLES),
      )
      if (options.json) printJson(validation)
      else console.log(renderValidation(validation, options.verbose))
      if (validation.status === 'FAIL') process.exitCode = 1
    })
}
