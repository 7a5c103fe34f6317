// Own code: @fastify/csrf-protection needs a session with a token, which the service does not have.
import type { IncomingHttpHeaders } from 'node:http'
import { problem, type Problem } from '../responses/problem.js'
import { isLoopback } from './addresses.js'

const HOST_HEADER = /^(?:\[([\da-f:]+)\]|([^:]+))(?::\d{1,5})?$/i
/** Methods that change nothing; browsers keep their responses from other sites. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Parts of a request that show its origin. */
export interface RequestOrigin {
  method: string
  headers: IncomingHttpHeaders
  /** The host name that the client used. */
  host: string
}

/**
 * Refuses requests for other hosts than localhost while no keys are configured. A web page could let its own name resolve
 * to 127.0.0.1 (DNS rebinding): its requests then carry that name.
 */
export function foreignHost(host = ''): Problem | undefined {
  const [, address, name = address] = HOST_HEADER.exec(host) ?? []
  if (name !== undefined && isLoopback(name.toLowerCase())) return undefined
  const detail = 'Without keys the service accepts requests to localhost only.'
  return problem(421, 'foreign-host', 'Not this service', detail, {
    hint: 'Use http://localhost, or configure keys: universes key create.',
  })
}

/**
 * Refuses unsafe requests that a page of another site made the browser send (CSRF): forms and files need no CORS. Requests must
 * come from our own page, or not from a page at all.
 */
export function foreignSite({ method, headers, host }: RequestOrigin): Problem | undefined {
  if (SAFE_METHODS.has(method)) return undefined
  // Only browsers set this header, and a proxy that renames the host does not confuse it.
  const site = headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return undefined
  const { origin } = headers
  if (site === undefined && (origin === undefined || isOrigin(origin, host))) return undefined
  const detail = 'The request comes from a page of another site.'
  return problem(403, 'foreign-site', 'Not from another site', detail, {
    hint: 'Send it from a server, or from the page of this service.',
  })
}

function isOrigin(origin: string, host: string): boolean {
  return (
    URL.canParse(origin) &&
    new URL(origin).host.toLowerCase() === withoutDefaultPort(host.toLowerCase(), origin)
  )
}

/** Removes the default port of the scheme: browsers leave it out, proxies may add it. */
function withoutDefaultPort(host: string, origin: string): string {
  return host.replace(origin.startsWith('https:') ? /:443$/ : /:80$/, '')
}
