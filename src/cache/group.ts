import { createHash } from 'node:crypto'
import { UniversesError } from '../errors.js'
import { split, toNumber, type GroupColumns } from './document.js'
import type { StockTable } from './stock-table.js'
import type { GroupInfo, Membership } from './types.js'

/** Bytes of a member in memory once the columns are parsed: its symbol, its weight or rank, and its timestamp. */
const MEMBER_BYTES = 56

/** Parsed columns of the members. */
interface Columns {
  /** In byte order. */
  readonly symbols: readonly string[]
  readonly weights: readonly (number | null)[]
  readonly ranks: readonly (number | null)[]
  readonly since: readonly (string | null)[]
}

/**
 * One version of a universe: its memberships, without the facts about the symbols. Immutable, so that consecutive snapshots can
 * share it. The columns are parsed on the first lookup of a member.
 */
export class Group {
  readonly id: number
  readonly info: GroupInfo
  /** Digest of the whole group: equal only for identical groups. */
  readonly digest: string
  readonly #texts: GroupColumns
  #columns: Columns | undefined
  #unlisted: { table: string; symbols: readonly string[] } | undefined

  constructor(texts: GroupColumns) {
    const { id, type, name, title, source, count, weight_sum, retired, symbols, weights, ranks, since } =
      texts
    const version = digest([symbols, weights, ranks])
    this.id = id
    this.info = Object.freeze({ type, name, title, source, count, weight_sum, retired, version })
    this.digest = digest([id, this.info, since])
    this.#texts = texts
  }

  get columns(): Columns {
    return (this.#columns ??= parseColumns(this.#texts))
  }

  /** Returns the membership of a symbol; undefined when it is not a member. */
  membership(symbol: string): Membership | undefined {
    const { symbols, weights, ranks, since } = this.columns
    const index = binarySearch(symbols, symbol)
    if (index === undefined) return undefined
    const { type, name, title } = this.info
    const [rank, weight] = [ranks[index] ?? null, weights[index] ?? null]
    return Object.freeze({ type, name, title, rank, weight, since: since[index] ?? null })
  }

  /** Returns true when the symbol is a member. */
  has(symbol: string): boolean {
    return binarySearch(this.columns.symbols, symbol) !== undefined
  }

  /** Returns the members without a row in the table symbols. */
  unlisted(stocks: StockTable): readonly string[] {
    // Cached by digest: a reference to the table would keep an old one alive as long as this group.
    if (this.#unlisted?.table !== stocks.digest) {
      const symbols = this.columns.symbols.filter((symbol) => !stocks.rows.has(symbol))
      this.#unlisted = { table: stocks.digest, symbols }
    }
    return this.#unlisted.symbols
  }

  /** Estimated size in bytes. */
  get bytes(): number {
    const { symbols, weights, ranks, since } = this.#texts
    const text = [symbols, weights, ranks, since].reduce((sum, column) => sum + (column?.length ?? 0), 0)
    return 500 + text + (this.#columns?.symbols.length ?? 0) * MEMBER_BYTES
  }
}

function digest(values: unknown[]): string {
  return createHash('sha1').update(JSON.stringify(values)).digest('base64url').slice(0, 22)
}

function parseColumns({ type, name, count, symbols, weights, ranks, since }: GroupColumns): Columns {
  const members = split(symbols)
  if (members.length !== count)
    throw new UniversesError(`a symbol of ${type} ${name} contains a tab`, {
      detail: `It has ${count} members and ${members.length} values.`,
      hint: "SELECT symbol FROM group_memberships WHERE symbol ~ '\\t' shows it: correct it in symbols, then refresh.",
    })
  const known = new Map<string, string | null>()
  const timestamp = (text: string): string | null => {
    // Most members came in one of a few loads: equal timestamps share one string.
    if (!known.has(text)) known.set(text, toTimestamp(text))
    return known.get(text) ?? null
  }
  return {
    symbols: members,
    weights: split(weights).map(toNumber),
    ranks: split(ranks).map(toNumber),
    since: split(since).map(timestamp),
  }
}

/** Formats seconds since the Unix epoch as ISO 8601 with microseconds. */
function toTimestamp(text: string): string | null {
  const microseconds = Math.round(Number(text) * 1e6)
  if (text === '' || !Number.isSafeInteger(microseconds)) return null
  const milliseconds = Math.floor(microseconds / 1000)
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0')
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`
}

/** Finds the index of a symbol in a list in byte order, by binary search. */
function binarySearch(symbols: readonly string[], symbol: string): number | undefined {
  let [low, high] = [0, symbols.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const candidate = symbols[middle]!
    if (candidate === symbol) return middle
    if (candidate < symbol) low = middle + 1
    else high = middle - 1
  }
  return undefined
}
