import { Type, type TSchema } from 'typebox'

/** Documents may gain members: a reader ignores those that it does not know. */
export const OPEN = { additionalProperties: true }

/** A timestamp with time zone, in UTC. */
export const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })

/** A calendar day. */
export const Day = Type.String({ format: 'date', description: 'YYYY-MM-DD' })

/** Id of a job, a run or a load. */
export const Id = Type.String({ format: 'uuid' })

/** A number of things, from 0. */
export const Count = Type.Integer({ minimum: 0 })

/** A duration in milliseconds. */
export const Milliseconds = Type.Number({ description: 'milliseconds' })

/** A value that may be null. */
export function orNull<T extends TSchema>(schema: T, description?: string) {
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description })
}

/** A text that may be null. */
export const Text = orNull(Type.String())

/** Weight in a universe, or the sum of weights. */
export const Weight = orNull(Type.Number(), 'percent; null if the universe has no weights')

/** A market capitalization. */
export const Dollars = orNull(Type.Number(), 'US dollars')

/** A share of a whole. */
export const Percent = orNull(Type.Number(), 'percent; null if the whole is 0')
