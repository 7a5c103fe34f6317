import { Type, type Static } from 'typebox'
import { Day, Dollars, OPEN, orNull, Text, Timestamp, Weight } from './fields.js'

/** Universe that a stock belongs to by sector, industry or market-cap band. */
export const StockClass = Type.Object(
  {
    name: Type.String(),
    title: Type.Optional(Type.String()),
    source: Type.Optional(Type.String({ description: 'row of sector_sources that decided' })),
    rule: Type.Optional(Type.String({ description: 'why, for example SIC 7372 in 7370-7379' })),
    since: Type.Optional(Timestamp),
  },
  OPEN,
)
export type StockClass = Static<typeof StockClass>

/** Sector that one source states for a stock; the enabled source with the lowest position decides. */
export const SectorCandidate = Type.Object(
  {
    source: Type.String(),
    position: Type.Integer(),
    enabled: Type.Boolean(),
    sector: Type.String(),
    rule: Type.String(),
  },
  OPEN,
)
export type SectorCandidate = Static<typeof SectorCandidate>

const membership = {
  type: Type.String(),
  name: Type.String(),
  title: Text,
  weight: Weight,
  market_cap: orNull(Type.Number(), 'US dollars, as recorded with the weight'),
  since: orNull(Timestamp),
  reason: orNull(Type.String(), 'rule, line of the file, or rank'),
  file: Text,
  line: orNull(Type.Integer(), 'line of the file'),
  run: orNull(Type.String(), 'run or load that added the member'),
  run_id: Text,
}

/** A universe that the stock is in. */
export const StockUniverse = Type.Object(
  { ...membership, rank: orNull(Type.Integer(), 'in a ranking; null for a past time') },
  OPEN,
)
export type StockUniverse = Static<typeof StockUniverse>

/** A membership that had ended. */
export const PastUniverse = Type.Object({ ...membership, until: Timestamp, end_reason: Text }, OPEN)
export type PastUniverse = Static<typeof PastUniverse>

const NotKnown = Type.Object({ type: Type.String(), universes: Type.Integer(), known_since: Timestamp }, OPEN)

/** One symbol with its universes. */
export const StockDocument = Type.Object(
  {
    symbol: Type.String(),
    environment: Type.String(),
    at: orNull(Timestamp, 'time asked about; null: now'),
    listed: Type.Boolean({ description: 'true: the table symbols has it' }),
    name: Type.Optional(Text),
    type: Type.Optional(orNull(Type.String(), 'CS, ADRC, ETF, ...')),
    exchange: Type.Optional(Text),
    active: Type.Optional(Type.Boolean()),
    country: Type.Optional(Text),
    list_date: Type.Optional(orNull(Day)),
    market_cap: Dollars,
    band: orNull(StockClass),
    sector: orNull(StockClass),
    industry: orNull(StockClass),
    sector_candidates: Type.Array(SectorCandidate, {
      description: 'sectors that the sources state; empty for a past time',
    }),
    universes: Type.Array(StockUniverse),
    past: Type.Array(PastUniverse, { description: 'memberships that had ended, latest first' }),
    not_known: Type.Array(NotKnown, {
      description: 'universes whose history begins after the time asked about, by type',
    }),
  },
  OPEN,
)
export type StockDocument = Static<typeof StockDocument>

/** A symbol or universe that matches a search. */
export const SearchResult = Type.Object(
  {
    kind: Type.Enum(['symbol', 'universe'] as const),
    type: orNull(Type.String(), 'type of the security, or of the universe'),
    name: Type.String({ description: 'symbol, or name of the universe' }),
    title: orNull(Type.String(), 'company, or title of the universe'),
    active: orNull(Type.Boolean(), 'false: delisted or retired; null: not in the table symbols'),
    market_cap: Dollars,
    members: orNull(Type.Integer(), 'members of the universe'),
    match: Type.Enum(['exact', 'prefix', 'title', 'word', 'part', 'similar'] as const),
  },
  OPEN,
)
export type SearchResult = Static<typeof SearchResult>

/** Matches of a search, best first. */
export const SearchResults = Type.Object({ query: Type.String(), results: Type.Array(SearchResult) }, OPEN)
export type SearchResults = Static<typeof SearchResults>
