import { createHash } from 'node:crypto'
import type { Group } from './group.js'
import type { StockTable } from './stock-table.js'
import type { Constituent } from './types.js'

/** Bytes of a constituent in memory: an object of seven fields, two of them heap numbers, and its slot in the list. */
const CONSTITUENT_BYTES = 104

/** Sector of each symbol, from the universes of type SECTOR. A symbol in several gets the first by name. */
export class SectorIndex {
  /** In byte order of their names. */
  readonly groups: readonly Group[]
  #sectors: ReadonlyMap<string, string> | undefined

  constructor(groups: readonly Group[]) {
    this.groups = groups
  }

  /** Returns true when the index was built from exactly these groups. */
  consistsOf(groups: readonly Group[]): boolean {
    return (
      groups.length === this.groups.length && groups.every((group, index) => group === this.groups[index])
    )
  }

  /** Returns the sector of a symbol. */
  of(symbol: string): string | undefined {
    return (this.#sectors ??= invert(this.groups)).get(symbol)
  }
}

function invert(groups: readonly Group[]): Map<string, string> {
  const sectors = new Map<string, string>()
  for (const { info, columns } of groups)
    for (const symbol of columns.symbols) if (!sectors.has(symbol)) sectors.set(symbol, info.name)
  return sectors
}

/** A universe as readers see it: a group joined with the facts about its symbols. The list is built on the first lookup. */
export class Universe {
  readonly group: Group
  readonly #stocks: StockTable
  readonly #sectors: SectorIndex
  #constituents: readonly Constituent[] | undefined
  #fingerprint: string | undefined

  constructor(group: Group, stocks: StockTable, sectors: SectorIndex) {
    this.group = group
    this.#stocks = stocks
    this.#sectors = sectors
  }

  /** Members by rank, else by weight, else by market cap, like constituents_at(); frozen. */
  get constituents(): readonly Constituent[] {
    return (this.#constituents ??= this.#list())
  }

  /** Digest of everything that readers see. */
  get fingerprint(): string {
    return (this.#fingerprint ??= createHash('sha1')
      .update(JSON.stringify([this.group.info, this.constituents]))
      .digest('base64url'))
  }

  /** Estimated size in bytes, without its group. */
  get bytes(): number {
    return (this.#constituents?.length ?? 0) * CONSTITUENT_BYTES
  }

  #list(): readonly Constituent[] {
    const { symbols, weights, ranks, since } = this.group.columns
    const { rows } = this.#stocks
    const list = symbols.map((symbol, index): Constituent => {
      const row = rows.get(symbol)
      return Object.freeze({
        symbol,
        name: row?.name ?? null,
        weight: weights[index] ?? null,
        rank: ranks[index] ?? null,
        market_cap: row?.market_cap ?? null,
        sector: this.#sectors.of(symbol) ?? null,
        since: since[index] ?? null,
      })
    })
    return Object.freeze(list.sort(byRankWeightCap))
  }
}

/** Array.sort is stable, and the symbols are in byte order already. */
function byRankWeightCap(a: Constituent, b: Constituent): number {
  return (
    (a.rank ?? Infinity) - (b.rank ?? Infinity) ||
    (b.weight ?? -Infinity) - (a.weight ?? -Infinity) ||
    (b.market_cap ?? -Infinity) - (a.market_cap ?? -Infinity) ||
    0
  )
}
