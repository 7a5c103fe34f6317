import { Option, type Command } from 'commander'
import { CHECKS, examine } from '../../doctor/doctor.js'
import { worst } from '../../doctor/finding.js'
import { printJson } from '../../console/text.js'
import { renderFindings } from '../../console/doctor.js'
import { connectOptions, type GlobalOptions } from '../options.js'

interface Options extends GlobalOptions {
  environment: string
  redisUrl?: string
  check?: string[]
  verbose?: boolean
  json?: boolean
}

/** `universes doctor`: exit code 1 if a check fails, 0 with warnings only. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('check the installation and show a remedy for each finding; changes nothing')
    .option('--environment <name>', 'environment whose refresh and schedule are checked', 'DEFAULT')
    .option('--redis-url <url>', 'Redis of the relay (default: REDIS_URL; not checked without either)')
    .addOption(new Option('--check <name...>', 'run only these checks').choices(CHECKS))
    .option('--verbose', 'show every problem and further details')
    .option('--json', 'print the findings as JSON')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const findings = await examine({
        ...connectOptions(options),
        environment: options.environment,
        redisUrl: options.redisUrl,
        only: options.check,
      })
      const status = worst(findings)
      if (options.json) printJson({ status, findings })
      else console.log(renderFindings(findings, options.verbose))
      if (status === 'FAIL') process.exitCode = 1
    })
}
