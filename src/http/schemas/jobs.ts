import { Type, type TSchema } from '@fastify/type-provider-typebox'
import { REFRESH_MODES } from '../../operations/refresh.js'
import { ProblemDocument } from '../responses/problem.js'

const OPEN = { additionalProperties: true }
const Moment = Type.String({ format: 'date-time' })
const Id = Type.String({ format: 'uuid' })

function orNull<T extends TSchema>(schema: T, description?: string) {
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description })
}

/** Body of a trigger. */
export const Trigger = Type.Object(
  {
    mode: Type.Enum([...REFRESH_MODES], { default: 'full', description: 'what to refresh' }),
    append: Type.Boolean({
      default: false,
      description: 'add and update only: nothing leaves a universe but delisted symbols',
    }),
    dry_run: Type.Boolean({ default: false, description: 'do everything, report it, keep nothing' }),
    force: Type.Boolean({
      default: false,
      description: 'recompute everything and override membership_guards',
    }),
  },
  { additionalProperties: false },
)

/** Answer to an accepted trigger. */
export const Triggered = Type.Object({
  success: Type.Literal(true),
  job_id: Id,
  mode: Type.String(),
  message: Type.String(),
})

/** Answer to a trigger while another refresh is going. */
export const Refused = {
  ...ProblemDocument,
  description: 'A refresh is going or waits: job_id and mode (null when unknown) name it.',
}

/** Parameters of what is about one job. */
export const JobParameters = Type.Object({ job_id: Id })

/** Headers of a stream of events. */
export const LastEvent = Type.Object({
  'last-event-id': Type.Optional(Type.String({ description: 'id of the last event that was received' })),
})

/** Which runs of the history. */
export function page(most: number) {
  return Type.Object(
    {
      limit: Type.Integer({ minimum: 1, maximum: most, default: 20 }),
      offset: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 }),
    },
    { additionalProperties: false },
  )
}

const RunError = Type.Object(
  {
    sqlstate: Type.Optional(Type.String()),
    message: Type.String(),
    detail: Type.Optional(Type.String()),
    hint: Type.Optional(Type.String({ description: 'the remedy' })),
  },
  OPEN,
)

const run = {
  job_id: Id,
  mode: Type.String({ description: 'a mode of a trigger; also changed_sectors, rollback, import' }),
  append: Type.Boolean(),
  dry_run: Type.Boolean(),
  force: Type.Boolean(),
  triggered_by: Type.String({ description: 'key and its id, or the command' }),
  started_at: Moment,
}

const done = {
  finished_at: Moment,
  duration_seconds: Type.Number(),
  total_changes: Type.Integer({ description: 'members added, removed and updated' }),
  universes_updated: Type.Integer(),
  universes_held: Type.Integer({ description: 'kept as they were by a guard' }),
  error: orNull(RunError),
}

const Run = Type.Object(
  {
    ...run,
    ...done,
    status: Type.Enum(['completed', 'failed']),
    percent: orNull(Type.Integer(), 'null after a failure'),
    alerts: Type.Integer({ description: 'how many' }),
  },
  OPEN,
)

const Change = Type.Object(
  {
    type: Type.String(),
    name: Type.String(),
    count: Type.Integer({ description: 'members after the run' }),
    members_before: Type.Integer(),
    added: Type.Integer(),
    removed: Type.Integer(),
    updated: Type.Integer({ description: 'members whose weight or rank changed' }),
    held: Type.Boolean({ description: 'a guard kept it as it was' }),
    added_symbols: Type.Array(Type.String(), { description: 'at most 20' }),
    removed_symbols: Type.Array(Type.String(), { description: 'at most 20' }),
  },
  OPEN,
)

/** Where a job stands. */
export const JobStatus = Type.Object(
  {
    ...Type.Partial(Type.Object({ ...run, ...done })).properties,
    job_id: Id,
    status: Type.Enum(['queued', 'running', 'completed', 'failed']),
    percent: orNull(Type.Integer(), 'of the steps; null when unknown and after a failure'),
    step: Type.Optional(orNull(Type.String(), 'the one that is going; only while the job is not done')),
    requested_at: Type.Optional(Moment),
    started_at: Type.Optional(orNull(Moment)),
    environment: Type.Optional(Type.String()),
    steps: Type.Optional(
      Type.Array(Type.Object({ step: Type.String(), milliseconds: Type.Number() }, OPEN), {
        description: 'with the counts of each',
      }),
    ),
    changes: Type.Optional(Type.Array(Change, { description: 'per universe' })),
    alerts: Type.Optional(
      Type.Array(
        Type.Object(
          {
            alert: Type.String(),
            subject: Type.String(),
            value: Type.Number(),
            limit: Type.Number(),
            unit: Type.String(),
          },
          OPEN,
        ),
      ),
    ),
  },
  { ...OPEN, description: 'What is not known yet is absent or null.' },
)

/** A page of the history. */
export const History = Type.Object({
  total: Type.Integer(),
  limit: Type.Integer(),
  offset: Type.Integer(),
  runs: Type.Array(Run),
})

/** Runs in numbers. */
export const Statistics = Type.Object(
  {
    runs: Type.Integer(),
    completed: Type.Integer({ description: 'that kept their changes' }),
    failed: Type.Integer(),
    dry_runs: Type.Integer(),
    waiting: Type.Integer({ description: 'jobs without a result, the one that is running included' }),
    total_changes: Type.Integer(),
    duration_seconds: Type.Object({
      median: orNull(Type.Number()),
      p95: orNull(Type.Number()),
      longest: orNull(Type.Number()),
    }),
    last_completed_at: orNull(Moment),
    last_failed_at: orNull(Moment),
    last_run: orNull(Run),
  },
  OPEN,
)

/** A stream of events. */
export const Events = {
  description: 'Per event: id (seq of the outbox), event, data (JSON). A comment every 15 seconds.',
  content: { 'text/event-stream': { schema: Type.String() } },
}
