import { Type, type TSchema } from '@fastify/type-provider-typebox'
import { ProblemDocument } from '../responses/problem.js'
import type { Limits } from '../service.js'

const DEFAULT_LIMIT = 1_000

/** Rows of a page when nobody says how many. */
export function defaultLimit({ pageRows }: Limits): number {
  return Math.min(DEFAULT_LIMIT, pageRows)
}

/** Documents may have more than is listed. */
export const OPEN = { additionalProperties: true }

/** No control characters: PostgreSQL knows no NUL, and no name has another. */
const PLAIN = '^[^\\u0000-\\u001f\\u007f]+$'

/** A moment. */
export const Moment = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })

/** A text that somebody sends. */
export function text(maxLength: number, description: string) {
  return Type.String({ minLength: 1, maxLength, pattern: PLAIN, description })
}

/** Something that may be absent. */
export function orNull<T extends TSchema>(schema: T, description?: string) {
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description })
}

/** A name that may be absent. */
export const Name = orNull(Type.String())

/** A weight that may be absent. */
export const Weight = orNull(Type.Number(), 'percent; null where the universe is not weighted')

/** A market cap that may be absent. */
export const Dollars = orNull(Type.Number(), 'US dollars')

/** When to look at history. */
export const AsOf = Type.Optional(
  text(
    64,
    'A past moment: a day (its end, UTC), a timestamp (UTC without a zone), or the id of a run or load.',
  ),
)

/** Which rows of a list. */
export function page(most: number) {
  return {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: most, description: `${DEFAULT_LIMIT} when left out` }),
    ),
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 })),
  }
}

/** The answer to who has it already. */
export const NotModified = Type.Null({
  description: 'The answer still is the one whose ETag the request names in If-None-Match.',
})

/** Responses of a document with an ETag. */
export function answers<T extends TSchema>(document: T) {
  return { 200: document, 304: NotModified, default: ProblemDocument }
}
