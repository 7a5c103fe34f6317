import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { ANYBODY, forbidden, includes, KeyRing, LOOPBACK, presentedKey, unauthenticated } from './auth.js'
import type { Caller } from './caller.js'
import { SECURITY_HEADERS } from './headers.js'
import type { Scope } from './keys.js'
import { FAILURES_PER_MINUTE, RateLimiter, type Counted } from './limits.js'
import { foreignHost, foreignSite } from './origin.js'
import { problem, type Problem } from '../responses/problem.js'
import type { Service } from '../service.js'

/**
 * What every request has to pass before anything else is done for it: where it comes from, its key, the scope of the
 * route, the limit of its caller. One synchronous hook, because answers from memory take hardly longer than it does.
 */
export function guard(service: Service): onRequestHookHandler {
  const check = checkOf(service)
  return (request, reply, done) => {
    reply.headers(SECURITY_HEADERS)
    reply.header('x-request-id', request.id)
    const refused = check(request)
    if (refused === undefined) done()
    else done(refused)
  }
}

function checkOf({ keys, limits, logger }: Service): (request: FastifyRequest) => Problem | undefined {
  const open = keys.length === 0
  const ring = new KeyRing(keys)
  const requests = new RateLimiter(limits.requestsPerMinute)
  const failures = new RateLimiter(Math.min(FAILURES_PER_MINUTE, limits.requestsPerMinute))
  const limit = (limiter: RateLimiter, caller: string, otherwise?: Problem): Problem | undefined => {
    const counted = limiter.count(caller)
    if (counted.retryAfter === 0) return otherwise
    if (counted.first) logger.warn({ caller }, 'more requests than one caller may send in a minute')
    return tooMany(counted)
  }
  return (request) => {
    const { headers } = request.raw
    request.caller = open ? LOOPBACK : ANYBODY
    const foreign = (open ? foreignHost(headers.host) : undefined) ?? foreignSite(request)
    if (foreign !== undefined) return foreign
    const { config } = request.routeOptions
    const scope = request.is404 ? 'public' : (config.scope ?? 'admin')
    if (open || scope === 'public') return config.probe ? undefined : limit(requests, addressOf(request.ip))
    const presented = presentedKey(headers)
    const caller = presented === undefined ? undefined : ring.find(presented)
    // A valid key is taken however many wrong ones its address has sent: a stranger behind the same proxy locks nobody out.
    if (caller === undefined)
      return limit(failures, addressOf(request.ip), unauthenticated(presented !== undefined))
    request.caller = caller
    return limit(requests, callerKey(caller)) ?? scopeProblem(caller, scope)
  }
}

function scopeProblem(caller: Caller, scope: Scope): Problem | undefined {
  return includes(caller.scope, scope) ? undefined : forbidden(caller, scope)
}

/** Ids of keys hold no colon in front, addresses may: the two never meet. */
function callerKey({ id }: Caller): string {
  return `key ${id}`
}

/** The address of a caller; of IPv6 the network, since a caller has as many addresses there as it likes. */
export function addressOf(ip: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.split('%', 1)[0]!.split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  while (tail !== undefined && groups.length + after.length < 8) groups.push('0')
  return `${[...groups, ...after].slice(0, 4).join(':')}::/64`
}

function tooMany({ retryAfter }: Counted): Problem {
  return problem(
    429,
    'too-many-requests',
    'Too many requests',
    'The limit of requests a minute is reached.',
    {
      hint: `Ask again in ${retryAfter} s.`,
      headers: { 'retry-after': String(retryAfter) },
    },
  )
}
