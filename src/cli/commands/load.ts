import { Option, type Command } from 'commander'
import type pg from 'pg'
import { withClient } from '../../database/connect.js'
import { load, type LoadOptions } from '../../load/load.js'
import { startProgress } from '../../console/load/progress.js'
import { renderLoad } from '../../console/load/render.js'
import { parseColumns } from '../../load/formats/mapped-layout.js'
import { kindOf, LOAD_KINDS, type LoadKind } from '../../load/kinds.js'
import { isClean, type LoadMode, type LoadResult } from '../../load/result.js'
import { usageError } from '../../errors.js'
import { connectOptions, ENVIRONMENT, type GlobalOptions } from '../options.js'

interface LoadCommandOptions extends GlobalOptions {
  mode?: LoadMode | 'dry-run'
  dryRun?: boolean
  rebuild?: boolean
  force?: boolean
  strict?: boolean
  verbose?: boolean
  json?: boolean
  environment?: string
  etf?: string
  columns?: string
  save?: string
}

/** `universes load KIND [FILE or DIR ...]`, a subcommand per kind. */
export function register(program: Command): void {
  const parent = program.command('load').description('load files; exit code 1 when one is rejected or held')
  for (const kind of LOAD_KINDS) {
    const { description, noDirectories, issuers, universe } = kindOf(kind)
    const command = parent
      .command(kind)
      .description(description)
      .argument(
        noDirectories ? '<files...>' : '[paths...]',
        issuers ? 'CSV files, .csv.gz or .xlsx' : 'CSV files, or .csv.gz',
      )
      .addOption(
        new Option(
          '--mode <mode>',
          'full: every file; incremental: files whose checksum changed; dry-run: change nothing',
        )
          .choices(['full', 'incremental', 'dry-run'])
          .default('incremental'),
      )
      .option('--dry-run', 'show what would change, change nothing')
      .option('--rebuild', 'same as --mode full')
      .option('--force', 'override membership_guards')
      .option('--strict', 'load nothing if one file is rejected or held')
      .addOption(ENVIRONMENT)
      .option('--json', 'print the row of load_runs as JSON, and what was read')
    if (universe !== undefined) {
      command.option(
        '--columns <map>',
        'which column is which, in files of an unknown layout: symbol=Ticker,weight="% Weight"',
      )
      command.option('--save <name>', 'keep --columns as a row of issuer_formats for later loads')
      command.option('--verbose', 'show each line that was skipped, and why')
    }
    if (issuers) {
      command.option('--etf <ticker>', 'load this fund only, or say which fund the file is about')
    }
    command.action(async (paths: string[], _options: unknown, self: Command) => {
      await loadCommand(kind, paths, self.optsWithGlobals<LoadCommandOptions>())
    })
  }
}

async function loadCommand(kind: LoadKind, paths: string[], options: LoadCommandOptions): Promise<void> {
  await withClient({ applicationName: 'universes load', ...connectOptions(options) }, async (client) => {
    const progress = options.json ? undefined : startProgress()
    try {
      const result = await load({ ...loadOptions(kind, paths, options), client, onProgress: progress?.show })
      progress?.stop()
      console.log(options.json ? await runAsJson(client, result) : renderLoad(result, options.verbose))
      if (!isClean(result)) process.exitCode = 1
    } finally {
      progress?.stop()
    }
  })
}

/** Returns the row of load_runs, with every symbol, and the source; as text, because it can be long. */
async function runAsJson(client: pg.Client, { id, source }: LoadResult): Promise<string> {
  const { rows } = await client.query<{ run: string }>(
    "SELECT jsonb_pretty(to_jsonb(l) || jsonb_build_object('source', $2::jsonb)) AS run FROM load_runs AS l WHERE l.id = $1",
    [id, JSON.stringify(source)],
  )
  return rows[0]?.run ?? ''
}

/** Translates the options of the command line into those of `load()`. */
export function loadOptions(kind: LoadKind, paths: string[], options: LoadCommandOptions): LoadOptions {
  const { mode, dryRun, rebuild, force, strict, environment, etf, columns, save } = options
  if (environment?.trim() === '') throw usageError('--environment is empty', 'Name one, or omit the option.')
  if (save !== undefined && columns === undefined)
    throw usageError(
      '--save without --columns',
      'Say which column is which: --columns symbol=Ticker --save my_issuer',
    )
  return {
    ...connectOptions(options),
    kind,
    paths,
    force,
    strict,
    environment,
    etf,
    columns: columns === undefined ? undefined : parseColumns(columns),
    saveFormat: save,
    mode: rebuild || mode === 'full' ? 'full' : 'incremental',
    dryRun: dryRun || mode === 'dry-run',
  }
}
