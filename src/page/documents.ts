/** The documents of the API, as far as the page reads them. */

/** GET /api/overview */
export interface Overview {
  environment: string
  database: string
  generated_at: string
  totals: {
    stocks: number
    etfs: number
    capped: number
    symbols: number
    universes: number
    memberships: number
    priced_to: string | null
  }
  types: UniverseType[]
  sectors: Sector[]
  sector_sources: SectorSource[]
  runs: Run[]
  loads: Load[]
  alerts: Alert[]
  events: { waiting: number; waiting_since: string | null; lag_seconds: number }
  running: Running | null
  cache: { ready: boolean; stale: { since: string; reason: string } | null }
}

export interface UniverseType {
  type: string
  count: number
  members: number
  universes: { name: string; title: string | null; members: number }[]
}

export interface Sector {
  sector: string
  title: string
  stocks: number
  percent: number | null
  market_cap: number
  sources: Record<string, number>
}

export interface SectorSource {
  source: string
  title: string
  stocks: number
  percent: number | null
}

/** A run in one line. */
export interface Run {
  job_id: string
  mode: string
  status: 'completed' | 'failed'
  append: boolean
  dry_run: boolean
  force: boolean
  triggered_by: string
  started_at: string
  duration_seconds: number
  total_changes: number
  added: number
  removed: number
  updated: number
  held: number
  alerts: number
  error: string | null
}

export interface Load {
  id: string
  kind: string
  status: string
  dry_run: boolean
  started_at: string
  duration_ms: number | null
  changes: number
  files: number
}

export interface Alert {
  alert: string
  subject: string
  value: number | null
  allowed: number | null
  unit: string | null
  since: string
  detail: string | null
}

/** What is going on. */
export interface Running {
  job_id: string | null
  status: 'running' | 'queued'
  step: string | null
  since: string | null
  mode: string | null
  triggered_by: string | null
  application: string | null
}

/** GET /api/processing/cache-sync/status/:job_id */
export interface JobStatus {
  job_id: string
  status: 'queued' | 'running' | 'completed' | 'failed'
  mode?: string
  append?: boolean
  dry_run?: boolean
  force?: boolean
  triggered_by?: string
  requested_at?: string
  started_at?: string | null
  step?: string | null
  percent?: number
  duration_seconds?: number
  total_changes?: number
  universes_updated?: number
  universes_held?: number
  steps?: Step[]
  changes?: Change[]
  alerts?: RunAlert[]
  error?: RunError | null
}

export interface Step {
  step: string
  milliseconds: number
  added?: number
  removed?: number
  updated?: number
  held?: number
}

export interface RunAlert {
  alert: string
  subject: string
  value: number
  limit: number
  unit: string
}

export interface RunError {
  sqlstate?: string
  message: string
  detail?: string | null
  hint?: string | null
}

/** What a run or load did to one universe; some of the symbols, all of the numbers. */
export interface Change {
  type: string
  name: string
  count: number
  members_before: number
  added: number
  removed: number
  updated: number
  held: boolean
  added_symbols?: string[]
  removed_symbols?: string[]
}

/** Payload of a progress event. */
export interface Progress extends Omit<Step, 'step'> {
  /** The step that has ended; null at the beginning. */
  step: string | null
  job_id: string
  mode: string
  status: string
  percent: number | null
  position: number
  of: number
  next: string | null
}

/** RFC 9457, as the service sends it. */
export interface ProblemDocument {
  type?: string
  title?: string
  status?: number
  detail?: string
  hint?: string
  code?: string
  errors?: { path: string; message: string }[]
  [member: string]: unknown
}

/** GET /api/search */
export interface Found {
  kind: 'symbol' | 'universe'
  type: string | null
  name: string
  title: string | null
  active: boolean | null
  market_cap: number | null
  members: number | null
  match: string
}

/** GET /api/symbols/:symbol */
export interface Stock {
  symbol: string
  listed: boolean
  name?: string | null
  type?: string | null
  exchange?: string | null
  active?: boolean
  country?: string | null
  list_date?: string | null
  market_cap?: number | null
  band: Class | null
  sector: Class | null
  industry: Class | null
  universes: Membership[]
  past: Membership[]
  sector_candidates: Candidate[]
}

export interface Class {
  name: string
  title?: string
  source?: string
  rule?: string
  since?: string
}

/** A membership, or one there was (`until`). */
export interface Membership {
  type: string
  name: string
  title: string | null
  rank?: number | null
  weight: number | null
  since: string | null
  until?: string | null
  reason: string | null
  file: string | null
  line: number | null
  end_reason?: string | null
}

/** What one source says about a stock's sector. */
export interface Candidate {
  source: string
  sector: string | null
  rule: string | null
  decides?: boolean
  [member: string]: unknown
}

/** GET /api/universes/:type/:name */
export interface Universe {
  type: string
  name: string
  title: string | null
  source: string | null
  rule: string | null
  retired_at: string | null
  file: { file?: string; format?: string | null; as_of?: string | null; loaded_at?: string | null } | null
  size: number
  weight_sum: number | null
  known_since: string | null
  last_change: string | null
  sectors: { sector: string; title: string; constituents: number; weight: number | null }[]
}

/** GET /api/universes/:type/:name/members */
export interface MemberPage {
  total: number
  members: Member[]
}

export interface Member {
  symbol: string
  name: string | null
  weight: number | null
  rank: number | null
  market_cap: number | null
  sector: string | null
  since: string | null
}

/** POST /api/loads */
export interface LoadAnswer {
  id: string
  kind: string
  dry_run: boolean
  total_changes: number
  files: FileResult[]
  changes: Change[] | { inserted: number; updated: number; deleted?: number }
}

export interface FileResult {
  name: string
  universe?: string
  format?: string
  as_of?: string
  status: 'loaded' | 'unchanged' | 'held' | 'rejected'
  rows: number
  repaired: number
  skipped?: Record<string, number>
  held_by?: string[]
  problem?: FileProblem
  warnings: string[]
}

export interface FileProblem {
  message: string
  remedy?: string
  line?: number
  column?: string
  value?: string
  more?: number
}
