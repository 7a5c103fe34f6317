import type pg from 'pg'

/** The document of relationship_report(); percentages are percent, market caps US dollars, moments ISO 8601. */
export interface RelationshipReport {
  environment: string
  database: string
  schema: string
  server_version: string
  generated_at: string
  detail: boolean
  totals: ReportTotals
  sectors: ReportSector[]
  sector_sources: { source: string; title: string; stocks: number; percent: number }[]
  coverage: ReportCoverage[]
  types: ReportType[]
  integrity: ReportCheck[]
  alerts: ReportAlert[]
  runs: ReportRun[]
  loads: ReportLoad[]
  /** Only with detail, like funds. */
  universes?: ReportUniverse[]
  funds?: ReportFund[]
}

/** What there is. */
export interface ReportTotals {
  stocks: number
  etfs: number
  other_securities: number
  inactive_symbols: number
  universes: number
  retired_universes: number
  memberships: number
  history_rows: number
  history_since: string | null
  prices: number
  priced_from: string | null
  priced_to: string | null
  events_waiting: number
  events_waiting_since: string | null
}

/** One sector; percentages are null where there is no stock, or no market cap, to divide by. */
export interface ReportSector {
  sector: string
  title: string
  stocks: number
  percent: number | null
  market_cap: number
  market_cap_percent: number | null
  sources: Record<string, number>
}

/** How much of something is known; percent is null where there is nothing to cover. */
export interface ReportCoverage {
  measure: string
  title: string
  covered: number
  total: number
  percent: number | null
  missing: string[]
}

/** Universes of one type, in sum. */
export interface ReportType {
  type: string
  universes: number
  members: number
  empty: number
  last_change: string | null
  added: number
  removed: number
  largest: string
  largest_members: number
}

/** One check of validate_relationships(); findings is null where the check itself could not run. */
export interface ReportCheck {
  check_name: string
  /** View that lists the findings. */
  relation: string
  status: 'PASS' | 'WARN' | 'FAIL'
  findings: number | null
  samples: { subject: string; detail: string }[]
  title: string
  remedy: string
}

/** Something open; value and allowed in unit, null where no limit was exceeded. */
export interface ReportAlert {
  alert: string
  subject: string
  value: number | null
  allowed: number | null
  unit: string | null
  since: string
  detail: string | null
}

/** What runs and loads have in common. */
interface ReportActivity {
  id: string
  kind: string
  mode: string
  status: string
  dry_run: boolean
  started_at: string
  duration_ms: number
  changes: number
  held: number
  triggered_by: string
}

/** A refresh, rollback or import. */
export interface ReportRun extends ReportActivity {
  universes: number
  alerts: number
  error: string | null
}

/** A load, with what became of its files. */
export interface ReportLoad extends ReportActivity {
  files: number
  loaded: number
  unchanged: number
  rejected: number
}

/** One universe; added and removed in the last 30 days. */
export interface ReportUniverse {
  type: string
  name: string
  description: string | null
  members: number
  last_change: string | null
  known_since: string | null
  added: number
  removed: number
  as_of: string | null
  weight_sum: number | null
  file: string | null
}

/** A fund with its ten heaviest constituents. */
export interface ReportFund {
  fund: string
  description: string | null
  members: number
  as_of: string | null
  weight_sum: number | null
  top_weight: number | null
  holdings: { rank: number; symbol: string; name: string | null; weight: number; market_cap: number | null }[]
}

/** Calls relationship_report(). Rejects with UV003 for an environment that nobody has used. */
export async function readReport(
  client: pg.ClientBase,
  { environment, detail }: { environment: string; detail: boolean },
): Promise<RelationshipReport> {
  const { rows } = await client.query<{ report: RelationshipReport }>(
    'SELECT relationship_report($1, $2) AS report',
    [environment, detail],
  )
  return rows[0]!.report
}
