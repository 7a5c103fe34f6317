import type pg from 'pg'
import type { UniverseChangeDocument } from '../documents/changes.js'
import {
  REFRESH_MODES,
  type JobProgress,
  type RefreshMode,
  type Run,
  type RunAlert,
  type RunError,
  type RunMode,
  type RunStep,
} from '../documents/runs.js'

export { REFRESH_MODES, type RefreshMode, type RunMode }

/** Arguments of refresh_universes; a missing one has the default of the function. */
export interface RefreshOptions {
  mode?: RefreshMode | undefined
  append?: boolean | undefined
  dryRun?: boolean | undefined
  force?: boolean | undefined
  environment?: string | undefined
  triggeredBy?: string | undefined
}

/** A finished step of a run; every member but `step` is a number. */
export type StepReport = RunStep & { [count: string]: number | string }

/** Progress of a run, reported when a step has finished. */
export type RunProgress = Omit<JobProgress, 'job_id' | 'status' | 'percent'> & { run_id: string }

/** Changes that a run made to one universe, with all symbols. */
export interface UniverseChange extends Omit<
  UniverseChangeDocument,
  'added' | 'removed' | 'added_symbols' | 'removed_symbols'
> {
  added: string[]
  removed: string[]
}

/** A row of sync_runs. */
export interface SyncRun extends Pick<
  Run,
  'mode' | 'status' | 'append' | 'dry_run' | 'force' | 'triggered_by' | 'total_changes'
> {
  id: string
  environment: string
  started_at: Date
  finished_at: Date
  steps: StepReport[]
  changes: UniverseChange[]
  alerts: RunAlert[]
  error: (RunError & { sqlstate: string; context?: string }) | null
}

/**
 * Calls refresh_universes and returns its run, even if it failed. `onStep` is called for each finished step while the
 * run continues. Rejects with UV001 while another refresh or load is running.
 */
export async function refresh(
  client: pg.Client,
  options: RefreshOptions = {},
  onStep: (step: RunProgress) => void = () => undefined,
): Promise<SyncRun> {
  return callRun(client, 'refresh_universes($1, $2, $3, $4, $5, $6)', onStep, [
    options.mode ?? 'full',
    options.append ?? false,
    options.dryRun ?? false,
    options.force ?? false,
    options.environment ?? 'DEFAULT',
    options.triggeredBy ?? 'universes refresh',
  ])
}

/** Options of enrich_sectors. */
export interface EnrichOptions extends Pick<
  RefreshOptions,
  'dryRun' | 'force' | 'environment' | 'triggeredBy'
> {
  /** full: every active stock; incremental (default): stocks that may have changed. */
  mode?: 'full' | 'incremental' | undefined
}

/** Calls enrich_sectors and returns its run, even if it failed. Rejects with UV001 like refresh(). */
export async function enrichSectors(
  client: pg.Client,
  options: EnrichOptions = {},
  onStep: (step: RunProgress) => void = () => undefined,
): Promise<SyncRun> {
  return callRun(client, 'enrich_sectors($1, $2, $3, $4, $5)', onStep, [
    options.mode ?? 'incremental',
    options.dryRun ?? false,
    options.force ?? false,
    options.environment ?? 'DEFAULT',
    options.triggeredBy ?? 'universes enrich',
  ])
}

/** Options of rollback_universes. */
export interface RollbackOptions extends Pick<RefreshOptions, 'dryRun' | 'environment' | 'triggeredBy'> {
  /** Id of a run or load, or a timestamp. */
  to: string
  /** true: the time just before the run or load instead of its end. */
  before?: boolean | undefined
}

/**
 * Restores the memberships of a past time and returns the run. Rejects with UV001 (busy), UV002 (`to` is neither an id
 * nor a timestamp) and UV003 (unknown run, or a time before the history begins), and changes nothing then.
 */
export async function rollback(
  client: pg.Client,
  options: RollbackOptions,
  onStep: (step: RunProgress) => void = () => undefined,
): Promise<SyncRun> {
  return callRun(client, 'rollback_universes($1, $2, $3, $4, $5)', onStep, [
    options.to,
    options.before ?? false,
    options.dryRun ?? false,
    options.environment ?? 'DEFAULT',
    options.triggeredBy ?? 'universes rollback',
  ])
}

/** Imports the universes of old cache_entries rows and returns the run. Rejects with UV001 like refresh(). */
export async function importLegacy(
  client: pg.Client,
  options: Pick<RefreshOptions, 'dryRun' | 'environment' | 'triggeredBy'> = {},
  onStep: (step: RunProgress) => void = () => undefined,
): Promise<SyncRun> {
  return callRun(client, 'import_legacy($1, $2, $3)', onStep, [
    options.dryRun ?? false,
    options.environment ?? 'DEFAULT',
    options.triggeredBy ?? 'universes import',
  ])
}

/** Runs a job of sync_jobs and returns its run, or the run of an earlier call. Rejects with UV001 like refresh(). */
export async function runJob(
  client: pg.Client,
  jobId: string,
  onStep: (step: RunProgress) => void = () => undefined,
): Promise<SyncRun> {
  return callRun(client, 'run_job($1)', onStep, [jobId])
}

async function callRun(
  client: pg.Client,
  call: string,
  onStep: (step: RunProgress) => void,
  params: readonly unknown[],
): Promise<SyncRun> {
  const listener = ({ detail }: { detail?: string | undefined }): void => {
    const step = stepOf(detail)
    if (step) onStep(step)
  }
  client.on('notice', listener)
  try {
    const { rows } = await client.query<SyncRun>(`SELECT * FROM ${call}`, [...params])
    return rows[0]!
  } finally {
    client.off('notice', listener)
  }
}

/** Parses the step in the detail of a notice; undefined for notices of other functions. */
function stepOf(detail: string | undefined): RunProgress | undefined {
  if (!detail?.startsWith('{')) return undefined
  try {
    const step = JSON.parse(detail) as Partial<RunProgress>
    return typeof step.run_id === 'string' && step.position !== undefined ? (step as RunProgress) : undefined
  } catch {
    return undefined
  }
}
