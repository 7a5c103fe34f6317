import type { IncomingHttpHeaders } from 'node:http'
import { problem, type Problem } from '../responses/problem.js'

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i
/** Methods that change nothing; the browser itself keeps their answers from other sites. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether an address to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || LOOPBACK_HOST.test(host)
}

/** What a request says about where it comes from. */
export interface Asked {
  method: string
  headers: IncomingHttpHeaders
  /** The name under which the client knows us. */
  host: string
}

/**
 * Without keys, whoever reaches the service may do everything: a page that lets its own name point to 127.0.0.1 would be read by
 * the browser as the same site. Its requests carry that name.
 */
export function foreignHost(host: string | undefined): Problem | undefined {
  if (host !== undefined && LOOPBACK_HOST.test(host)) return undefined
  return problem(
    421,
    'foreign-host',
    'Not this service',
    'Without keys the service answers to localhost only.',
    {
      hint: 'Ask http://localhost, or configure keys: universes key create.',
    },
  )
}

/** A page of another site can have the browser send forms and files here. What changes something must come from our own page, or no page. */
export function foreignSite({ method, headers, host }: Asked): Problem | undefined {
  if (SAFE_METHODS.has(method)) return undefined
  // Only the browser can set this one. Where it says so, it knows better than a proxy that gives us another name.
  const site = headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return undefined
  const { origin } = headers
  if (site === undefined && (origin === undefined || isOrigin(origin, host))) return undefined
  return problem(
    403,
    'foreign-site',
    'Not from another site',
    'The request comes from a page of another site.',
    {
      hint: 'Send it from a server, or from the page of this service.',
    },
  )
}

function isOrigin(origin: string, host: string): boolean {
  return (
    URL.canParse(origin) &&
    new URL(origin).host.toLowerCase() === withoutUsualPort(host.toLowerCase(), origin)
  )
}

/** A browser leaves out the port that belongs to the scheme; a proxy may add it. */
function withoutUsualPort(host: string, origin: string): string {
  return host.replace(origin.startsWith('https:') ? /:443$/ : /:80$/, '')
}
