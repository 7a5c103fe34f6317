import { createHash } from 'node:crypto'
import { SQLSTATE, UniversesError } from '../errors.js'
import type { Group } from './group.js'
import type { StockTable } from './stock-table.js'
import { Universe, type SectorIndex } from './universe.js'
import type { GroupInfo, Membership, Stock } from './types.js'

/** Limit of memoized unions: callers may ask for any combination of names. */
const MAX_UNIONS = 1_000
const NONE: readonly GroupInfo[] = Object.freeze([])

/**
 * Immutable state of all universes at one point in time. Results are computed on the first lookup and memoized, so that a new
 * snapshot costs nothing for symbols that are never looked up.
 */
export class Snapshot {
  /** By id. */
  readonly groups: ReadonlyMap<number, Group>
  readonly stocks: StockTable
  readonly sectors: SectorIndex
  readonly environment: string
  readonly #types = new Map<string, Map<string, Universe>>()
  readonly #names = new Map<string, readonly Universe[]>()
  readonly #lists = new Map<string, readonly GroupInfo[]>()
  readonly #memberships = new Map<string, readonly Membership[]>()
  readonly #etfs = new Map<string, readonly string[]>()
  readonly #unions = new Map<string, readonly string[]>()
  #unlisted: ReadonlySet<string> | undefined
  #version: string | undefined

  /** `groups` are in byte order of type and name. Universes that are equal in `before` are shared with it. */
  constructor(
    environment: string,
    groups: readonly Group[],
    tables: { stocks: StockTable; sectors: SectorIndex },
    before: Snapshot | undefined,
  ) {
    const { stocks, sectors } = tables
    this.environment = environment
    this.groups = new Map(groups.map((group) => [group.id, group]))
    this.stocks = stocks
    this.sectors = sectors
    const shares = before?.stocks === stocks && before.sectors === sectors
    for (const group of groups) {
      const { type, name } = group.info
      const old = shares ? before.universe(type, name) : undefined
      const universe = old?.group === group ? old : new Universe(group, stocks, sectors)
      const named = this.#types.get(type) ?? new Map<string, Universe>()
      this.#types.set(type, named.set(name, universe))
      this.#names.set(name, [...(this.#names.get(name) ?? []), universe])
    }
  }

  /** Returns the universe of this type and name. */
  universe(type: string, name: string): Universe | undefined {
    return this.#types.get(type)?.get(name)
  }

  /** Returns every universe of this name, whatever its type. */
  named(name: string): readonly Universe[] | undefined {
    return this.#names.get(name)
  }

  /** Lists the universes of a type, or all of them, in byte order of type and name. */
  list(type: string | undefined, retired: boolean): readonly GroupInfo[] {
    const key = `${retired} ${type ?? ''}`
    const known = this.#lists.get(key)
    if (known) return known
    const all = [...this.groups.values()].map(({ info }) => info)
    const wanted = all.filter(
      (info) => (type === undefined || info.type === type) && (retired || !info.retired),
    )
    // Not memoized when empty: callers may ask for any type.
    return wanted.length === 0 ? NONE : memoize(this.#lists, key, wanted)
  }

  /** Returns the memberships of a symbol; undefined when the symbol does not exist. */
  memberships(symbol: string): readonly Membership[] | undefined {
    const known = this.#memberships.get(symbol)
    if (known || !this.knows(symbol)) return known
    const found = [...this.groups.values()].map((group) => group.membership(symbol))
    return memoize(
      this.#memberships,
      symbol,
      found.filter((membership) => membership !== undefined),
    )
  }

  /** Returns the names of the ETFs that hold a symbol; undefined when the symbol does not exist. */
  etfsOf(symbol: string): readonly string[] | undefined {
    const known = this.#etfs.get(symbol)
    if (known || !this.knows(symbol)) return known
    const funds = [...(this.#types.get('ETF')?.values() ?? [])].filter(({ group }) => group.has(symbol))
    return memoize(
      this.#etfs,
      symbol,
      funds.map(({ group }) => group.info.name),
    )
  }

  /** Returns name, market cap and sector of a symbol. */
  stock(symbol: string): Stock | undefined {
    if (!this.knows(symbol)) return undefined
    const { name = null, market_cap = null } = this.stocks.rows.get(symbol) ?? {}
    return Object.freeze({ symbol, name, market_cap, sector: this.sectors.of(symbol) ?? null })
  }

  /** Returns the distinct members of the universes in a list like `SPY:QQQ:dow30`, in byte order. */
  union(names: string): readonly string[] {
    return this.#unions.get(names) ?? this.#unite(names)
  }

  /** Returns true when the table symbols or any universe has this symbol. */
  knows(symbol: string): boolean {
    return this.stocks.rows.has(symbol) || (this.#unlisted ??= this.#findUnlisted()).has(symbol)
  }

  /** Digest of the whole snapshot. */
  get version(): string {
    if (this.#version === undefined) {
      const hash = createHash('sha1').update(this.stocks.digest)
      for (const { digest } of this.groups.values()) hash.update(digest)
      this.#version = hash.digest('base64url')
    }
    return this.#version
  }

  /** Number of memberships in all universes. */
  get size(): number {
    let sum = 0
    for (const { info } of this.groups.values()) sum += info.count
    return sum
  }

  /** Estimated size in bytes. */
  get bytes(): number {
    let sum = this.stocks.bytes
    for (const group of this.groups.values()) sum += group.bytes
    for (const named of this.#types.values()) for (const universe of named.values()) sum += universe.bytes
    for (const list of this.#memberships.values()) sum += 100 + list.length * 80
    for (const lists of [this.#etfs, this.#unions])
      for (const list of lists.values()) sum += 100 + list.length * 8
    return sum
  }

  #findUnlisted(): ReadonlySet<string> {
    return new Set([...this.groups.values()].flatMap((group) => group.unlisted(this.stocks)))
  }

  #unite(text: string): readonly string[] {
    if (text.trim() === '')
      throw new UniversesError('no universe name given', {
        code: SQLSTATE.invalidArgument,
        hint: "Names are separated by colons: symbols('SPY:QQQ:dow30').",
      })
    const names = text.split(':').map((name) => name.trim())
    const unknown = names.filter((name) => !this.#names.has(name)).sort()
    if (unknown.length > 0)
      throw new UniversesError(`no universe is named ${unknown.join(', ')}`, {
        code: SQLSTATE.notFound,
        detail: `Environment ${this.environment}.`,
        hint: 'universes() lists the names; they are case-sensitive, funds in upper case.',
      })
    const lists = names
      .flatMap((name) => this.#names.get(name) ?? [])
      .map(({ group }) => group.columns.symbols)
    if (this.#unions.size >= MAX_UNIONS) this.#unions.clear()
    return memoize(this.#unions, text, [...new Set(lists.flat())].sort())
  }
}

function memoize<Value>(known: Map<string, readonly Value[]>, key: string, value: Value[]): readonly Value[] {
  const list = Object.freeze(value)
  known.set(key, list)
  return list
}
