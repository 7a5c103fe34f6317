/** SQLSTATEs of class UV: raised by the SQL functions, mapped to exit codes and HTTP statuses here. */
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

/** Fields of an error besides its message, named as PostgreSQL names them. */
export interface ErrorDetails {
  code?: string | undefined
  detail?: string | undefined
  hint?: string | undefined
  where?: string | undefined
  exitCode?: ExitCode | undefined
  cause?: unknown
}

/** Expected error with a detail and a remedy for the user; any other thrown value is a bug. */
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

/** Error for wrong usage, exit code 2. */
export function usageError(message: string, hint?: string): UniversesError {
  return new UniversesError(message, { exitCode: 2, hint })
}

/** undefined_function and undefined_table: our calls fail with them if the package is not installed. */
const NOT_INSTALLED = ['42883', '42P01']

/** Converts any thrown value to a UniversesError and keeps PostgreSQL's code, detail, hint and position. */
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

/** Connection failures arrive as an AggregateError whose own message is empty. */
function firstMessage(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause
  return first instanceof Error ? first.message : error.name
}
