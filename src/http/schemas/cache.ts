import { Type } from '@fastify/type-provider-typebox'

const OPEN = { additionalProperties: true }

const Milliseconds = Type.Number({ description: 'milliseconds' })
const CountOrNull = Type.Union([Type.Number(), Type.Null()])
const TextOrNull = Type.Union([Type.String(), Type.Null()])

const Staleness = Type.Union(
  [Type.Object({ since: Type.String(), reason: Type.String() }, OPEN), Type.Null()],
  {
    description: 'why answers may be out of date; null while they are not',
  },
)

/** How both caches are doing. */
export const Statistics = Type.Object(
  {
    relationships: Type.Object(
      {
        hits: Type.Integer({ description: 'lookups that found what they were asked for' }),
        misses: Type.Integer({ description: 'lookups of what does not exist' }),
        hit_ratio: CountOrNull,
        loads: Type.Integer(),
        full_loads: Type.Integer(),
        failed_loads: Type.Integer(),
        superseded_loads: Type.Integer(),
        last_load_ms: CountOrNull,
        age_ms: CountOrNull,
        loaded_at: TextOrNull,
        version: TextOrNull,
        stale: Staleness,
        groups: Type.Integer(),
        memberships: Type.Integer(),
        symbols: Type.Integer(),
        memory_bytes: Type.Integer({ description: 'estimate' }),
      },
      { ...OPEN, description: 'universes and their members in memory' },
    ),
    answers: Type.Object(
      {
        answers: Type.Integer(),
        bytes: Type.Integer(),
        max_bytes: Type.Integer(),
        hits: Type.Integer({ description: 'requests answered from memory' }),
        misses: Type.Integer({ description: 'requests for which an answer was made' }),
        hit_ratio: CountOrNull,
        made: Type.Integer(),
        shared: Type.Integer({ description: 'requests that waited for an answer another one had asked for' }),
        failed: Type.Integer(),
        evicted: Type.Integer(),
        stale: Type.Integer({ description: 'old answers sent while PostgreSQL gave no new one' }),
      },
      { ...OPEN, description: 'answers of the read API, rendered' },
    ),
  },
  OPEN,
)

export const Refresh = Type.Object(
  {
    warm: Type.Boolean({ default: false, description: 'then render the answers that people ask for first' }),
  },
  { additionalProperties: false },
)

const Warmed = Type.Object(
  {
    made: Type.Integer({ description: 'answers rendered' }),
    kept: Type.Integer({ description: 'answers that were there already' }),
    left_out: Type.Integer({ description: 'universes for which there was no room' }),
    bytes: Type.Integer(),
    took_ms: Milliseconds,
  },
  OPEN,
)

export const Refreshed = Type.Object(
  {
    success: Type.Literal(true),
    changed: Type.Boolean({ description: 'whether any answer is another one than before' }),
    version: TextOrNull,
    groups: Type.Integer(),
    memberships: Type.Integer(),
    symbols: Type.Integer(),
    took_ms: Milliseconds,
    warmed: Type.Union([Warmed, Type.Null()]),
  },
  OPEN,
)

export const WarmedNow = Type.Object({ success: Type.Literal(true), ...Warmed.properties }, OPEN)

export const LookupTimes = Type.Object(
  {
    took_ms: Milliseconds,
    lookups: Type.Array(
      Type.Object(
        {
          lookup: Type.String(),
          argument: Type.Union([Type.String(), Type.Null()], { description: 'that was found' }),
          hit_ns: Type.Union([Type.Number(), Type.Null()], {
            description: 'nanoseconds per call; null: nothing to find',
          }),
          miss_ns: Type.Number(),
          calls: Type.Integer({ description: 'calls that were timed' }),
        },
        OPEN,
      ),
    ),
  },
  OPEN,
)
