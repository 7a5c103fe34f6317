import { Type, type Static } from 'typebox'
import { Count, Milliseconds, OPEN, orNull, Text, Timestamp } from './fields.js'

const hitRatio = orNull(Type.Number(), 'hits divided by hits and misses; null before the first lookup')

/** Statistics of the relationship cache. */
export const RelationshipStatistics = Type.Object(
  {
    hits: Type.Integer({ description: 'lookups that found something' }),
    misses: Type.Integer({ description: 'lookups of a name or symbol that does not exist' }),
    hit_ratio: hitRatio,
    loads: Type.Integer({ description: 'successful loads, including full ones' }),
    full_loads: Count,
    failed_loads: Count,
    superseded_loads: Type.Integer({ description: 'loads during which the data changed again' }),
    last_load_ms: orNull(Type.Number(), 'milliseconds'),
    age_ms: orNull(Type.Number(), 'milliseconds since the last load'),
    loaded_at: orNull(Timestamp),
    version: Text,
    seq: orNull(Type.Integer(), 'last event that is included: universe_events.seq'),
    stale: orNull(
      Type.Object({ since: Timestamp, reason: Type.String() }, OPEN),
      'why responses may be out of date; null if they are not',
    ),
    groups: Count,
    memberships: Count,
    symbols: Count,
    memory_bytes: Type.Integer({ description: 'bytes, estimated' }),
  },
  { ...OPEN, description: 'relationship cache: universes and their members in memory' },
)

/** Statistics of the response cache. */
export const ResponseStatistics = Type.Object(
  {
    entries: Type.Integer({ description: 'cached responses' }),
    bytes: Count,
    max_bytes: Count,
    hits: Type.Integer({ description: 'requests served from the cache' }),
    misses: Type.Integer({ description: 'requests that built a response or waited for a build' }),
    hit_ratio: hitRatio,
    built: Type.Integer({ description: 'builds that succeeded' }),
    shared: Type.Integer({ description: 'requests that waited for the build of another request' }),
    failed: Type.Integer({ description: 'builds that failed' }),
    evicted: Type.Integer({ description: 'responses removed to make room' }),
    stale: Type.Integer({ description: 'old responses sent while PostgreSQL was not available' }),
  },
  { ...OPEN, description: 'response cache: rendered responses of the read API' },
)
export type ResponseStatistics = Static<typeof ResponseStatistics>

/** Statistics of both caches. */
export const CacheStatistics = Type.Object(
  { relationships: RelationshipStatistics, responses: ResponseStatistics },
  OPEN,
)

/** Result of warming the response cache. */
export const WarmResult = Type.Object(
  {
    built: Type.Integer({ description: 'responses built' }),
    kept: Type.Integer({ description: 'responses that were cached already' }),
    left_out: Type.Integer({ description: 'universes left out because the cache was half full' }),
    bytes: Type.Integer({ description: 'size of the cache afterwards' }),
    took_ms: Milliseconds,
  },
  OPEN,
)
export type WarmResult = Static<typeof WarmResult>

const success = Type.Literal(true)

/** Response to a request to warm the response cache. */
export const CacheWarmed = Type.Object({ success, ...WarmResult.properties }, OPEN)

/** Response to a request to reload the relationship cache. */
export const CacheRefreshed = Type.Object(
  {
    success,
    changed: Type.Boolean({ description: 'true: the reload changed the version' }),
    ...Type.Pick(RelationshipStatistics, ['version', 'groups', 'memberships', 'symbols']).properties,
    took_ms: Milliseconds,
    warmed: orNull(WarmResult),
  },
  OPEN,
)

/** Duration of one kind of lookup. */
export const LookupTiming = Type.Object(
  {
    lookup: Type.String(),
    argument: orNull(Type.String(), 'argument of the hit; null if the cache is empty'),
    hit_ns: orNull(Type.Number(), 'nanoseconds per call that finds something; null without an argument'),
    miss_ns: Type.Number({ description: 'nanoseconds per call that finds nothing' }),
    calls: Type.Integer({ description: 'measured calls' }),
  },
  OPEN,
)
export type LookupTiming = Static<typeof LookupTiming>

/** Duration of each kind of lookup. */
export const LookupTimings = Type.Object({ took_ms: Milliseconds, lookups: Type.Array(LookupTiming) }, OPEN)
