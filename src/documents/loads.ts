import { Type, type Static } from 'typebox'
import { UniverseChangeDocument } from './changes.js'
import { Count, Id, OPEN, Timestamp } from './fields.js'

const LoadKind = Type.Enum(['symbols', 'prices', 'etfs', 'universes', 'themes', 'sectors'] as const)
/** Name of a kind of load. */
export type LoadKind = Static<typeof LoadKind>

/** Error in a file: place, value and remedy. */
export const FileProblem = Type.Object(
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
export type FileProblem = Static<typeof FileProblem>

/** A row of an issuer's file that is not a member. */
const SkippedLine = Type.Object(
  {
    line: Type.Integer(),
    symbol: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    weight: Type.Optional(Type.Number({ description: 'percent' })),
    reason: Type.String(),
  },
  OPEN,
)

/** A row whose symbol is listed with another name than the file gives. */
const Suspect = Type.Object(
  {
    line: Type.Integer(),
    symbol: Type.String(),
    name: Type.String({ description: 'of the file' }),
    listed_name: Type.String({ description: 'of symbols' }),
    weight: Type.Optional(Type.Number({ description: 'percent' })),
  },
  OPEN,
)

/** Result of one file. */
export const LoadFile = Type.Object(
  {
    name: Type.String(),
    universe: Type.Optional(Type.String()),
    md5: Type.Optional(Type.String()),
    format: Type.Optional(
      Type.String({ description: 'issuer whose layout it has; absent for a canonical file' }),
    ),
    as_of: Type.Optional(
      Type.String({ format: 'date', description: 'date of the holdings, if the file states it' }),
    ),
    status: Type.Enum(['loaded', 'unchanged', 'held', 'rejected'] as const, {
      description:
        'unchanged: nothing to write; held: kept out by a guard or by --strict; rejected: see problem',
    }),
    rows: Count,
    repaired: Type.Integer({ description: 'rows whose case, blanks or percent sign was corrected' }),
    skipped: Type.Optional(
      Type.Record(Type.String(), Type.Integer(), { description: 'rows that are not members, by reason' }),
    ),
    skipped_percent: Type.Optional(
      Type.Record(Type.String(), Type.Number(), { description: 'sum of their weights, by reason' }),
    ),
    skipped_lines: Type.Optional(Type.Array(SkippedLine)),
    suspects: Type.Optional(
      Type.Array(Suspect, { description: 'rows whose symbol is listed with another name' }),
    ),
    unread_columns: Type.Optional(Type.Array(Type.String(), { description: 'columns that were ignored' })),
    held_by: Type.Optional(Type.Array(Type.String(), { description: 'why the file was held, as sentences' })),
    problem: Type.Optional(FileProblem),
    warnings: Type.Array(Type.String()),
  },
  OPEN,
)
export type LoadFile = Static<typeof LoadFile>

/** A sector file that no longer exists, and the number of rows that came from it. */
const GoneFile = Type.Object({ file: Type.String(), rows: Count, held: Type.Boolean() }, OPEN)
export type GoneFile = Static<typeof GoneFile>

/** Numbers of rows written to symbols, ohlcv_daily or sector_overrides. */
const RowChanges = Type.Object(
  {
    inserted: Count,
    updated: Count,
    deleted: Type.Optional(Type.Integer({ description: 'sectors only' })),
    gone: Type.Optional(
      Type.Array(GoneFile, {
        description: 'sector files that no longer exist; their rows are deleted unless they are held',
      }),
    ),
  },
  OPEN,
)
export type RowChanges = Static<typeof RowChanges>

const load = {
  id: Id,
  kind: LoadKind,
  mode: Type.Enum(['incremental', 'full'] as const),
  dry_run: Type.Boolean({ description: 'changes were rolled back' }),
  force: Type.Boolean({ description: 'guards were overridden' }),
  triggered_by: Type.String({ description: 'key and its id, or the command' }),
  started_at: Timestamp,
  finished_at: Timestamp,
  total_changes: Type.Integer({ description: 'members, or rows, that were added, removed and updated' }),
}

/** A load with the results of its files and its changes. */
export const LoadDocument = Type.Object(
  {
    ...load,
    environment: Type.String(),
    files: Type.Array(LoadFile),
    changes: Type.Union([Type.Array(UniverseChangeDocument), RowChanges], {
      description: 'one per changed universe; for symbols, prices and sectors the numbers of rows',
    }),
  },
  OPEN,
)
export type LoadDocument = Static<typeof LoadDocument>

const LoadSummary = Type.Object(
  {
    ...load,
    duration_seconds: Type.Number({ description: 'seconds' }),
    files: Type.Object({ total: Count, loaded: Count, unchanged: Count, held: Count, rejected: Count }),
    universes_updated: Count,
    universes_held: Type.Integer({ description: 'universes that a guard kept unchanged' }),
  },
  OPEN,
)

/** One page of loads, latest first. */
export const LoadHistory = Type.Object({
  total: Count,
  limit: Type.Integer(),
  offset: Type.Integer(),
  loads: Type.Array(LoadSummary),
})
export type LoadHistory = Static<typeof LoadHistory>
