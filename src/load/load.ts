import pg from 'pg'
import { withClient, type ConnectOptions } from '../database/connect.js'
import { UniversesError } from '../errors.js'
import { findFiles, oneFilePerUniverse } from './finding/find-files.js'
import { inspectFiles, type InspectedFile } from './finding/inspect-file.js'
import { STAGED_COLUMNS } from './formats/issuer-format.js'
import { SMALL_BYTES } from './staging/read-file.js'
import { pickFund, Recogniser } from './finding/recognise-files.js'
import type { IssuerFile } from './formats/recognise-issuer.js'
import type { LoadKind, LoadMode, LoadResult } from './result.js'
import { stageFile } from './staging/stage-file.js'

/** What to load, and how. */
export interface LoadOptions extends ConnectOptions {
  kind: LoadKind
  /** Files, or directories except for symbols and prices; none means the directory `holdings/`. */
  paths?: readonly string[] | undefined
  /** `incremental` when left out. */
  mode?: LoadMode | undefined
  dryRun?: boolean | undefined
  /** Overrides membership_guards. */
  force?: boolean | undefined
  /** One bad file, and nothing is loaded. */
  strict?: boolean | undefined
  environment?: string | undefined
  /** The one fund to load, kind etfs only. */
  etf?: string | undefined
  triggeredBy?: string | undefined
  /** Connection to use, outside a transaction; one is opened, and closed again, when left out. */
  client?: pg.Client | undefined
  /** Receives the bytes read so far and the bytes to read. */
  onProgress?: ((read: number, total: number) => void) | undefined
}

/**
 * Loads files in one transaction and returns its row of load_runs, symbols counted only. Bad files are in the result and no error, unless
 * all of it is wrong: a path that does not exist is a usage error. Rejects with SQLSTATE UV001 when another refresh
 * or load is running; nothing is changed then.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const startedAt = new Date()
  const found = findFiles(options.kind, options.paths ?? [], options.etf)
  const inspected = await inspectFiles(options.kind, found.files)
  const run = (client: pg.Client): Promise<LoadResult> =>
    inTransaction(client, async () => {
      const recogniser = new Recogniser(client, options.environment ?? 'DEFAULT')
      const recognised = await recogniser.recogniseAll(options.mode ?? 'incremental', inspected)
      const files = oneFilePerUniverse(pickFund(recognised, found.pick, options.paths?.[0]))
      const pending = await stageFiles(client, options, files)
      await copyFiles(client, options, pending, recogniser)
      return finishLoad(client, options, startedAt, found.complete)
    })
  return options.client
    ? run(options.client)
    : withClient({ applicationName: 'universes load', ...options }, run)
}

/** Tells the database about the files and learns which of them have to be copied. */
async function stageFiles(
  client: pg.Client,
  { kind, mode, environment }: LoadOptions,
  files: readonly InspectedFile[],
): Promise<Map<number, InspectedFile>> {
  const stated = files.map((file, index) => ({
    ...{ file: index + 1, name: file.name, md5: file.md5, problem: file.problem },
    ...{ group_type: file.group?.type, group_name: file.group?.name },
    columns: file.format?.columns ?? (file.origin && columnsOf(file.issuer)),
    ...file.origin,
  }))
  const { rows } = await client.query<{ file: number }>(
    'SELECT file FROM stage_files($1, $2, $3, $4) AS file',
    [...[kind, mode ?? 'incremental', JSON.stringify(stated), environment ?? 'DEFAULT']],
  )
  return new Map(rows.map(({ file }) => [file, files[file - 1]!]))
}

/** Columns that an issuer's file fills; all there are while it has not been read. */
function columnsOf(issuer: IssuerFile | undefined): string[] {
  return STAGED_COLUMNS.filter((column) => !issuer || issuer.header.places[column] !== undefined)
}

async function copyFiles(
  client: pg.Client,
  { kind, onProgress }: LoadOptions,
  pending: ReadonlyMap<number, InspectedFile>,
  recogniser: Recogniser,
): Promise<void> {
  let total = 0
  for (const { bytes } of pending.values()) total += bytes
  const buffer = Buffer.allocUnsafe(SMALL_BYTES)
  let before = 0
  for (const [number, file] of pending) {
    const onRead = (read: number): void => onProgress?.(before + read, total)
    await stageFile(client, kind, number, await recogniser.recognise(file), onRead, buffer)
    before += file.bytes
    onProgress?.(before, total)
  }
}

async function finishLoad(
  client: pg.Client,
  options: LoadOptions,
  startedAt: Date,
  complete: boolean,
): Promise<LoadResult> {
  const { kind, mode = 'incremental', dryRun, force, strict, environment, triggeredBy } = options
  const { rows } = await client.query<{ load: LoadResult }>(
    'SELECT load_result(l) AS load FROM finish_load($1, $2, $3, $4, $5, $6, $7, $8, $9) AS l',
    [
      ...[
        kind,
        mode,
        startedAt,
        complete && mode === 'full',
        dryRun ?? false,
        force ?? false,
        strict ?? false,
      ],
      ...[environment ?? 'DEFAULT', triggeredBy ?? 'universes load'],
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
    // On a broken connection there is nothing left to roll back; what broke it says more than that it is broken.
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
