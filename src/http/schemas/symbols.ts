import { Type } from '@fastify/type-provider-typebox'
import { OPEN, Moment, text, orNull, Name, Weight, Dollars, AsOf } from './read.js'

/** Which symbol. */
export const SymbolParameters = Type.Object({
  symbol: text(40, 'In any case and with any punctuation: brk/b is BRK.B.'),
})

/** When. */
export const SymbolQuery = Type.Object({ as_of: AsOf }, { additionalProperties: false })

/** What to search for. */
export const SearchQuery = Type.Object(
  {
    q: text(100, 'What somebody has typed so far.'),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
  },
  { additionalProperties: false },
)

const Past = Type.Object(
  { type: Type.String(), name: Type.String(), since: orNull(Moment), until: Moment, end_reason: Name },
  OPEN,
)

/** One symbol with its universes. */
export const SymbolFacts = Type.Object(
  {
    symbol: Type.String(),
    listed: Type.Boolean({ description: 'whether the table symbols knows it' }),
    name: Type.Optional(Name),
    environment: Type.String(),
    at: orNull(Moment),
    market_cap: Dollars,
    sector: orNull(Type.Object({ name: Type.String(), source: Type.Optional(Type.String()) }, OPEN)),
    universes: Type.Array(
      Type.Object(
        {
          type: Type.String(),
          name: Type.String(),
          title: Name,
          rank: orNull(Type.Integer()),
          weight: Weight,
          since: orNull(Moment),
          reason: orNull(Type.String(), 'rule, line of the file, or rank'),
          file: Name,
          run: orNull(Type.String(), 'the run or load that put it there'),
        },
        OPEN,
      ),
    ),
    past: Type.Array(Past, { description: 'memberships that had ended, the latest first' }),
  },
  OPEN,
)

/** What was found. */
export const SearchResults = Type.Object(
  {
    query: Type.String(),
    results: Type.Array(
      Type.Object(
        {
          kind: Type.Enum(['symbol', 'universe']),
          type: orNull(Type.String(), 'of the security, or of the universe'),
          name: Type.String({ description: 'the symbol, or the name of the universe' }),
          title: orNull(Type.String(), 'the company, or the title'),
          active: orNull(Type.Boolean(), 'false: delisted, or retired; null: unknown to the table symbols'),
          market_cap: Dollars,
          members: orNull(Type.Integer(), 'of a universe'),
          match: Type.Enum(['exact', 'prefix', 'title', 'word', 'part', 'similar']),
        },
        OPEN,
      ),
    ),
  },
  OPEN,
)
