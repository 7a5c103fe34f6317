import type { FastifyReply, FastifyRequest } from 'fastify'
import { matches } from './etag.js'
import { isOutage, toAnswer, type Made, type Recipe, type Served } from './recipe.js'
import { Answers } from './rendered.js'
import type { Service } from '../service.js'

/** What shows more than events tell (rules, files, the table symbols) is made anew after that long. */
export const FRESH_MS = 1_000

/** RFC 9111 has retired the first of them, which old clients know. */
const STALE = { warning: '110 - "Response is Stale"', 'x-cache-stale': 'true' }

/** A question that somebody may ask, and how it is answered. */
export interface Question extends Recipe {
  /** Answered by the relationship cache alone. */
  inMemory?: boolean
  /** What there is to say while PostgreSQL is not to be had. */
  otherwise?: (this: void) => Made
}

const ANSWERS = new WeakMap<Service, Answers>()

/** The answers that a service keeps. */
export function answersOf(service: Service): Answers {
  const known = ANSWERS.get(service) ?? new Answers()
  ANSWERS.set(service, known)
  return known
}

/**
 * A question that SQL answers. The answer is kept until the universes change, and no longer than the recipe says; while
 * changes cannot be heard, SQL is asked each time.
 */
export function sqlQuestion({ cache }: Service, key: string, make: () => Promise<Made>): Question {
  return { key, make, stamp: cache.version ?? '', doubtful: cache.stale !== null }
}

/** Answers a question: at once when the answer is in memory. It is marked stale when it may be out of date. */
export function respond(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  question: Question,
): void | Promise<void> {
  const known = question.doubtful ? undefined : answersOf(service).get(question.key, question.stamp)
  if (known === undefined) return answer(service, question).then((served) => send(request, reply, served))
  send(request, reply, { answer: known, stale: isStale(service, question) })
}

async function answer(service: Service, question: Question): Promise<Served> {
  try {
    const served = await answersOf(service).take(question)
    return { ...served, stale: served.stale || isStale(service, question) }
  } catch (error) {
    if (question.otherwise === undefined || !service.cache.ready || !isOutage(error)) throw error
    return { answer: toAnswer(question.otherwise()), stale: true }
  }
}

function isStale({ cache }: Service, { inMemory = false }: Question): boolean {
  return inMemory && cache.stale !== null
}

/** The answer, or 304 when the caller has it already. */
function send(request: FastifyRequest, reply: FastifyReply, { answer, stale }: Served): void {
  reply.headers(answer.headers)
  if (stale) reply.headers(STALE)
  if (matches(request.headers['if-none-match'], answer.etag)) reply.code(304).send()
  else reply.header('content-type', answer.type).send(answer.body)
}
