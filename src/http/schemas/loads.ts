import { Type } from '@fastify/type-provider-typebox'
import { LOAD_KINDS } from '../../load/result.js'
import { UploadFields } from '../uploads/upload-parts.js'

const OPEN = { additionalProperties: true }
const Moment = Type.String({ format: 'date-time' })
const Id = Type.String({ format: 'uuid' })

/** Body of an upload, for the document only: a stream is nothing that a schema could check. */
export const UploadBody = Type.Object({
  files: Type.Array(Type.String({ format: 'binary' }), {
    minItems: 1,
    description: 'under the names by which they are recognised; of a path only the last part counts',
  }),
  ...UploadFields.properties,
})

/** Which load. */
export const LoadParameters = Type.Object({ id: Id })

/** How much of it. */
export const LoadQuery = Type.Object(
  {
    symbols: Type.Integer({
      ...{ minimum: 0, maximum: 10_000, default: 100 },
      description: 'symbols to name per universe, of those added and of those removed',
    }),
  },
  { additionalProperties: false },
)

const Problem = Type.Object(
  {
    message: Type.String(),
    line: Type.Optional(Type.Integer()),
    column: Type.Optional(Type.String()),
    value: Type.Optional(Type.String()),
    remedy: Type.Optional(Type.String()),
    more: Type.Optional(Type.Integer({ description: 'further problems of the file' })),
  },
  OPEN,
)

/** What became of one file. */
const LoadFile = Type.Object(
  {
    name: Type.String(),
    universe: Type.Optional(Type.String()),
    md5: Type.Optional(Type.String()),
    format: Type.Optional(Type.String({ description: 'issuer whose layout it has; absent for a canonical file' })),
    as_of: Type.Optional(Type.String({ format: 'date', description: 'of the holdings, where the file says it' })),
    status: Type.Enum(['loaded', 'unchanged', 'held', 'rejected']),
    rows: Type.Integer(),
    repaired: Type.Integer(),
    skipped: Type.Optional(Type.Record(Type.String(), Type.Integer(), { description: 'rows that are no members, by reason' })),
    skipped_lines: Type.Optional(Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() }, OPEN))),
    held_by: Type.Optional(Type.Array(Type.String(), { description: 'sentences that say why' })),
    problem: Type.Optional(Problem),
    warnings: Type.Array(Type.String()),
  },
  OPEN,
) // prettier-ignore

const Change = Type.Object(
  {
    type: Type.String(),
    name: Type.String(),
    count: Type.Integer({ description: 'members after the load' }),
    members_before: Type.Integer(),
    added: Type.Integer(),
    removed: Type.Integer(),
    updated: Type.Integer({ description: 'members whose weight or line changed' }),
    held: Type.Boolean({ description: 'a guard kept it as it was' }),
    added_symbols: Type.Array(Type.String(), { description: 'the first of them' }),
    removed_symbols: Type.Array(Type.String(), { description: 'the first of them' }),
  },
  OPEN,
)

const Rows = Type.Object(
  {
    inserted: Type.Integer(),
    updated: Type.Integer(),
    deleted: Type.Optional(Type.Integer({ description: 'sectors only' })),
  },
  OPEN,
)

const asked = {
  id: Id,
  kind: Type.Enum([...LOAD_KINDS]),
  mode: Type.Enum(['incremental', 'full']),
  dry_run: Type.Boolean(),
  force: Type.Boolean(),
  triggered_by: Type.String({ description: 'key and its id, or the command' }),
  started_at: Moment,
  finished_at: Moment,
  total_changes: Type.Integer({ description: 'members, or rows, that were added, removed and updated' }),
}

/** A load with everything that it did. */
export const LoadDocument = Type.Object(
  {
    ...asked,
    environment: Type.String(),
    files: Type.Array(LoadFile),
    changes: Type.Union([Type.Array(Change), Rows], {
      description: 'per universe; rows of symbols, prices and sectors',
    }),
  },
  OPEN,
)

const count = Type.Integer()

/** A page of the history. */
export const LoadHistory = Type.Object({
  total: count,
  limit: count,
  offset: count,
  loads: Type.Array(
    Type.Object(
      {
        ...asked,
        duration_seconds: Type.Number(),
        files: Type.Object({ total: count, loaded: count, unchanged: count, held: count, rejected: count }),
        universes_updated: count,
        universes_held: Type.Integer({ description: 'kept as they were by a guard' }),
      },
      OPEN,
    ),
  ),
})
