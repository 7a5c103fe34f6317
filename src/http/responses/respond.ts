import type { FastifyReply, FastifyRequest } from 'fastify'
import { matches } from './etag.js'
import { isOutage } from './problem.js'
import { encode, type Content, type ResponseSource, type Served } from './response-cache.js'
import type { Service } from '../service.js'

/** Time to live of responses on data that changes without an event: rules, files, the table symbols. */
export const FRESH_MS = 1_000

/** Warning is deprecated by RFC 9111; older clients read it. */
const STALE = { warning: '110 - "Response is Stale"', 'x-cache-stale': 'true' }

/** A response of the read API. */
export interface ReadSource extends ResponseSource {
  /** True if the response is built from the relationship cache alone. */
  inMemory?: boolean
  /** Builds a reduced response while PostgreSQL is not available and no older one is cached. */
  fallback?: (this: void) => Content
}

/**
 * Response that SQL builds. It is cached until the universes change, but no longer than freshMs of its content; while change
 * notifications are interrupted, every request queries SQL.
 */
export function fromSql({ cache }: Service, key: string, build: () => Promise<Content>): ReadSource {
  return { key, build, version: cache.version ?? '', revalidate: cache.stale !== null }
}

/** Sends a response, synchronously on a cache hit. It is marked stale if it may be out of date. */
export function respond(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  source: ReadSource,
): void | Promise<void> {
  const cached = source.revalidate ? undefined : service.responses.get(source.key, source.version)
  if (cached === undefined) return fetch(service, source).then((served) => send(request, reply, served))
  send(request, reply, { response: cached, stale: isStale(service, source) })
}

async function fetch(service: Service, source: ReadSource): Promise<Served> {
  try {
    const { response, stale } = await service.responses.fetch(source)
    return { response, stale: stale || isStale(service, source) }
  } catch (error) {
    if (source.fallback === undefined || !service.cache.ready || !isOutage(error)) throw error
    return { response: encode(source.fallback()), stale: true }
  }
}

function isStale({ cache }: Service, { inMemory = false }: ReadSource): boolean {
  return inMemory && cache.stale !== null
}

function send(request: FastifyRequest, reply: FastifyReply, { response, stale }: Served): void {
  reply.headers(response.headers)
  if (stale) reply.headers(STALE)
  if (matches(request.headers['if-none-match'], response.etag)) reply.code(304).send()
  else reply.header('content-type', response.type).send(response.body)
}
