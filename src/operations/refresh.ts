import type pg from 'pg'

/** Modes of refresh_universes. */
export const REFRESH_MODES = ['full', 'market_cap', 'sectors', 'themes', 'ipos', 'delistings'] as const
export type RefreshMode = (typeof REFRESH_MODES)[number]

/** What wrote a row of sync_runs. */
export type RunMode = RefreshMode | 'changed_sectors' | 'rollback' | 'import'

/** Arguments of refresh_universes; what is left out keeps the function's default. */
export interface RefreshOptions {
  mode?: RefreshMode | undefined
  append?: boolean | undefined
  dryRun?: boolean | undefined
  force?: boolean | undefined
  environment?: string | undefined
  triggeredBy?: string | undefined
}

/** One step of a run: its counts beside name and milliseconds. */
export interface RunStep {
  step: string
  milliseconds: number
  [count: string]: number | string
}

/** What a run tells about a step that it has finished. */
export interface RunProgress {
  run_id: string
  mode: RunMode
  /** The step that has ended; null when a job begins. */
  step: string | null
  milliseconds: number
  /** Place of the step, from 1, and the number of steps; 0 when a job begins. */
  position: number
  of: number
  /** The step that begins now; null after the last one. */
  next: string | null
  [count: string]: number | string | null
}

/** What a run or load did to one universe. */
export interface UniverseChange {
  type: string
  name: string
  count: number
  members_before: number
  added: string[]
  removed: string[]
  updated: number
  held: boolean
}

/** A limit that a run exceeded; value and limit in the given unit. */
export interface Alert {
  alert: string
  subject: string
  value: number
  limit: number
  unit: string
}

/** A row of sync_runs. */
export interface SyncRun {
  id: string
  mode: RunMode
  status: 'completed' | 'failed'
  append: boolean
  dry_run: boolean
  force: boolean
  environment: string
  triggered_by: string
  started_at: Date
  finished_at: Date
  steps: RunStep[]
  changes: UniverseChange[]
  alerts: Alert[]
  total_changes: number
  error: { sqlstate: string; message: string; detail?: string; hint?: string; context?: string } | null
}

/**
 * Calls refresh_universes and returns its run, failed runs included. `onStep` receives the report of each step while
 * the run goes on. Rejects with SQLSTATE UV001 when another refresh or load is running.
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
  /** full: every active stock; incremental, the default: those that may have changed. */
  mode?: 'full' | 'incremental' | undefined
}

/** Calls enrich_sectors and returns its run, failed runs included. Rejects with UV001 like refresh(). */
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
  /** The moment just before the run or load instead of its end. */
  before?: boolean | undefined
}

/**
 * Brings memberships back to what they were and returns the run. Rejects with UV001 (busy), UV002 (`to` is nothing
 * known) and UV003 (no such run, or a moment before history); nothing is changed then.
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

/** Calls run_job: runs a job of sync_jobs and returns its run, or the run there is. Rejects with UV001 like refresh(). */
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

/** The report in the detail of a notice. Triggers of others may send notices too, with whatever in it. */
function stepOf(detail: string | undefined): RunProgress | undefined {
  if (!detail?.startsWith('{')) return undefined
  try {
    const step = JSON.parse(detail) as Partial<RunProgress>
    return typeof step.run_id === 'string' && step.position !== undefined ? (step as RunProgress) : undefined
  } catch {
    return undefined
  }
}
