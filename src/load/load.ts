import pg from 'pg'
import { withClient, type ConnectOptions } from '../database/connect.js'
import { UniversesError } from '../errors.js'
import { findFiles } from './finding/find-files.js'
import { inspectFiles, type InspectedFile } from './finding/inspect-file.js'
import { mappedLayout, saveLayout, type ColumnMap } from './formats/mapped-layout.js'
import { IssuerRecogniser, pickFund } from './finding/recognise-files.js'
import type { LoadKind } from './kinds.js'
import { SMALL_BYTES } from './read-file.js'
import type { LoadMode, LoadResult } from './result.js'
import { readRowLimit } from './staging/row-limit.js'
import { stageFile } from './staging/stage-file.js'

/** Options of a load. */
export interface LoadOptions extends ConnectOptions {
  kind: LoadKind
  /**
   * Files, or directories except for symbols and prices, which have to be named. Default: the kind's place in `holdings/`
   * of the working directory; a usage error if there is none.
   */
  paths?: readonly string[] | undefined
  /** Default: `incremental`. */
  mode?: LoadMode | undefined
  dryRun?: boolean | undefined
  /** Overrides membership_guards. */
  force?: boolean | undefined
  /** Loads nothing if one file is bad. */
  strict?: boolean | undefined
  environment?: string | undefined
  /** The only fund to load, kind etfs only. */
  etf?: string | undefined
  /** Header cells of the columns, where the files are neither canonical nor of a known layout; kinds of universes only. */
  columns?: ColumnMap | undefined
  /** Name under which the columns become a row of issuer_formats, unless it is a dry run. */
  saveFormat?: string | undefined
  triggeredBy?: string | undefined
  /** Connection to use, outside a transaction. Default: one of its own. */
  client?: pg.Client | undefined
  /** Receives the bytes read so far and the bytes to read. */
  onProgress?: ((read: number, total: number) => void) | undefined
}

/**
 * Loads files in one transaction and returns its row of load_runs, with numbers of symbols instead of symbols, and its source. Bad
 * files are part of the result, not an error; a path that does not exist is a usage error. Rejects with SQLSTATE UV001
 * and changes nothing if another refresh or load is running.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const startedAt = new Date()
  const found = findFiles(options.kind, options.paths ?? [], options.etf)
  const mapped = options.columns && mappedLayout(options.columns, options.saveFormat)
  const inspected = await inspectFiles(options.kind, found.files, mapped !== undefined)
  const run = (client: pg.Client): Promise<LoadResult> =>
    inTransaction(client, async () => {
      const recogniser = new IssuerRecogniser(client, options.environment ?? 'DEFAULT', mapped)
      const recognised = await recogniser.recogniseAll(options.mode ?? 'incremental', inspected)
      if (mapped && options.saveFormat !== undefined && !options.dryRun) {
        const fits = recognised.some(({ format }) => format?.name === mapped.name)
        if (fits) await saveLayout(client, mapped)
      }
      const files = pickFund(recognised, found.pick, found.source[0] ?? '')
      await copyFiles(client, options, await stageFiles(client, options, files))
      const row = await finishLoad(client, options, startedAt, found.complete)
      return { ...row, source: found.source }
    })
  return options.client
    ? run(options.client)
    : withClient({ applicationName: 'universes load', ...options }, run)
}

/** Announces the files to the database, which returns those that have to be copied. */
async function stageFiles(
  client: pg.Client,
  { kind, mode, environment }: LoadOptions,
  files: readonly InspectedFile[],
): Promise<Map<number, InspectedFile>> {
  const stated = files.map(({ name, md5, group, format, problem }, index) => ({
    file: index + 1,
    name,
    md5,
    group_type: group?.type,
    group_name: group?.name,
    columns: format?.columns,
    unread: format?.unread,
    format: format?.name,
    as_of: format?.asOf,
    problem,
  }))
  const { rows } = await client.query<{ file: number }>(
    'SELECT file FROM stage_files($1, $2, $3, $4) AS file',
    [kind, mode ?? 'incremental', JSON.stringify(stated), environment ?? 'DEFAULT'],
  )
  return new Map(rows.map(({ file }) => [file, files[file - 1]!]))
}

async function copyFiles(
  client: pg.Client,
  { kind, onProgress }: LoadOptions,
  pending: ReadonlyMap<number, InspectedFile>,
): Promise<void> {
  if (pending.size === 0) return
  let total = 0
  for (const { bytes } of pending.values()) total += bytes
  const buffer = Buffer.allocUnsafe(SMALL_BYTES)
  const limit = await readRowLimit(client, kind)
  let before = 0
  for (const [number, file] of pending) {
    const onRead = (read: number): void => onProgress?.(before + read, total)
    await stageFile(client, number, file, { buffer, limit, onRead })
    before += file.bytes
    onProgress?.(before, total)
  }
}

async function finishLoad(
  client: pg.Client,
  options: LoadOptions,
  startedAt: Date,
  complete: boolean,
): Promise<Omit<LoadResult, 'source'>> {
  const { kind, mode = 'incremental', dryRun, force, strict, environment, triggeredBy } = options
  const { rows } = await client.query<{ load: Omit<LoadResult, 'source'> }>(
    'SELECT load_result(l) AS load FROM finish_load($1, $2, $3, $4, $5, $6, $7, $8, $9) AS l',
    [
      kind,
      mode,
      startedAt,
      complete && mode === 'full',
      dryRun ?? false,
      force ?? false,
      strict ?? false,
      environment ?? 'DEFAULT',
      triggeredBy ?? 'universes load',
    ],
  )
  return rows[0]!.load
}

async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  let broken: Error | undefined
  const listener = (error: Error): void => void (broken ??= error)
  client.on('error', listener)
  try {
    await client.query('BEGIN')
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (thrown) {
    // A broken connection has nothing to roll back, and its cause says more than the failed statement.
    await client.query('ROLLBACK').catch(() => undefined)
    if (broken === undefined || thrown instanceof pg.DatabaseError) throw thrown
    throw new UniversesError(`the connection to PostgreSQL broke: ${broken.message}`, {
      cause: broken,
      hint: 'Run the load again: it is one transaction, and files that went in are skipped.',
    })
  } finally {
    client.off('error', listener)
  }
}
