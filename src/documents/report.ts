import { Type, type Static } from 'typebox'
import {
  Count,
  Day,
  Dollars,
  Milliseconds,
  OPEN,
  orNull,
  Percent,
  Text,
  Timestamp,
  Weight,
} from './fields.js'
import { checkResult } from './quality.js'

/** Numbers of securities, universes, memberships, prices and events. */
export const ReportTotals = Type.Object(
  {
    stocks: Type.Integer({ description: 'active common stocks and depositary receipts' }),
    etfs: Count,
    other_securities: Count,
    inactive_symbols: Count,
    universes: Count,
    retired_universes: Count,
    memberships: Count,
    history_rows: Count,
    history_since: orNull(Timestamp),
    prices: Type.Integer({ description: 'rows of ohlcv_daily' }),
    priced_from: orNull(Day),
    priced_to: orNull(Day),
    events_waiting: Type.Integer({ description: 'events that are not published yet' }),
    events_waiting_since: orNull(Timestamp),
  },
  OPEN,
)
export type ReportTotals = Static<typeof ReportTotals>

/** One sector and its share of the active stocks. */
export const ReportSector = Type.Object(
  {
    sector: Type.String(),
    title: Type.String(),
    stocks: Count,
    percent: orNull(Type.Number(), 'percent of the active stocks; null if there are none'),
    market_cap: Type.Number({ description: 'US dollars' }),
    market_cap_percent: orNull(
      Type.Number(),
      'percent of the market cap of all active stocks; null if it is 0',
    ),
    sources: Type.Record(Type.String(), Type.Integer(), {
      description: 'number of stocks by the source that decided',
    }),
  },
  OPEN,
)
export type ReportSector = Static<typeof ReportSector>

/** Share of stocks whose sector a source decided. */
export const SectorSource = Type.Object(
  {
    source: Type.String(),
    title: Type.String(),
    stocks: Count,
    percent: Type.Number({ description: 'percent' }),
  },
  OPEN,
)
export type SectorSource = Static<typeof SectorSource>

const ReportCoverage = Type.Object(
  {
    measure: Type.String({ description: 'sector, market_cap or constituents' }),
    title: Type.String(),
    covered: Count,
    total: Count,
    percent: Percent,
    missing: Type.Array(Type.String(), { description: 'up to ten symbols that are not covered' }),
  },
  OPEN,
)

const ReportType = Type.Object(
  {
    type: Type.String(),
    universes: Count,
    members: Count,
    empty: Type.Integer({ description: 'universes without members' }),
    last_change: orNull(Timestamp),
    added: Type.Integer({ description: 'in the last 30 days' }),
    removed: Type.Integer({ description: 'in the last 30 days' }),
    largest: Type.String({ description: 'name of the largest universe' }),
    largest_members: Count,
  },
  OPEN,
)

/** Result of one check. */
export const ReportCheck = Type.Object({ check_name: Type.String(), ...checkResult }, OPEN)
export type ReportCheck = Static<typeof ReportCheck>

/** An open alert. */
export const ReportAlert = Type.Object(
  {
    alert: Type.String(),
    subject: Type.String(),
    value: orNull(Type.Number(), 'measured, in unit'),
    allowed: orNull(Type.Number(), 'limit, in unit; null if no limit was exceeded'),
    unit: Text,
    since: Timestamp,
    detail: Text,
  },
  OPEN,
)
export type ReportAlert = Static<typeof ReportAlert>

const activity = {
  id: Type.String(),
  kind: Type.String(),
  mode: Type.String({ description: 'mode and options' }),
  status: Type.String(),
  dry_run: Type.Boolean(),
  started_at: Timestamp,
  duration_ms: Milliseconds,
  changes: Count,
  held: Type.Integer({ description: 'kept unchanged by a guard' }),
  triggered_by: Type.String(),
}

/** A refresh, rollback or import. */
export const ReportRun = Type.Object(
  {
    ...activity,
    universes: Type.Integer({ description: 'changed universes' }),
    alerts: Type.Integer({ description: 'number of alerts' }),
    error: orNull(Type.String(), 'message of the error'),
  },
  OPEN,
)
export type ReportRun = Static<typeof ReportRun>

/** A load with the numbers of its files by result. */
export const ReportLoad = Type.Object(
  { ...activity, files: Count, loaded: Count, unchanged: Count, rejected: Count },
  OPEN,
)
export type ReportLoad = Static<typeof ReportLoad>

/** One universe in the detailed report. */
export const ReportUniverse = Type.Object(
  {
    type: Type.String(),
    name: Type.String(),
    description: Text,
    members: Count,
    last_change: orNull(Timestamp),
    known_since: orNull(Timestamp),
    added: Type.Integer({ description: 'in the last 30 days' }),
    removed: Type.Integer({ description: 'in the last 30 days' }),
    as_of: orNull(Type.String(), 'date of the holdings'),
    weight_sum: Weight,
    file: Text,
  },
  OPEN,
)
export type ReportUniverse = Static<typeof ReportUniverse>

const Holding = Type.Object(
  {
    rank: Type.Integer(),
    symbol: Type.String(),
    name: Text,
    weight: Type.Number({ description: 'percent' }),
    market_cap: Dollars,
  },
  OPEN,
)

/** A fund with its ten heaviest constituents. */
export const ReportFund = Type.Object(
  {
    fund: Type.String(),
    description: Text,
    members: Count,
    as_of: orNull(Type.String(), 'date of the holdings'),
    weight_sum: Weight,
    top_weight: orNull(Type.Number(), 'percent, of the holdings listed'),
    holdings: Type.Array(Holding),
  },
  OPEN,
)
export type ReportFund = Static<typeof ReportFund>

/** The relationship report, as relationship_report() returns it. */
export const ReportDocument = Type.Object(
  {
    environment: Type.String(),
    database: Type.String(),
    schema: Type.String(),
    server_version: Type.String(),
    generated_at: Timestamp,
    detail: Type.Boolean({ description: 'true: with universes and funds' }),
    totals: ReportTotals,
    sectors: Type.Array(ReportSector),
    sector_sources: Type.Array(SectorSource),
    coverage: Type.Array(ReportCoverage),
    types: Type.Array(ReportType),
    integrity: Type.Array(ReportCheck),
    alerts: Type.Array(ReportAlert, { description: 'open alerts' }),
    runs: Type.Array(ReportRun, { description: 'the last ten' }),
    loads: Type.Array(ReportLoad, { description: 'the last ten' }),
    universes: Type.Optional(Type.Array(ReportUniverse)),
    funds: Type.Optional(Type.Array(ReportFund)),
  },
  OPEN,
)
export type ReportDocument = Static<typeof ReportDocument>
