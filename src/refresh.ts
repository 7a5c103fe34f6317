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
 * Calls refresh_universes and returns its run, failed runs included. `onStep` receives the notice of each step while
 * the run goes on. Rejects with SQLSTATE UV001 when another refresh or load is running.
 */
export async function refresh(
  client: pg.Client,
  options: RefreshOptions = {},
  onStep: (notice: string) => void = () => undefined,
): Promise<SyncRun> {
  const listener = (notice: { message?: string | undefined }): void => onStep(notice.message ?? '')
  client.on('notice', listener)
  try {
    const { rows } = await client.query<SyncRun>(`SELECT * FROM refresh_universes($1, $2, $3, $4, $5, $6)`, [
      options.mode ?? 'full',
      options.append ?? false,
      options.dryRun ?? false,
      options.force ?? false,
      options.environment ?? 'DEFAULT',
      options.triggeredBy ?? 'universes refresh',
    ])
    return rows[0]!
  } finally {
    client.off('notice', listener)
  }
}
