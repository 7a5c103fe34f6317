// Own code: @fastify/bearer-auth reads one header and knows no scopes.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from './caller.js'
import { hashOf, SCOPES, type ApiKey, type Scope } from './keys.js'
import { problem, type Problem } from '../responses/problem.js'

/** Caller of every request while no keys are configured: only this machine can send one. */
export const LOOPBACK: Caller = Object.freeze({ id: 'loopback', scope: 'admin' })

/** Caller of a request without a valid key. */
export const ANONYMOUS: Caller = Object.freeze({ id: 'anybody', scope: 'read' })

/** Returns true for a caller with a valid key. */
export function hasKey(caller: Caller): boolean {
  return caller !== LOOPBACK && caller !== ANONYMOUS
}

/** The configured keys. */
export class KeyRing {
  readonly #keys: readonly { hash: Buffer; caller: Caller }[]

  constructor(keys: readonly ApiKey[]) {
    this.#keys = keys.map(({ id, scope, hash }) => ({ hash, caller: Object.freeze({ id, scope }) }))
  }

  /** Returns the caller of a key, undefined for an unknown one. Takes constant time: every configured digest is compared. */
  find(presented: string): Caller | undefined {
    const digest = hashOf(presented)
    let found: Caller | undefined
    for (const { hash, caller } of this.#keys) {
      if (timingSafeEqual(hash, digest)) found = caller
    }
    return found
  }
}

/** Returns the key of a request: X-API-Key, or Authorization: Bearer. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['x-api-key']
  if (typeof key === 'string' && key !== '') return key
  const { authorization } = headers
  return authorization !== undefined && /^bearer /i.test(authorization)
    ? authorization.slice('bearer '.length).trim()
    : undefined
}

/** Returns true if a scope includes another one. */
export function includes(scope: Scope, wanted: Scope): boolean {
  return SCOPES.indexOf(scope) >= SCOPES.indexOf(wanted)
}

/** Problem of a request without a valid key: 401. */
export function unauthenticated(presented: boolean): Problem {
  const detail = presented ? 'The key is not one of those configured.' : 'The request carries no key.'
  return problem(401, 'unauthenticated', 'A key is needed', detail, {
    hint: 'Send a key in the header X-API-Key. universes key create makes one.',
    headers: { 'www-authenticate': 'Bearer realm="pg-universes"' },
  })
}

/** Problem of a request whose key lacks a scope: 403. */
export function forbidden(caller: Caller, wanted: Scope): Problem {
  const detail = `The key "${caller.id}" has the scope ${caller.scope}; this needs ${wanted}.`
  return problem(403, 'insufficient-scope', 'The key does not allow this', detail, {
    hint: `Use a key with the scope ${wanted}.`,
    scope: caller.scope,
    needed_scope: wanted,
  })
}
