import { Type } from '@fastify/type-provider-typebox'
import { AsOf, text } from './read.js'

/** Path parameters of a symbol. */
export const SymbolParameters = Type.Object({
  symbol: text(40, 'Symbol; case and punctuation do not matter: brk/b is BRK.B.'),
})

/** Query parameters of a symbol. */
export const SymbolQuery = Type.Object({ as_of: AsOf }, { additionalProperties: false })

/** Query parameters of a search. */
export const SearchQuery = Type.Object(
  {
    q: text(100, 'Symbol, company, or name or title of a universe; the first letters are enough.'),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
  },
  { additionalProperties: false },
)
