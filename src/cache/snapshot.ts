import { createHash } from 'node:crypto'
import { SQLSTATE, UniversesError } from '../errors.js'
import type { Group } from './group.js'
import type { StockTable } from './stock-table.js'
import { Universe, type SectorIndex } from './universe.js'
import type { GroupInfo, Membership, Stock } from './types.js'

/** Unions that are remembered: callers may ask for any combination of names. */
const UNIONS = 1_000
const NONE: readonly GroupInfo[] = Object.freeze([])

/**
 * All universes at one moment. Readers never see it change: what lookups unfold is remembered, and says the same each time.
 * Answers for symbols are found when they are first asked for, so that a new snapshot costs nothing for those nobody asks for.
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

  /** `groups` in byte order of type and name. Universes that look the same in `before` are shared with it. */
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

  /** The universe of this type and name. */
  universe(type: string, name: string): Universe | undefined {
    return this.#types.get(type)?.get(name)
  }

  /** Every universe of this name, whatever its type. */
  named(name: string): readonly Universe[] | undefined {
    return this.#names.get(name)
  }

  /** Universes of a type, or all of them, in byte order of type and name. */
  list(type: string | undefined, retired: boolean): readonly GroupInfo[] {
    const key = `${retired} ${type ?? ''}`
    const known = this.#lists.get(key)
    if (known) return known
    const all = [...this.groups.values()].map(({ info }) => info)
    const wanted = all.filter(
      (info) => (type === undefined || info.type === type) && (retired || !info.retired),
    )
    // Callers may ask for any type.
    return wanted.length === 0 ? NONE : remember(this.#lists, key, wanted)
  }

  /** Universes that a symbol is in; undefined when nothing knows the symbol. */
  memberships(symbol: string): readonly Membership[] | undefined {
    const known = this.#memberships.get(symbol)
    if (known || !this.knows(symbol)) return known
    const found = [...this.groups.values()].map((group) => group.membership(symbol))
    return remember(
      this.#memberships,
      symbol,
      found.filter((membership) => membership !== undefined),
    )
  }

  /** Names of the ETFs that hold a symbol; undefined when nothing knows the symbol. */
  etfsOf(symbol: string): readonly string[] | undefined {
    const known = this.#etfs.get(symbol)
    if (known || !this.knows(symbol)) return known
    const funds = [...(this.#types.get('ETF')?.values() ?? [])].filter(({ group }) => group.has(symbol))
    return remember(
      this.#etfs,
      symbol,
      funds.map(({ group }) => group.info.name),
    )
  }

  /** What is known about a symbol. */
  stock(symbol: string): Stock | undefined {
    if (!this.knows(symbol)) return undefined
    const { name = null, market_cap = null } = this.stocks.rows.get(symbol) ?? {}
    return Object.freeze({ symbol, name, market_cap, sector: this.sectors.of(symbol) ?? null })
  }

  /** Distinct members of universes named as in `SPY:QQQ:dow30`, in byte order. */
  union(names: string): readonly string[] {
    return this.#unions.get(names) ?? this.#unite(names)
  }

  /** Whether the table symbols or any universe has this symbol. */
  knows(symbol: string): boolean {
    return this.stocks.rows.has(symbol) || (this.#unlisted ??= this.#findUnlisted()).has(symbol)
  }

  /** Digest of everything there is. */
  get version(): string {
    if (this.#version === undefined) {
      const hash = createHash('sha1').update(this.stocks.digest)
      for (const { digest } of this.groups.values()) hash.update(digest)
      this.#version = hash.digest('base64url')
    }
    return this.#version
  }

  /** Memberships in all universes. */
  get size(): number {
    let sum = 0
    for (const { info } of this.groups.values()) sum += info.count
    return sum
  }

  /** Estimate. */
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
      throw new UniversesError('no universe is named at all', {
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
    if (this.#unions.size >= UNIONS) this.#unions.clear()
    return remember(this.#unions, text, [...new Set(lists.flat())].sort())
  }
}

function remember<Value>(
  known: Map<string, readonly Value[]>,
  key: string,
  value: Value[],
): readonly Value[] {
  const list = Object.freeze(value)
  known.set(key, list)
  return list
}
