import { Type, type Static } from 'typebox'

/** Description of the schema of problem documents. */
export const PROBLEM_DESCRIPTION = 'RFC 9457 problem document'

/** Body of every error response. */
export const ProblemDocument = Type.Object(
  {
    type: Type.String({ description: 'urn:pg-universes:<slug>' }),
    title: Type.String(),
    status: Type.Integer({ description: 'HTTP status' }),
    detail: Type.Optional(Type.String()),
    instance: Type.String({ description: 'urn:uuid of the request, as in the log' }),
    code: Type.Optional(Type.String({ description: 'SQLSTATE, if one is known' })),
    hint: Type.Optional(Type.String({ description: 'remedy' })),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  },
  { additionalProperties: true, description: PROBLEM_DESCRIPTION },
)
export type ProblemDocument = Static<typeof ProblemDocument>
