/** A member of a universe. */
export interface Constituent {
  readonly symbol: string
  /** Company or fund; null for a symbol without a row in the table symbols. */
  readonly name: string | null
  /** Percent of the fund: 6.5 means 6.5 %; null where the universe is not weighted. */
  readonly weight: number | null
  /** 1 is the largest; null outside rankings. */
  readonly rank: number | null
  /** US dollars. */
  readonly market_cap: number | null
  readonly sector: string | null
  /** Start of the uninterrupted membership, ISO 8601 with microseconds; null when unknown. */
  readonly since: string | null
}

/** A universe without its members. */
export interface GroupInfo {
  /** ETF, UNIVERSE, SECTOR, INDUSTRY, THEME, MARKET_CAP, MARKET_LEADERS, SECTOR_LEADERS, IPO, ETF_CATEGORY or COMPLETE. */
  readonly type: string
  readonly name: string
  readonly title: string | null
  /** Source of its members: rules, file or legacy. */
  readonly source: string | null
  readonly count: number
  /** Percent; null where the universe is not weighted. */
  readonly weight_sum: number | null
  /** True when no source states its members any longer: it has none, and keeps its history. */
  readonly retired: boolean
  /** Digest of symbols, weights and ranks: the same members have the same version, in every process. */
  readonly version: string
}

/** Membership of a symbol in a universe. */
export interface Membership {
  readonly type: string
  readonly name: string
  readonly title: string | null
  readonly rank: number | null
  /** Percent of the fund. */
  readonly weight: number | null
  readonly since: string | null
}

/** Facts about a symbol. */
export interface Stock {
  readonly symbol: string
  readonly name: string | null
  /** US dollars. */
  readonly market_cap: number | null
  readonly sector: string | null
}

/** A universe that was changed, added or removed. */
export interface ChangedGroup {
  readonly type: string
  readonly name: string
}

/** Changed universes; `all` when names, market caps or sectors of symbols have changed too. */
export type Changes = readonly ChangedGroup[] | 'all'

/** Since when answers may be out of date, and why. */
export interface Staleness {
  /** ISO 8601. */
  since: string
  reason: string
}

/** Statistics of the relationship cache. */
export interface CacheStatistics {
  /** Lookups that found something. */
  hits: number
  /** Lookups of a name or symbol that does not exist. */
  misses: number
  /** Null before the first lookup. */
  hit_ratio: number | null
  /** Successful loads, full ones included. */
  loads: number
  full_loads: number
  failed_loads: number
  /** Loads during which something changed again, so that another one followed at once. */
  superseded_loads: number
  last_load_ms: number | null
  /** Milliseconds since the last load. */
  age_ms: number | null
  /** ISO 8601. */
  loaded_at: string | null
  /** Digest of all results of lookups, null before the first load. */
  version: string | null
  /** The last event that is included: universe_events.seq. */
  seq: number | null
  stale: Staleness | null
  groups: number
  memberships: number
  symbols: number
  /**
   * Estimate: the characters of the received columns, and the size of the objects parsed so far in V8 on a 64-bit machine.
   * Shared strings are counted once.
   */
  memory_bytes: number
}
