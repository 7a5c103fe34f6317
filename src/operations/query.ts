import type pg from 'pg'

/** Which universes are meant, and when: now when `asOf` is left out. */
export interface QueryOptions {
  /** A day (its end), a timestamp, or the id of a run or load; without a zone it is UTC. */
  asOf?: string | undefined
  /** `DEFAULT` when left out. */
  environment?: string | undefined
}

/** Every answer: of `environment`, at a past moment, or now when that is null. Moments are ISO 8601. */
interface AnswerBase {
  environment: string
  at: string | null
}

/** The document of describe_stock(); market cap in US dollars, weights in percent. */
export interface StockAnswer extends AnswerBase {
  symbol: string
  /** Whether symbols knows it; without that, universes is all there is to say. */
  listed: boolean
  name?: string | null
  type?: string | null
  exchange?: string | null
  active?: boolean
  country?: string | null
  list_date?: string | null
  market_cap: number | null
  band: StockClass | null
  sector: StockClass | null
  industry: StockClass | null
  sector_candidates: SectorCandidate[]
  universes: StockUniverse[]
  past: PastUniverse[]
  /** Universes whose history begins after the moment asked about, by type. */
  not_known: { type: string; universes: number; known_since: string }[]
}

/** The universe that a stock is put into by sector, industry or band, and why. */
export interface StockClass {
  name: string
  title?: string
  source?: string
  rule?: string
  since?: string
}

/** What one source says about a stock's sector; the enabled one with the lowest position is believed. */
export interface SectorCandidate {
  source: string
  position: number
  enabled: boolean
  sector: string
  rule: string
}

/** A membership: why it began, and by which run or load. */
interface Membership {
  type: string
  name: string
  title: string | null
  weight: number | null
  market_cap: number | null
  since: string | null
  reason: string | null
  file: string | null
  line: number | null
  run: string | null
  run_id: string | null
}

/** A universe that the stock is in at the moment asked about. */
export interface StockUniverse extends Membership {
  rank: number | null
}

/** A membership that had ended by then. */
export interface PastUniverse extends Membership {
  until: string
  end_reason: string | null
}

/** The document of describe_universe(). */
export interface UniverseAnswer extends AnswerBase {
  type: string
  name: string
  title: string | null
  source: string | null
  /** Description of the theme rule that decides it. */
  rule: string | null
  retired_at: string | null
  file: UniverseFile | null
  known_since: string | null
  last_change: string | null
  size: number
  weight_sum: number | null
  sectors: UniverseSector[]
  constituents: Constituent[]
}

/** The file that a universe came from; as_of is the date of the holdings. */
export interface UniverseFile {
  file: string
  format: string | null
  as_of: string | null
  md5: string | null
  loaded_at: string
  load_id: string
}

/** Share of a sector in a universe. */
export interface UniverseSector {
  sector: string
  title: string
  constituents: number
  weight: number | null
}

/** One constituent; place counts from 1, by rank, else by weight, else by market cap. */
export interface Constituent {
  place: number
  symbol: string
  name: string | null
  weight: number | null
  rank: number | null
  market_cap: number | null
  sector: string | null
  since: string | null
  reason: string | null
}

/** The document of describe_all(). */
export interface AllAnswer extends AnswerBase {
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
 * Calls describe_stock(). Rejects with UV003 for a symbol that nothing knows, whose hint has the nearest ones, and for
 * a moment before history.
 */
export async function describeStock(
  client: pg.ClientBase,
  symbol: string,
  options: QueryOptions = {},
): Promise<StockAnswer> {
  return call(client, 'describe_stock($3, as_of_moment($1), $2)', options, [symbol])
}

/**
 * Calls describe_universe() for a name or title; `type` left out means any. Rejects with UV003 for a name that does
 * not exist, whose hint has the nearest ones, and for a moment before history; with UV002 when several have the name.
 */
export async function describeUniverse(
  client: pg.ClientBase,
  name: string,
  options: QueryOptions & { type?: string | undefined } = {},
): Promise<UniverseAnswer> {
  const types = options.type === undefined ? null : [options.type]
  return call(client, 'describe_universe($3, $4, as_of_moment($1), $2)', options, [name, types])
}

/** Calls describe_all(). Rejects with UV003 for a moment before history, or an environment that nobody has used. */
export async function describeAll(client: pg.ClientBase, options: QueryOptions = {}): Promise<AllAnswer> {
  return call(client, 'describe_all(as_of_moment($1), $2)', options, [])
}

async function call<Answer>(
  client: pg.ClientBase,
  call: string,
  { asOf, environment }: QueryOptions,
  parameters: unknown[],
): Promise<Answer> {
  const { rows } = await client.query<{ answer: Answer }>(`SELECT ${call} AS answer`, [
    ...[asOf ?? null, environment ?? 'DEFAULT'],
    ...parameters,
  ])
  return rows[0]!.answer
}
