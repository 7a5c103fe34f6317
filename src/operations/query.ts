import type pg from 'pg'
import type { StockDocument } from '../documents/symbols.js'
import type { UniverseDocument } from '../documents/universes.js'

export type { StockDocument as StockAnswer, UniverseDocument as UniverseAnswer }

/** Environment and time to read; without `asOf` the present. */
export interface QueryOptions {
  /** A day (its end), a timestamp (UTC if it has no zone), or the id of a run or load. */
  asOf?: string | undefined
  /** Default: `DEFAULT`. */
  environment?: string | undefined
}

/** Document of describe_all(): sizes of all universes; timestamps are ISO 8601. */
export interface AllAnswer {
  environment: string
  /** Null: the present. */
  at: string | null
  types: {
    type: string
    universes: number
    members: number
    last_change: string | null
    largest: string
    largest_members: number
  }[]
  universes: number
  memberships: number
  symbols: number
  history: { since: string | null; last_change: string | null; rows: number }
  /** The last run or load of each kind. */
  last: {
    id: string
    kind: string
    mode: string
    triggered_by: string
    started_at: string
    finished_at: string
    total_changes: number
  }[]
}

/**
 * Calls describe_stock(). Rejects with UV003 for an unknown symbol, with the nearest ones in the hint, and for a time
 * before the history begins.
 */
export async function describeStock(
  client: pg.ClientBase,
  symbol: string,
  options: QueryOptions = {},
): Promise<StockDocument> {
  return call(client, 'describe_stock($3, resolve_as_of($1), $2)', options, [symbol])
}

/**
 * Calls describe_universe() for a name or title, of any type unless `type` is given. Rejects with UV003 for an unknown
 * name, with the nearest ones in the hint, and for a time before the history begins; with UV002 if several universes
 * have the name.
 */
export async function describeUniverse(
  client: pg.ClientBase,
  name: string,
  options: QueryOptions & { type?: string | undefined } = {},
): Promise<UniverseDocument> {
  const types = options.type === undefined ? null : [options.type]
  return call(client, 'describe_universe($3, $4, resolve_as_of($1), $2)', options, [name, types])
}

/** Calls describe_all(). Rejects with UV003 for a time before the history begins, and for an unused environment. */
export async function describeAll(client: pg.ClientBase, options: QueryOptions = {}): Promise<AllAnswer> {
  return call(client, 'describe_all(resolve_as_of($1), $2)', options, [])
}

async function call<Answer>(
  client: pg.ClientBase,
  call: string,
  { asOf, environment }: QueryOptions,
  parameters: unknown[],
): Promise<Answer> {
  const { rows } = await client.query<{ answer: Answer }>(`SELECT ${call} AS answer`, [
    asOf ?? null,
    environment ?? 'DEFAULT',
    ...parameters,
  ])
  return rows[0]!.answer
}
