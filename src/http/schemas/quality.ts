import { Type } from '@fastify/type-provider-typebox'
import { OPEN, Moment, orNull, Name } from './read.js'

/** How much of what the checks find. */
export const ValidationQuery = Type.Object(
  {
    samples: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000,
        default: 3,
        description: 'findings listed per check',
      }),
    ),
  },
  { additionalProperties: false },
)

/** How much of a report. */
export const ReportQuery = Type.Object(
  { detail: Type.Optional(Type.Boolean({ default: false, description: 'with universes and funds' })) },
  { additionalProperties: false },
)

const Status = Type.Enum(['PASS', 'WARN', 'FAIL'])

/** What the checks say. */
export const ValidationDocument = Type.Object(
  {
    environment: Type.String(),
    status: Type.Enum(['PASS', 'WARN', 'FAIL'], { description: 'the worst of the checks' }),
    checks: Type.Array(
      Type.Object(
        {
          check: Type.String(),
          status: Status,
          findings: orNull(Type.Integer(), 'null: the check itself is broken'),
          samples: Type.Array(Type.Object({ subject: Type.String(), detail: Name }, OPEN)),
          title: Type.String(),
          remedy: Type.String(),
        },
        OPEN,
      ),
    ),
  },
  OPEN,
)

/** The report. */
export const ReportDocument = Type.Object(
  {
    environment: Type.String(),
    generated_at: Moment,
    totals: Type.Object({}, OPEN),
    sectors: Type.Array(Type.Object({}, OPEN)),
    coverage: Type.Array(Type.Object({}, OPEN)),
    types: Type.Array(Type.Object({}, OPEN)),
    integrity: Type.Array(Type.Object({}, OPEN)),
    alerts: Type.Array(Type.Object({}, OPEN)),
    runs: Type.Array(Type.Object({}, OPEN)),
    loads: Type.Array(Type.Object({}, OPEN)),
  },
  OPEN,
)
