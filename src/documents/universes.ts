import { Type, type Static } from 'typebox'
import { Count, Dollars, OPEN, orNull, Percent, Text, Timestamp, Weight } from './fields.js'

const universe = {
  type: Type.String(),
  name: Type.String(),
  title: Text,
  source: orNull(Type.String(), 'rules, file or legacy'),
  weight_sum: Weight,
}

const version = Type.String({ description: 'changes if, and only if, members, weights or ranks change' })

const page = {
  total: Type.Integer({ description: 'rows of all pages' }),
  limit: Type.Integer(),
  offset: Type.Integer(),
  next: orNull(Type.String(), 'path of the next page, as in the Link header; null on the last page'),
}

/** One page of universes. */
export const UniverseList = Type.Object(
  {
    environment: Type.String(),
    ...page,
    universes: Type.Array(
      Type.Object(
        { ...universe, version, count: Type.Integer({ description: 'members' }), retired: Type.Boolean() },
        OPEN,
      ),
    ),
  },
  OPEN,
)
export type UniverseList = Static<typeof UniverseList>

/** File that a loaded universe came from. */
export const UniverseFile = Type.Object(
  {
    file: Type.String(),
    format: orNull(Type.String(), 'layout of an issuer; null for a canonical file'),
    as_of: orNull(Type.String(), 'date of the holdings'),
    md5: Text,
    loaded_at: Timestamp,
    load_id: Text,
  },
  OPEN,
)
export type UniverseFile = Static<typeof UniverseFile>

const facts = {
  ...universe,
  environment: Type.String(),
  size: Type.Integer({ description: 'members' }),
  rule: orNull(Type.String(), 'description of the rule of a theme'),
  file: orNull(UniverseFile),
  known_since: orNull(Timestamp, 'start of its history'),
  last_change: orNull(Timestamp),
  retired_at: orNull(Timestamp),
  sectors: Type.Array(
    Type.Object(
      { sector: Type.String(), title: Type.String(), constituents: Type.Integer(), weight: Weight },
      OPEN,
    ),
  ),
}

/** One universe without its members. */
export const UniverseFacts = Type.Object({ ...facts, version: orNull(version) }, OPEN)
export type UniverseFacts = Static<typeof UniverseFacts>

const member = {
  place: Type.Integer({ description: 'from 1: by rank, else by weight, else by market cap' }),
  symbol: Type.String(),
  name: Text,
  weight: Weight,
  rank: orNull(Type.Integer(), 'in a ranking; null for a past time'),
  market_cap: orNull(Type.Number(), 'US dollars; for a past time as recorded with the weight'),
  sector: Text,
  since: orNull(Timestamp, 'start of the uninterrupted membership'),
}

/** A member of a universe. */
export const Member = Type.Object(member, OPEN)
export type Member = Static<typeof Member>

/** One page of the members of a universe. */
export const MemberPage = Type.Object(
  {
    type: Type.String(),
    name: Type.String(),
    title: Text,
    environment: Type.String(),
    at: orNull(Timestamp, 'time asked about; null: now'),
    version: orNull(version, 'null with as_of'),
    weight_sum: Weight,
    ...page,
    members: Type.Array(Member),
  },
  OPEN,
)
export type MemberPage = Static<typeof MemberPage>

/** A member with the reason for its membership. */
export const Constituent = Type.Object({ ...member, reason: Text }, OPEN)
export type Constituent = Static<typeof Constituent>

/** One universe with all its members, as describe_universe() returns it. */
export const UniverseDocument = Type.Object(
  { ...facts, at: orNull(Timestamp, 'time asked about; null: now'), constituents: Type.Array(Constituent) },
  OPEN,
)
export type UniverseDocument = Static<typeof UniverseDocument>

const listed = { name: Type.String(), title: Text, count: Type.Integer({ description: 'members' }) }

/** All sectors. */
export const SectorList = Type.Object(
  {
    environment: Type.String(),
    total: Count,
    sectors: Type.Array(
      Type.Object(
        {
          ...listed,
          percent: orNull(Type.Number(), 'percent of the active stocks'),
          market_cap: Dollars,
          sources: orNull(
            Type.Record(Type.String(), Type.Integer()),
            'number of stocks by the source that decided',
          ),
        },
        OPEN,
      ),
    ),
    coverage: orNull(
      Type.Object({ covered: Count, total: Count, percent: Percent }, OPEN),
      'active stocks with a known sector',
    ),
  },
  OPEN,
)
export type SectorList = Static<typeof SectorList>

const Rebalance = Type.Object({ at: Timestamp, added: Count, removed: Count }, OPEN)

/** All themes. */
export const ThemeList = Type.Object(
  {
    environment: Type.String(),
    total: Count,
    themes: Type.Array(
      Type.Object(
        {
          ...listed,
          rule: orNull(Type.Object({ description: Type.String() }, OPEN), 'row of theme_rules'),
          last_rebalance: orNull(Rebalance, 'last change of its members by its rule'),
        },
        OPEN,
      ),
    ),
  },
  OPEN,
)
export type ThemeList = Static<typeof ThemeList>
