import { Type } from '@fastify/type-provider-typebox'
import { ProblemDocument } from '../responses/problem.js'
import { OPEN, Moment, text, orNull, Name, Weight, Dollars, AsOf, page, NotModified } from './read.js'

/** Which universe. */
export const UniverseParameters = Type.Object({
  type: text(40, 'ETF, UNIVERSE, SECTOR, INDUSTRY, THEME, MARKET_CAP, MARKET_LEADERS, ... in any case'),
  name: text(200, 'Name or title, whatever its case and punctuation.'),
})

/** Which universes. */
export function UniversesQuery(most: number) {
  return Type.Object(
    { type: Type.Optional(text(40, 'Only universes of this type.')), ...page(most) },
    { additionalProperties: false },
  )
}

/** Which members, when, and how. */
export function MembersQuery(most: number) {
  return Type.Object(
    {
      as_of: AsOf,
      ...page(most),
      format: Type.Optional(
        Type.Enum(['json', 'csv'], {
          description: 'Or an Accept header. CSV without a limit has all members.',
        }),
      ),
    },
    { additionalProperties: false },
  )
}

const universe = {
  type: Type.String(),
  name: Type.String(),
  title: Name,
  source: orNull(Type.String(), 'rules, file or legacy'),
  weight_sum: Weight,
  version: Type.String({ description: 'changes with members, weights and ranks, and with nothing else' }),
}

const paged = {
  total: Type.Integer({ description: 'rows of all pages' }),
  limit: Type.Integer(),
  offset: Type.Integer(),
  next: orNull(Type.String(), 'path of the next page, as in the Link header; null on the last one'),
}

/** A page of universes. */
export const UniverseList = Type.Object(
  {
    environment: Type.String(),
    ...paged,
    universes: Type.Array(
      Type.Object(
        { ...universe, count: Type.Integer({ description: 'members' }), retired: Type.Boolean() },
        OPEN,
      ),
    ),
  },
  OPEN,
)

const File = Type.Object(
  {
    file: Type.String(),
    format: Name,
    as_of: orNull(Type.String(), 'date of the holdings'),
    loaded_at: Moment,
    load_id: Name,
  },
  OPEN,
)

/** One universe without its members. */
export const UniverseFacts = Type.Object(
  {
    ...universe,
    version: orNull(universe.version),
    environment: Type.String(),
    size: Type.Integer(),
    rule: orNull(Type.String(), 'of a theme'),
    file: orNull(File, 'that a loaded universe came from'),
    known_since: orNull(Moment),
    last_change: orNull(Moment),
    retired_at: orNull(Moment),
    sectors: Type.Array(
      Type.Object(
        { sector: Type.String(), title: Type.String(), constituents: Type.Integer(), weight: Weight },
        OPEN,
      ),
    ),
  },
  OPEN,
)

const Member = Type.Object(
  {
    place: Type.Integer({ description: 'by rank, else by weight, else by market cap' }),
    symbol: Type.String(),
    name: Name,
    weight: Weight,
    rank: orNull(Type.Integer(), 'in a ranking; not known of a past moment'),
    market_cap: orNull(Type.Number(), 'US dollars; of a past moment as recorded when the weight was'),
    sector: Name,
    since: orNull(Moment),
  },
  OPEN,
)

const MemberPage = Type.Object(
  {
    type: Type.String(),
    name: Type.String(),
    title: Name,
    environment: Type.String(),
    at: orNull(Moment, 'the moment asked about; null: now'),
    version: orNull(universe.version, 'null with as_of'),
    weight_sum: Weight,
    ...paged,
    members: Type.Array(Member),
  },
  OPEN,
)

const listed = { name: Type.String(), title: Name, count: Type.Integer({ description: 'members' }) }

/** All sectors. */
export const SectorList = Type.Object(
  {
    environment: Type.String(),
    total: Type.Integer(),
    sectors: Type.Array(
      Type.Object(
        {
          ...listed,
          percent: orNull(Type.Number(), 'of the active stocks'),
          market_cap: Dollars,
          sources: orNull(Type.Record(Type.String(), Type.Integer()), 'stocks by the source that decided'),
        },
        OPEN,
      ),
    ),
    coverage: orNull(
      Type.Object({ covered: Type.Integer(), total: Type.Integer(), percent: orNull(Type.Number()) }, OPEN),
      'active stocks with a known sector',
    ),
  },
  OPEN,
)

/** All themes. */
export const ThemeList = Type.Object(
  {
    environment: Type.String(),
    total: Type.Integer(),
    themes: Type.Array(
      Type.Object(
        {
          ...listed,
          rule: orNull(Type.Object({ description: Type.String() }, OPEN), 'the row of theme_rules'),
          last_rebalance: orNull(
            Type.Object({ at: Moment, added: Type.Integer(), removed: Type.Integer() }, OPEN),
            'when its rule last changed its members',
          ),
        },
        OPEN,
      ),
    ),
  },
  OPEN,
)

/** Responses of members: a document, or CSV. */
export const MemberAnswers = {
  200: {
    description: 'Members in order of their places.',
    content: { 'application/json': { schema: MemberPage }, 'text/csv': { schema: Type.String() } },
  },
  304: NotModified,
  default: ProblemDocument,
}
