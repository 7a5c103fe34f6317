import { Type, type Static } from 'typebox'
import { UniverseChangeDocument } from './changes.js'
import { Count, Id, Milliseconds, OPEN, orNull, Text, Timestamp } from './fields.js'

/** Modes of refresh_universes. */
export const REFRESH_MODES = ['full', 'market_cap', 'sectors', 'themes', 'ipos', 'delistings'] as const
export type RefreshMode = (typeof REFRESH_MODES)[number]

/** Mode of a row of sync_runs. */
export const RunMode = Type.Enum([...REFRESH_MODES, 'changed_sectors', 'rollback', 'import'] as const, {
  description: 'mode of the refresh; or changed_sectors, rollback, import',
})
export type RunMode = Static<typeof RunMode>

/** Error of a failed run. */
export const RunError = Type.Object(
  {
    sqlstate: Type.Optional(Type.String()),
    message: Type.String(),
    detail: Type.Optional(Type.String()),
    hint: Type.Optional(Type.String({ description: 'remedy' })),
  },
  OPEN,
)
export type RunError = Static<typeof RunError>

const run = {
  job_id: Id,
  mode: RunMode,
  append: Type.Boolean({ description: 'members were added and updated only' }),
  dry_run: Type.Boolean({ description: 'changes were rolled back' }),
  force: Type.Boolean({ description: 'guards were overridden' }),
  triggered_by: Type.String({ description: 'key and its id, or the command' }),
  started_at: Timestamp,
}

const result = {
  finished_at: Timestamp,
  duration_seconds: Type.Number({ description: 'seconds' }),
  total_changes: Type.Integer({ description: 'members added, removed and updated' }),
  universes_updated: Count,
  universes_held: Type.Integer({ description: 'universes that a guard kept unchanged' }),
  error: orNull(RunError),
}

const status = Type.Enum(['completed', 'failed'] as const)

/** A run in one line. */
export const Run = Type.Object(
  {
    ...run,
    ...result,
    status,
    percent: orNull(Type.Integer(), '100; null after a failure'),
    alerts: Type.Integer({ description: 'number of alerts' }),
  },
  OPEN,
)
export type Run = Static<typeof Run>

/** A run as the overview lists it. */
export const OverviewRun = Type.Object(
  {
    ...run,
    status,
    duration_seconds: result.duration_seconds,
    total_changes: result.total_changes,
    added: Count,
    removed: Count,
    updated: Count,
    held: Type.Integer({ description: 'universes that a guard kept unchanged' }),
    alerts: Type.Integer({ description: 'number of alerts' }),
    error: orNull(Type.String(), 'message of the error'),
  },
  OPEN,
)
export type OverviewRun = Static<typeof OverviewRun>

const counts = {
  added: Type.Optional(Count),
  removed: Type.Optional(Count),
  updated: Type.Optional(Count),
  held: Type.Optional(Type.Integer({ description: 'universes that a guard kept unchanged' })),
}

/** A finished step of a run; a step may report more counts. */
export const RunStep = Type.Object({ step: Type.String(), milliseconds: Milliseconds, ...counts }, OPEN)
export type RunStep = Static<typeof RunStep>

/** Payload of a progress event: the step that has finished, and the one that follows. */
export const JobProgress = Type.Object(
  {
    job_id: Id,
    mode: RunMode,
    status: Type.Literal('running'),
    step: orNull(Type.String(), 'finished step; null when the job begins'),
    milliseconds: Milliseconds,
    ...counts,
    position: Type.Integer({ description: 'place of the step, from 1; 0 when the job begins' }),
    of: Type.Integer({ description: 'number of steps' }),
    percent: orNull(Type.Integer(), 'percent of the steps that have finished'),
    next: orNull(Type.String(), 'step that begins now; null after the last one'),
  },
  OPEN,
)
export type JobProgress = Static<typeof JobProgress>

/** A limit of settings that a run exceeded. */
export const RunAlert = Type.Object(
  {
    alert: Type.String({ description: 'name of the limit, or held' }),
    subject: Type.String(),
    value: Type.Number({ description: 'measured, in unit' }),
    limit: Type.Number({ description: 'allowed, in unit' }),
    unit: Type.String(),
  },
  OPEN,
)
export type RunAlert = Static<typeof RunAlert>

/** State of a job, and the result of its run once it has finished. */
export const JobStatus = Type.Object(
  {
    ...Type.Partial(Type.Object({ ...run, ...result })).properties,
    job_id: Id,
    status: Type.Enum(['queued', 'running', 'completed', 'failed'] as const),
    percent: orNull(
      Type.Integer(),
      'percent of the steps that have finished; null if unknown, and after a failure',
    ),
    step: Type.Optional(orNull(Type.String(), 'current step, until the job has finished')),
    requested_at: Type.Optional(Timestamp),
    started_at: Type.Optional(orNull(Timestamp)),
    environment: Type.Optional(Type.String()),
    steps: Type.Optional(Type.Array(RunStep)),
    changes: Type.Optional(Type.Array(UniverseChangeDocument, { description: 'one per changed universe' })),
    alerts: Type.Optional(Type.Array(RunAlert)),
  },
  { ...OPEN, description: 'Members that are not known yet are absent or null.' },
)
export type JobStatus = Static<typeof JobStatus>

/** One page of runs, latest first. */
export const RunHistory = Type.Object({
  total: Count,
  limit: Type.Integer(),
  offset: Type.Integer(),
  runs: Type.Array(Run),
})
export type RunHistory = Static<typeof RunHistory>

/** Numbers of runs, and how long they took. */
export const RunStatistics = Type.Object(
  {
    runs: Count,
    completed: Type.Integer({ description: 'runs whose changes were kept' }),
    failed: Count,
    dry_runs: Count,
    waiting: Type.Integer({ description: 'jobs without a result, including the running one' }),
    total_changes: Count,
    duration_seconds: Type.Object(
      {
        median: orNull(Type.Number()),
        p95: orNull(Type.Number()),
        longest: orNull(Type.Number()),
      },
      { description: 'seconds; completed runs only' },
    ),
    last_completed_at: orNull(Timestamp),
    last_failed_at: orNull(Timestamp),
    last_run: orNull(Run),
  },
  OPEN,
)
export type RunStatistics = Static<typeof RunStatistics>

/** The running refresh or load, or else the job that waits. */
export const RunningChange = Type.Object(
  {
    job_id: orNull(Id, 'null for a load, and for a session of another role'),
    status: Type.Enum(['running', 'queued'] as const),
    step: orNull(Type.String(), 'current step'),
    since: orNull(Timestamp),
    mode: orNull(RunMode, 'null if no job asked for the run'),
    triggered_by: Text,
    application: orNull(Type.String(), 'application_name of the session, if job_id is null'),
  },
  OPEN,
)
export type RunningChange = Static<typeof RunningChange>
