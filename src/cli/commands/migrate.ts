import type { Command } from 'commander'
import { migrateDown, migrateUp, migrationStatus, type MigrateOptions } from '../../database/migrate.js'
import { createRoles, dropRoles } from '../../database/roles.js'
import { usageError } from '../../errors.js'
import { printJson, printTable } from '../../console/text.js'
import { renderDropped, renderProblems, renderRights } from '../../console/roles.js'
import { connectOptions, DRY_RUN, type GlobalOptions } from '../options.js'

interface RolesOptions extends GlobalOptions {
  prefix: string
  dryRun?: boolean
  remove?: boolean
  verbose?: boolean
  json?: boolean
}

/** `universes migrate up | down [N] | status | roles` */
export function register(program: Command): void {
  const migrate = program
    .command('migrate')
    .description('install, revert or list the migrations of this package')
  migrate
    .command('up')
    .description('install all pending migrations in one transaction')
    .action(async (_options: unknown, command: Command) => {
      const names = await migrateUp(withLog(command))
      if (names.length === 0) console.log('nothing to do: every migration is installed')
    })
  migrate
    .command('down')
    .argument('[count]', 'number of migrations, or "all"', '1')
    .description('revert the last migrations in one transaction')
    .action(async (count: string, _options: unknown, command: Command) => {
      const names = await migrateDown(withLog(command), parseCount(count))
      if (names.length === 0) console.log('nothing to do: no migration is installed')
    })
  migrate
    .command('status')
    .description('list the migrations; exit code 1 if one is pending')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }, command: Command) => {
      const states = await migrationStatus(connectOptions(command.optsWithGlobals<GlobalOptions>()))
      if (options.json) printJson(states)
      else
        printTable(
          ['migration', 'installed'],
          states.map((s) => [s.name, s.appliedAt?.toISOString() ?? 'pending']),
        )
      if (states.some((state) => state.appliedAt === null)) process.exitCode = 1
    })
  registerRoles(migrate)
}

function registerRoles(migrate: Command): void {
  migrate
    .command('roles')
    .description('create or update the roles owner, operator and reader; exit code 1 if a right is missing')
    .option('--prefix <name>', 'prefix of the role names: <name>_owner and so on', 'universes')
    .addOption(DRY_RUN)
    .option('--remove', 'drop the roles')
    .option('--verbose', 'name every object')
    .option('--json', 'print JSON')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<RolesOptions>()
      await (options.remove ? remove(options) : create(options))
      if (options.dryRun && !options.json) console.log('dry run, nothing was kept')
    })
}

async function create(options: RolesOptions): Promise<void> {
  const { rights, problems } = await createRoles({ ...options, ...connectOptions(options) })
  if (options.json) printJson({ rights, problems })
  else {
    console.log(renderRights(rights, options.prefix, options.verbose))
    if (problems.length > 0) console.log(`\n${renderProblems(problems)}`)
  }
  if (problems.some(({ status }) => status === 'FAIL')) process.exitCode = 1
}

async function remove(options: RolesOptions): Promise<void> {
  const roles = await dropRoles({ ...options, ...connectOptions(options) })
  if (options.json) printJson(roles)
  else console.log(renderDropped(roles))
}

function withLog(command: Command): MigrateOptions {
  return { ...connectOptions(command.optsWithGlobals<GlobalOptions>()), log: (line) => console.log(line) }
}

function parseCount(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY
  if (!/^[1-9]\d*$/.test(text))
    throw usageError(`"${text}" is not a number of migrations`, 'Give a whole number from 1, or "all".')
  return Number(text)
}
