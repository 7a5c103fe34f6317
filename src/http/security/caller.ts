import type { FastifyRequest } from 'fastify'
import type { Scope } from './keys.js'
import type { Problem } from '../responses/problem.js'

/** Who asks: a key, or somebody on this machine where no keys are configured. */
export interface Caller {
  /** Id of the key, `loopback` without keys. */
  id: string
  scope: Scope
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed to do; `public` asks nobody. A route that does not say is for admins. */
    scope?: Scope | 'public'
    /** Asked every few seconds by whoever watches the service: no limit of requests, and no line in the log. */
    probe?: boolean
  }
  interface FastifyRequest {
    caller: Caller
    /** Why the request failed, for the log; set by the error handler. */
    failure: Problem | undefined
  }
}

/** How a run or load records who asked for it. */
export function triggeredBy(request: FastifyRequest): string {
  return request.caller.id === 'loopback' ? 'universes serve' : `key ${request.caller.id}`
}
