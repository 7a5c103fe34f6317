/** A member of a universe. */
export interface Constituent {
  readonly symbol: string
  /** Company or fund; null for a symbol that the table symbols does not know. */
  readonly name: string | null
  /** Percent of the fund: 6.5 means 6.5 %; null where the universe is not weighted. */
  readonly weight: number | null
  /** 1 is the largest; null outside rankings. */
  readonly rank: number | null
  /** US dollars. */
  readonly market_cap: number | null
  readonly sector: string | null
  /** Since when it has been a member without a break, ISO 8601 with microseconds; null when nobody knows. */
  readonly since: string | null
}

/** A universe without its members. */
export interface GroupInfo {
  /** ETF, UNIVERSE, SECTOR, INDUSTRY, THEME, MARKET_CAP, MARKET_LEADERS, SECTOR_LEADERS, IPO, ETF_CATEGORY or COMPLETE. */
  readonly type: string
  readonly name: string
  readonly title: string | null
  /** Where its members come from: rules, file or legacy. */
  readonly source: string | null
  readonly count: number
  /** Percent; null where the universe is not weighted. */
  readonly weight_sum: number | null
  /** Nothing states its members any longer: it has none, and keeps its history. */
  readonly retired: boolean
  /** Digest of symbols, weights and ranks: the same members have the same version, in every process. */
  readonly version: string
}

/** That a symbol is in a universe. */
export interface Membership {
  readonly type: string
  readonly name: string
  readonly title: string | null
  readonly rank: number | null
  /** Percent of the fund. */
  readonly weight: number | null
  readonly since: string | null
}

/** What is known about a symbol. */
export interface Stock {
  readonly symbol: string
  readonly name: string | null
  /** US dollars. */
  readonly market_cap: number | null
  readonly sector: string | null
}

/** A universe that has changed, or is new or gone. */
export interface ChangedGroup {
  readonly type: string
  readonly name: string
}

/** Universes that have changed; `all` when names, market caps or sectors of symbols have changed too. */
export type Changes = readonly ChangedGroup[] | 'all'

/** Why an answer may be out of date, and since when. */
export interface Staleness {
  /** ISO 8601. */
  since: string
  reason: string
}

/** How the cache does. */
export interface CacheStatistics {
  /** Lookups that found what they were asked for. */
  hits: number
  /** Lookups of a name or symbol that does not exist. */
  misses: number
  /** Null before the first lookup. */
  hit_ratio: number | null
  /** Loads that succeeded, the full ones among them. */
  loads: number
  full_loads: number
  failed_loads: number
  /** Loads during which something changed again: another one followed at once. */
  superseded_loads: number
  last_load_ms: number | null
  /** Since the last load. */
  age_ms: number | null
  /** ISO 8601. */
  loaded_at: string | null
  /** Digest of everything that the lookups show, null before the first load. */
  version: string | null
  /** The last event that is taken into account: universe_events.seq. */
  seq: number | null
  stale: Staleness | null
  groups: number
  memberships: number
  symbols: number
  /**
   * Estimate: the characters of the columns as they were received, and for what lookups have unfolded so far the size that
   * V8 gives to such objects on a 64-bit machine. Strings shared between them are counted once.
   */
  memory_bytes: number
}
