export { PROBLEM_DESCRIPTION, ProblemDocument } from '../../documents/problem.js'

/** Error in a field of a request. */
export interface FieldError {
  /** Place of the field: `body/mode`, `querystring/limit`. */
  path: string
  message: string
}

/** Optional members of a problem. Members that are not listed here are added to the document as they are. */
export interface ProblemExtra {
  code?: string | undefined
  hint?: string | undefined
  errors?: readonly FieldError[] | undefined
  /** Headers of the response, such as Retry-After. */
  headers?: Readonly<Record<string, string>> | undefined
  cause?: unknown
  [member: string]: unknown
}

/** Reason for a refused or failed request (RFC 9457). Thrown by handlers, sent by the error handler. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly slug: string
  readonly title: string
  readonly headers: Readonly<Record<string, string>>
  readonly members: Readonly<Record<string, unknown>>

  constructor(status: number, slug: string, title: string, detail: string, extra: ProblemExtra = {}) {
    const { headers = {}, cause, ...members } = extra
    super(detail, { cause })
    this.status = status
    this.slug = slug
    this.title = title
    this.headers = headers
    this.members = members
  }

  /** Returns the document; `instance` identifies the request. */
  document(instance: string): Record<string, unknown> {
    const { status, slug, title, message } = this
    return {
      type: `urn:pg-universes:${slug}`,
      title,
      status,
      ...(message === '' ? {} : { detail: message }),
      instance,
      ...this.members,
    }
  }
}

/** Creates a problem: `throw problem(409, 'busy', 'A refresh is running', 'Job ... is not done yet.', { job_id })`. */
export function problem(
  status: number,
  slug: string,
  title: string,
  detail: string,
  extra?: ProblemExtra,
): Problem {
  return new Problem(status, slug, title, detail, extra)
}
