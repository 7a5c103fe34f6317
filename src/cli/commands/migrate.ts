import type { Command } from 'commander'
import { migrateDown, migrateUp, migrationStatus, type MigrateOptions } from '../../database/migrate.js'
import { usageError } from '../../errors.js'
import { printJson, printTable } from '../../report/console.js'
import { connectOptions, type GlobalOptions } from '../options.js'

/** `universes migrate up | down [N] | status` */
export function register(program: Command): void {
  const migrate = program.command('migrate').description('install, take back or list the SQL of this package')
  migrate
    .command('up')
    .description('install every pending migration, all or none')
    .action(async (_options: unknown, command: Command) => {
      const names = await migrateUp(withLog(command))
      if (names.length === 0) console.log('nothing to do: every migration is installed')
    })
  migrate
    .command('down')
    .argument('[count]', 'how many, or "all"', '1')
    .description('take back the last migrations, all or none')
    .action(async (count: string, _options: unknown, command: Command) => {
      const names = await migrateDown(withLog(command), parseCount(count))
      if (names.length === 0) console.log('nothing to do: no migration is installed')
    })
  migrate
    .command('status')
    .description('list the migrations; exit code 1 when one is pending')
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
