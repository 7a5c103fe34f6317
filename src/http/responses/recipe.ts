import { etagOf } from './etag.js'
import { toProblem } from './problem.js'

const JSON_TYPE = 'application/json; charset=utf-8'

/** An answer as it is sent. */
export interface Answer {
  readonly body: Buffer
  readonly etag: string
  readonly type: string
  /** Those of every answer about it, also of 304: ETag and how long it holds among them. In lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** What a recipe makes. */
export interface Made {
  body: string
  type?: string
  /** Link, Content-Disposition, Vary. */
  headers?: Readonly<Record<string, string>>
  /** For how many milliseconds it holds at most, while nothing is heard of a change. For good when left out; 0: it is not kept. */
  freshMs?: number
  /** Instead of a tag of the bytes, for an answer that says when it was made: weak. */
  etag?: string
}

/** How an answer is made. */
export interface Recipe {
  /** What tells it from the other answers. */
  key: string
  /** What it is made from, in one word: the version of the snapshot. An answer from something else is made anew. */
  stamp: string
  /** Whether the answer that is there holds is not known: it is only sent when no new one is to be had. */
  doubtful?: boolean
  make(this: void): Made | Promise<Made>
}

/** An answer to send; `stale`: an old one, because no new one is to be had. */
export interface Served {
  answer: Answer
  stale: boolean
}

/** What is sent of what a recipe makes. */
export function toAnswer({ body: text, type = JSON_TYPE, headers = {}, etag }: Made): Answer {
  const body = Buffer.from(text)
  const tag = etag ?? etagOf(body)
  const all = Object.freeze({ etag: tag, 'cache-control': 'private, no-cache', ...headers })
  return Object.freeze({ body, etag: tag, type, headers: all })
}

/** Whether PostgreSQL could not be asked, or gave no answer in time. */
export function isOutage(error: unknown): boolean {
  const { status } = toProblem(error)
  return status === 503 || status === 504
}
