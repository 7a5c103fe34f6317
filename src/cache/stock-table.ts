import { createHash } from 'node:crypto'
import { split, toNumber, type SymbolColumns } from './document.js'

/** A row of the table symbols. */
export interface StockRow {
  readonly symbol: string
  readonly name: string | null
  readonly market_cap: number | null
}

/** Bytes of a row in memory: the object, its number, its entry in the map, headers of its two strings. */
const ROW_BYTES = 160

/** Names and market caps of all symbols at one point in time. Parsed on the first lookup. */
export class StockTable {
  /** Digest of the rows: equal only for identical tables. */
  readonly digest: string
  readonly #columns: SymbolColumns
  #rows: ReadonlyMap<string, StockRow> | undefined

  constructor(columns: SymbolColumns) {
    this.#columns = columns
    this.digest = createHash('sha1').update(JSON.stringify(columns)).digest('base64url')
  }

  get rows(): ReadonlyMap<string, StockRow> {
    return (this.#rows ??= parseRows(this.#columns))
  }

  get size(): number {
    return this.#columns.names?.length ?? 0
  }

  /** Estimated size in bytes. */
  get bytes(): number {
    const { symbols, names, market_caps } = this.#columns
    const text = (symbols?.length ?? 0) + (market_caps?.length ?? 0)
    return text + (names?.length ?? 0) * 64 + (this.#rows?.size ?? 0) * ROW_BYTES
  }
}

function parseRows({ symbols, names, market_caps }: SymbolColumns): Map<string, StockRow> {
  const caps = split(market_caps)
  return new Map(
    split(symbols).map((symbol, index) => [
      symbol,
      { symbol, name: names?.[index] ?? null, market_cap: toNumber(caps[index]) },
    ]),
  )
}
