import { Type } from '@fastify/type-provider-typebox'
import { Id } from '../../documents/fields.js'
import { ProblemDocument } from '../../documents/problem.js'
import { REFRESH_MODES } from '../../documents/runs.js'

/** Body of a trigger. */
export const Trigger = Type.Object(
  {
    mode: Type.Enum([...REFRESH_MODES], { default: 'full', description: 'steps of the refresh' }),
    append: Type.Boolean({
      default: false,
      description: 'add and update members only; delisted symbols are removed all the same',
    }),
    dry_run: Type.Boolean({ default: false, description: 'run, report the result, and roll back' }),
    force: Type.Boolean({
      default: false,
      description: 'recompute everything and override membership_guards',
    }),
  },
  { additionalProperties: false },
)

/** Response to an accepted trigger. */
export const Triggered = Type.Object({
  success: Type.Literal(true),
  job_id: Id,
  mode: Type.String(),
  message: Type.String(),
})

/** Response to a trigger while another refresh is running or waiting. */
export const Refused = {
  ...ProblemDocument,
  description: 'A refresh is running or waiting. job_id and mode (null if unknown) identify it.',
}

/** Path parameters of a job. */
export const JobParameters = Type.Object({ job_id: Id })

/** Headers of a request for an event stream. */
export const LastEvent = Type.Object({
  'last-event-id': Type.Optional(Type.String({ description: 'id of the last event received' })),
})

/** Query parameters of a history: one page, of at most `most` rows. */
export function page(most: number) {
  return Type.Object(
    {
      limit: Type.Integer({ minimum: 1, maximum: most, default: 20 }),
      offset: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 }),
    },
    { additionalProperties: false },
  )
}

/** Response of an event stream. */
export const Events = {
  description:
    'Each event has id (seq of the outbox), event, and data (JSON). A comment every 15 seconds keeps the connection open.',
  content: { 'text/event-stream': { schema: Type.String() } },
}
