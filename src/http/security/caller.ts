import type { FastifyRequest } from 'fastify'
import type { Scope } from './keys.js'
import type { Problem } from '../responses/problem.js'

/** Caller of a request: a key, or a client on this machine if no keys are configured. */
export interface Caller {
  /** Id of the key, `loopback` without keys. */
  id: string
  scope: Scope
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Scope that the caller needs, admin by default; `public` needs no key. */
    scope?: Scope | 'public'
    /** Requested every few seconds by monitoring: exempt from the rate limit and from the log. */
    probe?: boolean
  }
  interface FastifyRequest {
    caller: Caller
    /** Reason for a failed request, for the log; set by the error handler. */
    failure: Problem | undefined
  }
}

/** Returns triggered_by for a run or load that a request started. */
export function triggeredBy(request: FastifyRequest): string {
  return request.caller.id === 'loopback' ? 'universes serve' : `key ${request.caller.id}`
}
