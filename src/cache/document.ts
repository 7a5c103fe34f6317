/** Result of relationship_snapshot(). Columns are tab-separated values, in byte order of the symbols. */
export interface SnapshotDocument {
  seq: number
  /** True when `groups` has every group, not only the changed ones. */
  complete: boolean
  ids: number[]
  groups: GroupColumns[]
  /** Null when no symbol has changed. */
  symbols: SymbolColumns | null
}

/** One universe with its members. */
export interface GroupColumns {
  id: number
  type: string
  name: string
  title: string | null
  source: string | null
  retired: boolean
  count: number
  weight_sum: number | null
  symbols: string | null
  weights: string | null
  ranks: string | null
  /** Seconds since the Unix epoch. */
  since: string | null
}

/** Every row of the table symbols. */
export interface SymbolColumns {
  symbols: string | null
  names: (string | null)[] | null
  market_caps: string | null
}

/** Splits a column into its values; an absent column has none. */
export function split(column: string | null): string[] {
  return column === null ? [] : column.split('\t')
}

/** Parses a number; an empty value is null. */
export function toNumber(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text)
}
