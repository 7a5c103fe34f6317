/**
 * SQLSTATEs that the SQL functions raise, class UV. One list for both sides: the SQL files raise them,
 * the command line maps them to exit codes.
 */
export const SQLSTATE = {
  dryRun: 'UV000',
  busy: 'UV001',
  invalidArgument: 'UV002',
  notFound: 'UV003',
  notAdoptable: 'UV005',
  pgCronMissing: 'UV007',
} as const

/** Exit codes of every command: 0 success, 1 failure, 2 wrong usage. */
export type ExitCode = 1 | 2

/** What an error carries besides its message; the names are PostgreSQL's. */
export interface ErrorDetails {
  code?: string | undefined
  detail?: string | undefined
  hint?: string | undefined
  where?: string | undefined
  exitCode?: ExitCode | undefined
  cause?: unknown
}

/** An error the user can act on: message, detail, remedy. Anything else that is thrown is a bug. */
export class UniversesError extends Error {
  readonly code: string | undefined
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly where: string | undefined
  readonly exitCode: ExitCode

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'UniversesError'
    this.code = details.code
    this.detail = details.detail
    this.hint = details.hint
    this.where = details.where
    this.exitCode = details.exitCode ?? 1
  }
}

/** The command was called the wrong way: exit code 2. */
export function usageError(message: string, hint?: string): UniversesError {
  return new UniversesError(message, { exitCode: 2, hint })
}

/** PostgreSQL's undefined_function and undefined_table: our calls get them where the package is not installed. */
const NOT_INSTALLED = ['42883', '42P01']

/** Turns whatever was thrown into an error with PostgreSQL's detail, hint and position where there are any. */
export function toUniversesError(thrown: unknown): UniversesError {
  if (thrown instanceof UniversesError) return thrown
  if (!(thrown instanceof Error)) return new UniversesError(String(thrown))
  const { code, detail, hint, where } = thrown as Error & ErrorDetails
  const missing = code !== undefined && NOT_INSTALLED.includes(code) && where === undefined
  return new UniversesError(thrown.message || firstMessage(thrown), {
    code,
    detail,
    hint: missing
      ? 'Is the package installed here? universes migrate up, with the same database and --schema.'
      : hint,
    where,
    exitCode: code === SQLSTATE.invalidArgument ? 2 : 1,
    cause: thrown,
  })
}

/** Connection failures arrive as an AggregateError with an empty message of its own. */
function firstMessage(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause
  return first instanceof Error ? first.message : error.name
}
