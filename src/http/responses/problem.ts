import { SQLSTATE, UniversesError } from '../../errors.js'
import { Problem } from './problem-document.js'
import { requestProblem } from './request-problem.js'

export {
  Problem,
  problem,
  PROBLEM_DESCRIPTION,
  ProblemDocument,
  type FieldError,
  type ProblemExtra,
} from './problem-document.js'

/** Response to an SQLSTATE or an error code of Node. */
interface ErrorResponse {
  codes: RegExp
  status: number
  slug: string
  title: string
  /** Replaces the message of PostgreSQL. */
  message?: string
  retryAfter?: number
}

const UNAVAILABLE = { status: 503, slug: 'unavailable', title: 'PostgreSQL is not available' }

/** Responses by error code; the first match counts. Any other error is a bug: 500. */
const ERROR_RESPONSES: readonly ErrorResponse[] = [
  { codes: exactly(SQLSTATE.busy), status: 409, slug: 'busy', title: 'Another change is going on' },
  { codes: exactly(SQLSTATE.invalidArgument), status: 400, slug: 'invalid-argument', title: 'Invalid argument' },
  { codes: exactly(SQLSTATE.notFound), status: 404, slug: 'not-found', title: 'Not found' },
  { codes: exactly(SQLSTATE.notAdoptable), status: 409, slug: 'not-adoptable', title: 'Existing tables do not fit' },
  { codes: exactly(SQLSTATE.pgCronMissing), status: 501, slug: 'not-supported', title: 'Not supported by this server' },
  { codes: /^(22P02|22007|22008|22003)$/, status: 400, slug: 'invalid-value', title: 'Invalid value' },
  {
    codes: /^42501$/, status: 403, slug: 'database-privilege', title: 'The role of the service may not do this',
    message: 'The role that the service connects as lacks a privilege. The log names it.',
  },
  {
    codes: /^57014$/, status: 504, slug: 'timeout', title: 'PostgreSQL took too long',
    message: 'The statement was canceled at its time limit.',
  },
  { ...UNAVAILABLE, codes: /^(53300|08...|57P0.|ECONN[A-Z]+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES)$/,
    message: 'PostgreSQL does not respond at the moment.', retryAfter: 2 },
  { codes: /^(28...|3D000)$/, status: 503, slug: 'unavailable', title: 'PostgreSQL refuses the service',
    message: 'PostgreSQL rejects the connection of the service. The log has the reason.', retryAfter: 30 },
  { codes: /^(40001|40P01|55P03)$/, status: 503, slug: 'conflict', title: 'Conflict of two transactions',
    message: 'PostgreSQL rolled back one of them. Send the same request again.', retryAfter: 1 },
  { codes: /^(42883|42P01|3F000)$/, status: 503, slug: 'not-installed', title: 'The package is not installed in this database',
    message: 'A function or table of the package is missing.', retryAfter: 30 },
] // prettier-ignore

const NOT_INSTALLED_HINT = 'universes migrate up, with the same database and --schema as the service.'

/** Messages of pg errors without a code: the connection was lost, or none could be opened in time. */
const NO_CONNECTION =
  /^(connection terminated|timeout (exceeded when trying to connect|expired)|client has encountered|client was closed|cannot use a pool after)|query read timeout/i

/** Converts anything thrown into a problem. Only messages that are known to reveal no internals are sent. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  if (!(thrown instanceof Error)) return unexpected(thrown)
  return requestProblem(thrown) ?? ofCode(thrown) ?? ofUsage(thrown) ?? unexpected(thrown)
}

/** Returns true if PostgreSQL was not reachable or did not respond in time. */
export function isOutage(error: unknown): boolean {
  const { status } = toProblem(error)
  return status === 503 || status === 504
}

function ofCode(error: Error): Problem | undefined {
  const code = codeOf(error)
  const response = NO_CONNECTION.test(error.message)
    ? ERROR_RESPONSES.find(({ slug }) => slug === 'unavailable')
    : ERROR_RESPONSES.find(({ codes }) => code !== undefined && codes.test(code))
  if (response === undefined) return undefined
  const { status, slug, title, message, retryAfter } = response
  const { detail, hint } = error as { detail?: string; hint?: string }
  const original = message === undefined
  const sqlstate = code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? { code } : {}
  const remedy = slug === 'not-installed' ? NOT_INSTALLED_HINT : original ? hint : undefined
  const text = message ?? (detail ? `${error.message} (${detail})` : error.message)
  return new Problem(status, slug, title, text, {
    ...sqlstate,
    ...(remedy === undefined ? {} : { hint: remedy }),
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
    cause: error,
  })
}

/** Returns the code of an error or of its cause: connect() and Node wrap the first failure. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 4) return undefined
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return code
  return codeOf(error instanceof AggregateError ? error.errors[0] : error.cause, depth + 1)
}

function ofUsage(error: Error): Problem | undefined {
  if (!(error instanceof UniversesError) || error.exitCode !== 2) return undefined
  const { message, hint } = error
  return new Problem(400, 'invalid-argument', 'Invalid argument', message, hint === undefined ? {} : { hint })
}

/** Problem of a bug: only the log has the details. */
function unexpected(thrown: unknown): Problem {
  const detail = 'Details are in the log of the service, under the id of this request.'
  return new Problem(500, 'internal', 'Internal error', detail, { cause: thrown })
}

function exactly(code: string): RegExp {
  return new RegExp(`^${code}$`)
}
