/** What relationship_snapshot() returns: columns are tab-separated values in byte order of the symbols. */
export interface SnapshotDocument {
  seq: number
  /** `groups` are all there are. */
  complete: boolean
  ids: number[]
  groups: GroupColumns[]
  /** Null when nothing has moved them. */
  symbols: SymbolColumns | null
}

/** A universe with its members. */
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
  /** Seconds since 1970. */
  since: string | null
}

/** Every row of the table symbols. */
export interface SymbolColumns {
  symbols: string | null
  names: (string | null)[] | null
  market_caps: string | null
}

/** Values of a column, none of an absent one. */
export function split(column: string | null): string[] {
  return column === null ? [] : column.split('\t')
}

/** The number in a column; an empty value is none. */
export function toNumber(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text)
}
