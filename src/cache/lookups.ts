import { SQLSTATE, UniversesError } from '../errors.js'
import type { Snapshot } from './snapshot.js'
import type { Constituent, GroupInfo, Membership, Stock } from './types.js'

/** The server cannot answer yet: PostgreSQL's cannot_connect_now. */
const NOT_YET = '57P03'

/**
 * Questions about universes, answered from memory: synchronous, and frozen, so that nobody can change what others read. A name
 * or symbol that does not exist gives undefined; an existing universe without members gives an empty list. Names are
 * case-sensitive, funds in upper case. Every lookup throws before the first load.
 */
export abstract class Lookups {
  /** Replaced as a whole, in one assignment. */
  protected current: Snapshot | undefined
  protected hits = 0
  protected misses = 0

  /** Constituents of an ETF, the heaviest first. */
  etfHoldings(etf: string): readonly Constituent[] | undefined {
    return this.members('ETF', etf)
  }

  /** Stocks of a sector, by market cap. */
  stocksOf(sector: string): readonly Constituent[] | undefined {
    return this.members('SECTOR', sector)
  }

  /** Stocks of a theme, by market cap. */
  themeMembers(theme: string): readonly Constituent[] | undefined {
    return this.members('THEME', theme)
  }

  /** Members of the universe of this type and name: by rank, else by weight, else by market cap. */
  members(type: string, name: string): readonly Constituent[] | undefined {
    const universe = this.snapshot.universe(type, name)
    if (universe === undefined) return this.count(undefined)
    this.hits++
    return universe.constituents
  }

  /**
   * Members of the universe of this name, whatever its type. Of several that share a name the one of type UNIVERSE is meant;
   * throws an UniversesError (UV002) when none of them is.
   */
  universeMembers(name: string): readonly Constituent[] | undefined {
    const named = this.snapshot.named(name)
    if (named === undefined) return this.count(undefined)
    const meant = named.length === 1 ? named[0] : named.find(({ group }) => group.info.type === 'UNIVERSE')
    if (meant === undefined)
      throw ambiguous(
        name,
        named.map(({ group }) => group.info.type),
      )
    this.hits++
    return meant.constituents
  }

  /**
   * Distinct members of several universes, `SPY:QQQ:dow30`, in byte order, as universe_symbols() gives them. Throws an
   * UniversesError for an unknown name (UV003) and for no name at all (UV002).
   */
  symbols(names: string): readonly string[] {
    const { snapshot } = this
    try {
      return this.count(snapshot.union(names))
    } catch (error) {
      this.misses++
      throw error
    }
  }

  /** Names of the ETFs that hold a symbol, in byte order. */
  etfsOf(symbol: string): readonly string[] | undefined {
    return this.count(this.snapshot.etfsOf(symbol))
  }

  /** Sector of a stock; null when it is in none. */
  sectorOf(symbol: string): string | null | undefined {
    const { snapshot } = this
    return this.count(snapshot.sectors.of(symbol) ?? (snapshot.knows(symbol) ? null : undefined))
  }

  /** Every universe that a symbol is in, in byte order of type and name, as symbol_groups() lists them. */
  groupsOf(symbol: string): readonly Membership[] | undefined {
    return this.count(this.snapshot.memberships(symbol))
  }

  /** What is known about a symbol. */
  stock(symbol: string): Stock | undefined {
    return this.count(this.snapshot.stock(symbol))
  }

  /** The universe of this type and name, without its members. */
  group(type: string, name: string): GroupInfo | undefined {
    return this.count(this.snapshot.universe(type, name)?.group.info)
  }

  /** Digest of everything that `group` and `members` tell about a universe: what an ETag can be made of. */
  fingerprint(type: string, name: string): string | undefined {
    return this.count(this.snapshot.universe(type, name)?.fingerprint)
  }

  /** ETFs with holdings, by name. */
  etfs(): readonly GroupInfo[] {
    return this.universes('ETF')
  }

  /** Sectors, by name. */
  sectors(): readonly GroupInfo[] {
    return this.universes('SECTOR')
  }

  /** Themes, by name. */
  themes(): readonly GroupInfo[] {
    return this.universes('THEME')
  }

  /** Universes of a type, all of them when left out, by type and name. Retired ones are left out unless they are asked for. */
  universes(type?: string, { retired = false }: { retired?: boolean } = {}): readonly GroupInfo[] {
    this.hits++
    return this.snapshot.list(type, retired)
  }

  /** The snapshot to answer from; whoever takes it sees one moment. */
  protected get snapshot(): Snapshot {
    if (this.current === undefined) throw notLoaded()
    return this.current
  }

  protected count<Answer>(answer: Answer): Answer {
    if (answer === undefined) this.misses++
    else this.hits++
    return answer
  }
}

function notLoaded(): UniversesError {
  return new UniversesError('the cache has not been loaded yet', {
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
