import { SQLSTATE, UniversesError } from '../errors.js'
import type { Snapshot } from './snapshot.js'
import type { Constituent, GroupInfo, Membership, Stock } from './types.js'

/** PostgreSQL's cannot_connect_now: try again later. */
const NOT_YET = '57P03'

/**
 * Synchronous lookups in the current snapshot. Results are frozen and shared between callers. A name or symbol that does not
 * exist gives undefined; an existing universe without members gives an empty list. Names are case-sensitive, funds in upper
 * case. Every lookup throws (57P03) before the first load.
 */
export abstract class Lookups {
  /** Replaced as a whole, in one assignment. */
  protected current: Snapshot | undefined
  protected hits = 0
  protected misses = 0

  /** Returns the constituents of an ETF, by descending weight. */
  etfHoldings(etf: string): readonly Constituent[] | undefined {
    return this.members('ETF', etf)
  }

  /** Returns the stocks of a sector, by descending market cap. */
  stocksOf(sector: string): readonly Constituent[] | undefined {
    return this.members('SECTOR', sector)
  }

  /** Returns the stocks of a theme, by descending market cap. */
  themeMembers(theme: string): readonly Constituent[] | undefined {
    return this.members('THEME', theme)
  }

  /** Returns the members of a universe: by rank, else by weight, else by market cap. */
  members(type: string, name: string): readonly Constituent[] | undefined {
    const universe = this.snapshot.universe(type, name)
    if (universe === undefined) return this.counted(undefined)
    this.hits++
    return universe.constituents
  }

  /**
   * Returns the members of the universe of this name, whatever its type. Of several with the same name, the one of type UNIVERSE
   * is used. Throws a UniversesError (UV002) when none of them is of that type.
   */
  universeMembers(name: string): readonly Constituent[] | undefined {
    const named = this.snapshot.named(name)
    if (named === undefined) return this.counted(undefined)
    const match = named.length === 1 ? named[0] : named.find(({ group }) => group.info.type === 'UNIVERSE')
    if (match === undefined)
      throw ambiguous(
        name,
        named.map(({ group }) => group.info.type),
      )
    this.hits++
    return match.constituents
  }

  /**
   * Returns the distinct members of several universes, `SPY:QQQ:dow30`, in byte order, like universe_symbols(). Throws a
   * UniversesError for an unknown name (UV003) and for an empty list of names (UV002).
   */
  symbols(names: string): readonly string[] {
    const { snapshot } = this
    try {
      return this.counted(snapshot.union(names))
    } catch (error) {
      this.misses++
      throw error
    }
  }

  /** Returns the names of the ETFs that hold a symbol, in byte order. */
  etfsOf(symbol: string): readonly string[] | undefined {
    return this.counted(this.snapshot.etfsOf(symbol))
  }

  /** Returns the sector of a stock; null when it is in none. */
  sectorOf(symbol: string): string | null | undefined {
    const { snapshot } = this
    return this.counted(snapshot.sectors.of(symbol) ?? (snapshot.knows(symbol) ? null : undefined))
  }

  /** Returns the memberships of a symbol, in byte order of type and name, like symbol_groups(). */
  groupsOf(symbol: string): readonly Membership[] | undefined {
    return this.counted(this.snapshot.memberships(symbol))
  }

  /** Returns name, market cap and sector of a symbol. */
  stock(symbol: string): Stock | undefined {
    return this.counted(this.snapshot.stock(symbol))
  }

  /** Returns a universe without its members. */
  group(type: string, name: string): GroupInfo | undefined {
    return this.counted(this.snapshot.universe(type, name)?.group.info)
  }

  /** Returns a digest of the results of `group` and `members`, suitable for an ETag. */
  fingerprint(type: string, name: string): string | undefined {
    return this.counted(this.snapshot.universe(type, name)?.fingerprint)
  }

  /** Lists the ETFs with holdings, by name. */
  etfs(): readonly GroupInfo[] {
    return this.universes('ETF')
  }

  /** Lists the sectors, by name. */
  sectors(): readonly GroupInfo[] {
    return this.universes('SECTOR')
  }

  /** Lists the themes, by name. */
  themes(): readonly GroupInfo[] {
    return this.universes('THEME')
  }

  /** Lists the universes of a type (all types when omitted), by type and name. `retired` includes retired ones. */
  universes(type?: string, { retired = false }: { retired?: boolean } = {}): readonly GroupInfo[] {
    this.hits++
    return this.snapshot.list(type, retired)
  }

  /** The current snapshot. A caller that reads it once sees one consistent state. */
  protected get snapshot(): Snapshot {
    if (this.current === undefined) throw notLoaded()
    return this.current
  }

  /** Counts a lookup as hit or miss and returns its result. */
  protected counted<Result>(result: Result): Result {
    if (result === undefined) this.misses++
    else this.hits++
    return result
  }
}

function notLoaded(): UniversesError {
  return new UniversesError('the relationship cache has not been loaded yet', {
    code: NOT_YET,
    hint: 'Wait for loaded(); statistics().stale says what it waits for.',
  })
}

function ambiguous(name: string, types: string[]): UniversesError {
  return new UniversesError(`${types.length} universes are named ${name}`, {
    code: SQLSTATE.invalidArgument,
    detail: `Types ${types.join(', ')}.`,
    hint: `Say which by its type: members('${types[0]}', '${name}').`,
  })
}
