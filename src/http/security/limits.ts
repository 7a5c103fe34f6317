import { normalizeIP, type RateLimitPluginOptions } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { problem, type Problem } from '../responses/problem.js'
import type { Limits } from '../service.js'
import { hasKey } from './auth.js'

/** Default limits. */
export const DEFAULT_LIMITS: Limits = {
  requestsPerMinute: 6_000,
  bodyBytes: 64 * 1024,
  uploadBytes: 200 * 1024 * 1024,
  uploadFiles: 200,
  pageRows: 10_000,
  streams: 50,
}

/** Requests without a valid key that are allowed per minute and address. */
export const FAILURES_PER_MINUTE = 60

/** Number of callers that are counted; beyond that the least recently seen is forgotten. */
const MAX_CALLERS = 10_000

/** Counts a request; rejects with 429 once its caller has sent more than the limit within a minute. */
export type CountRequest = (request: FastifyRequest) => Promise<void>

/** Returns a counter of requests per key, or per address without a valid key; an IPv6 /64 is one address. Needs @fastify/rate-limit. */
export function rateLimiter(
  app: Pick<FastifyInstance, 'createRateLimit'>,
  max: number,
  logger: Logger,
): CountRequest {
  const options: RateLimitPluginOptions = {
    max: Math.min(max, Number.MAX_SAFE_INTEGER),
    timeWindow: 60_000,
    cache: MAX_CALLERS,
    // Ids of keys contain no space: a key and an address never share a counter.
    keyGenerator: ({ caller, ip }) => (hasKey(caller) ? `key ${caller.id}` : normalizeIP(ip)),
  }
  const count = app.createRateLimit(options)
  return async (request) => {
    const counted = await count(request)
    if (counted.isAllowed) return
    if (counted.isExceeded) throw tooMany(counted.ttlInSeconds)
    if (counted.remaining === 0) logger.warn({ caller: counted.key }, 'the caller has reached its rate limit')
  }
}

function tooMany(retryAfter: number): Problem {
  const detail = 'The limit of requests per minute is reached.'
  return problem(429, 'too-many-requests', 'Too many requests', detail, {
    hint: `Try again in ${retryAfter} s.`,
    headers: { 'retry-after': String(retryAfter) },
  })
}
