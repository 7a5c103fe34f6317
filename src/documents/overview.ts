import { Type, type Static } from 'typebox'
import { RelationshipStatistics } from './cache.js'
import { Count, Day, OPEN, orNull, Text, Timestamp } from './fields.js'
import { ReportAlert, ReportLoad, ReportSector, SectorSource } from './report.js'
import { OverviewRun, RunningChange } from './runs.js'

/** Universes of one type, largest first. */
export const UniverseType = Type.Object(
  {
    type: Type.String(),
    count: Type.Integer({ description: 'universes' }),
    members: Type.Integer({ description: 'memberships of all its universes' }),
    empty: Type.Integer({ description: 'universes without members' }),
    universes: Type.Array(Type.Object({ name: Type.String(), title: Text, members: Count }, OPEN), {
      description: 'the largest, up to 200',
    }),
  },
  OPEN,
)
export type UniverseType = Static<typeof UniverseType>

const Totals = Type.Object(
  {
    stocks: Type.Integer({ description: 'active common stocks and depositary receipts' }),
    etfs: Count,
    capped: Type.Integer({ description: 'active stocks with a market cap' }),
    symbols: Count,
    universes: Count,
    memberships: Count,
    priced_to: orNull(Day, 'last day with prices'),
  },
  OPEN,
)

const Events = Type.Object(
  {
    waiting: Type.Integer({ description: 'events that are not published yet' }),
    waiting_since: orNull(Timestamp),
    lag_seconds: Type.Number({ description: 'age of the oldest one, in seconds' }),
    last_seq: orNull(Type.Integer()),
  },
  OPEN,
)

const CacheState = Type.Object(
  {
    ready: Type.Boolean(),
    ...Type.Pick(RelationshipStatistics, ['loaded_at', 'version', 'stale', 'memory_bytes', 'hits', 'misses'])
      .properties,
  },
  { ...OPEN, description: 'state of the relationship cache' },
)

/** First document of the admin page. */
export const Overview = Type.Object(
  {
    environment: Type.String(),
    database: Type.String(),
    schema: Type.String(),
    generated_at: Timestamp,
    totals: Totals,
    types: Type.Array(UniverseType),
    sectors: Type.Array(ReportSector),
    sector_sources: Type.Array(SectorSource),
    runs: Type.Array(OverviewRun, { description: 'the last 60, latest first' }),
    loads: Type.Array(ReportLoad, { description: 'the last five' }),
    alerts: Type.Array(ReportAlert, { description: 'open alerts' }),
    events: Events,
    running: orNull(RunningChange, 'running refresh or load, or else the waiting job; null if there is none'),
    cache: CacheState,
  },
  OPEN,
)
export type Overview = Static<typeof Overview>
