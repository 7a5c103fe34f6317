import { Type } from '@fastify/type-provider-typebox'
import { ProblemDocument } from '../../documents/problem.js'
import { MemberPage } from '../../documents/universes.js'
import { AsOf, NotModified, page, text } from './read.js'

/** Path parameters of a universe. */
export const UniverseParameters = Type.Object({
  type: text(
    40,
    'ETF, UNIVERSE, SECTOR, INDUSTRY, THEME, MARKET_CAP, MARKET_LEADERS, ... in upper or lower case',
  ),
  name: text(200, 'Name or title; case and punctuation do not matter.'),
})

/** Query parameters of the list of universes. */
export function UniversesQuery(most: number) {
  return Type.Object(
    { type: Type.Optional(text(40, 'Only universes of this type.')), ...page(most) },
    { additionalProperties: false },
  )
}

/** Query parameters of the members of a universe. */
export function MembersQuery(most: number) {
  return Type.Object(
    {
      as_of: AsOf,
      ...page(most),
      format: Type.Optional(
        Type.Enum(['json', 'csv'], {
          description: 'Overrides the Accept header. CSV without a limit has all members.',
        }),
      ),
    },
    { additionalProperties: false },
  )
}

/** Responses of a route that returns members, as JSON or CSV. */
export const MemberResponses = {
  200: {
    description: 'Members, ordered by place.',
    content: { 'application/json': { schema: MemberPage }, 'text/csv': { schema: Type.String() } },
  },
  304: NotModified,
  default: ProblemDocument,
}
