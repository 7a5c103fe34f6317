import { Type, type TSchema } from '@fastify/type-provider-typebox'
import { ProblemDocument } from '../../documents/problem.js'
import type { Limits } from '../service.js'

const DEFAULT_LIMIT = 1_000

/** Rows per page if the request has no limit. */
export function defaultLimit({ pageRows }: Limits): number {
  return Math.min(DEFAULT_LIMIT, pageRows)
}

/** Text without control characters: PostgreSQL refuses NUL, and no name contains another. */
const PLAIN = '^[^\\u0000-\\u001f\\u007f]+$'

/** Text parameter of a request. */
export function text(maxLength: number, description: string) {
  return Type.String({ minLength: 1, maxLength, pattern: PLAIN, description })
}

/** Query parameter for a past time. */
export const AsOf = Type.Optional(
  text(
    64,
    'Past time: a day (meaning its end, UTC), a timestamp (UTC unless it has a zone), or the id of a run or load.',
  ),
)

/** Query parameters of a page of at most `most` rows. */
export function page(most: number) {
  return {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: most, description: `default ${DEFAULT_LIMIT}` }),
    ),
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 })),
  }
}

/** Response to a conditional request for an unchanged document. */
export const NotModified = Type.Null({
  description: 'The document still has the ETag in If-None-Match.',
})

/** Responses of a route that returns a document with an ETag. */
export function withETag<T extends TSchema>(document: T) {
  return { 200: document, 304: NotModified, default: ProblemDocument }
}
