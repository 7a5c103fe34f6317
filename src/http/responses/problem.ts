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

/** How an SQLSTATE, or an error code of Node, is answered. `say`: what is told instead of the message of the server. */
interface Answer {
  codes: RegExp
  status: number
  slug: string
  title: string
  say?: string
  retryAfter?: number
}

const UNAVAILABLE = { status: 503, slug: 'unavailable', title: 'PostgreSQL is not available' }

/** The one table from SQLSTATE to status. Read from the top; what is in no row is our bug: 500. */
const ANSWERS: readonly Answer[] = [
  { codes: exactly(SQLSTATE.busy), status: 409, slug: 'busy', title: 'Another change is going on' },
  { codes: exactly(SQLSTATE.invalidArgument), status: 400, slug: 'invalid-argument', title: 'Invalid argument' },
  { codes: exactly(SQLSTATE.notFound), status: 404, slug: 'not-found', title: 'Not found' },
  { codes: exactly(SQLSTATE.notAdoptable), status: 409, slug: 'not-adoptable', title: 'Existing tables do not fit' },
  { codes: exactly(SQLSTATE.pgCronMissing), status: 501, slug: 'not-supported', title: 'Not supported by this server' },
  { codes: /^(22P02|22007|22008|22003)$/, status: 400, slug: 'invalid-value', title: 'Invalid value' },
  {
    codes: /^42501$/, status: 403, slug: 'database-privilege', title: 'The role of the service may not do this',
    say: 'PostgreSQL refused it: the role that the service connects as lacks a privilege. The log names it.',
  },
  {
    codes: /^57014$/, status: 504, slug: 'timeout', title: 'PostgreSQL took too long',
    say: 'The statement was ended before it had an answer.',
  },
  { ...UNAVAILABLE, codes: /^(53300|08...|57P0.|ECONN[A-Z]+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES)$/,
    say: 'It does not answer at the moment.', retryAfter: 2 },
  { codes: /^(28...|3D000)$/, status: 503, slug: 'unavailable', title: 'PostgreSQL refuses the service',
    say: 'It does not let the service in. The log says why.', retryAfter: 30 },
  { codes: /^(40001|40P01|55P03)$/, status: 503, slug: 'conflict', title: 'Two transactions got in each other\'s way',
    say: 'PostgreSQL undid one of them. The same request will do.', retryAfter: 1 },
  { codes: /^(42883|42P01|3F000)$/, status: 503, slug: 'not-installed', title: 'The package is not installed in this database',
    say: 'A function or table of the package is missing.', retryAfter: 30 },
] // prettier-ignore

const NOT_INSTALLED_HINT = 'universes migrate up, with the same database and --schema as the service.'

/** Errors of pg that carry no code: the connection has gone, or none was to be had in time. */
const NO_CONNECTION =
  /^(connection terminated|timeout (exceeded when trying to connect|expired)|client has encountered|client was closed|cannot use a pool after)|query read timeout/i

/** Turns whatever was thrown into a problem. Nothing that is not known to be harmless leaves the service. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  if (!(thrown instanceof Error)) return unexpected(thrown)
  return requestProblem(thrown) ?? ofCode(thrown) ?? ofUsage(thrown) ?? unexpected(thrown)
}

/** True if PostgreSQL was not reachable or did not respond in time. */
export function isOutage(error: unknown): boolean {
  const { status } = toProblem(error)
  return status === 503 || status === 504
}

function ofCode(error: Error): Problem | undefined {
  const code = codeOf(error)
  const answer = NO_CONNECTION.test(error.message)
    ? ANSWERS.find(({ slug }) => slug === 'unavailable')
    : ANSWERS.find(({ codes }) => code !== undefined && codes.test(code))
  if (answer === undefined) return undefined
  const { status, slug, title, say, retryAfter } = answer
  const { detail, hint } = error as { detail?: string; hint?: string }
  const ours = say === undefined
  const sqlstate = code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? { code } : {}
  const remedy = slug === 'not-installed' ? NOT_INSTALLED_HINT : ours ? hint : undefined
  return new Problem(status, slug, title, say ?? (detail ? `${error.message} (${detail})` : error.message), {
    ...sqlstate,
    ...(remedy === undefined ? {} : { hint: remedy }),
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
    cause: error,
  })
}

/** The code of an error, or of what caused it: connect() and Node wrap the first failure. */
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

/** Our bug: logged in full, told to nobody. */
function unexpected(thrown: unknown): Problem {
  const detail = 'The log of the service says more, under the id of this request.'
  return new Problem(500, 'internal', 'Internal error', detail, { cause: thrown })
}

function exactly(code: string): RegExp {
  return new RegExp(`^${code}$`)
}
