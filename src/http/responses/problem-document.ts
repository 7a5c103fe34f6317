export { PROBLEM_DESCRIPTION, ProblemDocument } from '../../documents/problem.js'

/** A field of a request that was refused. */
export interface FieldError {
  /** Where: `body/mode`, `querystring/limit`. */
  path: string
  message: string
}

/** What a problem carries beside status, slug, title and detail. Other members are added to the document as they are. */
export interface ProblemExtra {
  code?: string | undefined
  hint?: string | undefined
  errors?: readonly FieldError[] | undefined
  /** Headers of the answer, such as Retry-After. */
  headers?: Readonly<Record<string, string>> | undefined
  cause?: unknown
  [member: string]: unknown
}

/** A refused or failed request, as RFC 9457 describes it. Thrown by handlers, sent by the one error handler. */
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

  /** The document; `instance` names the request. */
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

/** A problem to throw: `problem(409, 'busy', 'A refresh is running', 'Job ... is not done yet.', { job_id })`. */
export function problem(
  status: number,
  slug: string,
  title: string,
  detail: string,
  extra?: ProblemExtra,
): Problem {
  return new Problem(status, slug, title, detail, extra)
}
