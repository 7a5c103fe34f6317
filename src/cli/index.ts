#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { toUniversesError, UniversesError } from '../errors.js'
import { printError } from '../console/text.js'
import { packageVersion } from '../package.js'
import { register as doctor } from './commands/doctor.js'
import { register as enrich } from './commands/enrich.js'
import { register as importLegacy } from './commands/import.js'
import { register as key } from './commands/key.js'
import { register as load } from './commands/load.js'
import { register as migrate } from './commands/migrate.js'
import { register as query } from './commands/query.js'
import { register as quickstart } from './commands/quickstart.js'
import { register as refresh } from './commands/refresh.js'
import { register as relay } from './commands/relay.js'
import { register as relationshipReport } from './commands/report.js'
import { register as rollback } from './commands/rollback.js'
import { register as schedule } from './commands/schedule.js'
import { register as serve } from './commands/serve.js'
import { register as sync } from './commands/sync.js'
import { register as validate } from './commands/validate.js'

const program = new Command('universes')
  .description('Keeps stock universes true inside PostgreSQL.')
  .version(packageVersion)
  .option('--database-url <url>', 'PostgreSQL to use (default: DATABASE_URL, else the PG* variables)')
  .option('--schema <name>', 'schema of the package (default: UNIVERSES_SCHEMA, else public)')
  .showHelpAfterError('(add --help for usage)')
  .exitOverride()

for (const register of [
  migrate,
  load,
  enrich,
  refresh,
  sync,
  relay,
  serve,
  key,
  schedule,
  validate,
  relationshipReport,
  query,
  rollback,
  importLegacy,
  doctor,
  quickstart,
]) {
  register(program)
}

try {
  await program.parseAsync()
} catch (thrown) {
  process.exitCode = report(thrown)
}

/** Prints an error and returns the exit code. Commander has already printed its usage errors; a bug shows its stack. */
function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
  const error = toUniversesError(thrown)
  printError(error)
  const expected = thrown instanceof UniversesError || error.code !== undefined
  if (!expected && thrown instanceof Error) console.error(thrown.stack)
  return error.exitCode
}
