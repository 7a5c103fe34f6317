import { Type, type Static } from 'typebox'
import { Count, OPEN } from './fields.js'

/** Changes that a run or load made to one universe: all numbers, and the first of the symbols. */
export const UniverseChangeDocument = Type.Object(
  {
    type: Type.String(),
    name: Type.String(),
    count: Type.Integer({ description: 'members afterwards' }),
    members_before: Count,
    added: Type.Integer({ description: 'members added' }),
    removed: Type.Integer({ description: 'members removed' }),
    updated: Type.Integer({ description: 'members with a new weight, rank or line of the file' }),
    held: Type.Boolean({ description: 'true: a guard kept the universe unchanged' }),
    added_symbols: Type.Array(Type.String(), {
      description: 'up to 20 for a run; up to 100, or the parameter symbols, for a load',
    }),
    removed_symbols: Type.Array(Type.String(), { description: 'as many as added_symbols' }),
  },
  OPEN,
)
export type UniverseChangeDocument = Static<typeof UniverseChangeDocument>
