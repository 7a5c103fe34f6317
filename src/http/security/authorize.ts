import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { ANONYMOUS, forbidden, includes, KeyRing, LOOPBACK, presentedKey, unauthenticated } from './auth.js'
import { setSecurityHeaders } from './headers.js'
import { FAILURES_PER_MINUTE, rateLimiter } from './limits.js'
import { foreignHost, foreignSite } from './origin.js'
import type { Service } from '../service.js'

/** Returns the hook that checks a request before anything else: origin, key, rate limit, scope of the route. */
export function authorize(
  app: Pick<FastifyInstance, 'createRateLimit'>,
  { keys, limits, logger }: Service,
): onRequestAsyncHookHandler {
  const open = keys.length === 0
  const ring = new KeyRing(keys)
  const countRequest = rateLimiter(app, limits.requestsPerMinute, logger)
  const countFailure = rateLimiter(app, Math.min(FAILURES_PER_MINUTE, limits.requestsPerMinute), logger)
  return async (request, reply) => {
    setSecurityHeaders(request.raw, reply.raw)
    reply.header('x-request-id', request.id)
    const { headers } = request.raw
    request.caller = open ? LOOPBACK : ANONYMOUS
    const foreign = (open ? foreignHost(headers.host) : undefined) ?? foreignSite(request)
    if (foreign !== undefined) throw foreign
    const { config } = request.routeOptions
    const scope = request.is404 ? 'public' : (config.scope ?? 'admin')
    if (open || scope === 'public') return config.probe ? undefined : countRequest(request)
    const presented = presentedKey(headers)
    const caller = presented === undefined ? undefined : ring.find(presented)
    // Counted separately: a client without a key cannot lock out clients with a key behind the same proxy.
    if (caller === undefined) {
      await countFailure(request)
      throw unauthenticated(presented !== undefined)
    }
    request.caller = caller
    await countRequest(request)
    if (!includes(caller.scope, scope)) throw forbidden(caller, scope)
  }
}
