import { Type } from '@fastify/type-provider-typebox'

/** Query parameters of a validation. */
export const ValidationQuery = Type.Object(
  {
    samples: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000,
        default: 3,
        description: 'maximum number of findings listed per check',
      }),
    ),
  },
  { additionalProperties: false },
)

/** Query parameters of a report. */
export const ReportQuery = Type.Object(
  { detail: Type.Optional(Type.Boolean({ default: false, description: 'include universes and funds' })) },
  { additionalProperties: false },
)
