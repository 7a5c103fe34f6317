import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Overview } from '../../documents/overview.js'
import { readPage, type Page, type PageFile } from '../page-files.js'
import { ProblemDocument, problem, toProblem } from '../responses/problem.js'
import type { Service } from '../service.js'
import type { Routes } from './route.js'

const compress = promisify(gzip)
const FOR_EVER = 'public, max-age=31536000, immutable'

/** Routes for the admin page and its first document. The page itself is public and holds no data: it asks for a key. */
export const pageRoutes: Routes = (app, service) => {
  let page: Page | undefined
  const files = (): Page => (page ??= readPage())

  app.get(
    '/admin/historical-data',
    { config: { scope: 'public' }, schema: { hide: true } },
    (request, reply) => send(request, reply, files().shell, 'no-cache'),
  )
  app.get(
    '/admin/assets/:version/:name',
    {
      config: { scope: 'public' },
      schema: { hide: true, params: Type.Object({ version: Type.String(), name: Type.String() }) },
    },
    (request, reply) => {
      const { version, name } = request.params
      const file = version === files().version ? files().files.get(name) : undefined
      if (file === undefined) {
        throw problem(404, 'no-such-file', 'Not found', `The page has no file ${name}.`, {
          hint: 'Load the page again: it may have been updated.',
        })
      }
      return send(request, reply, file, FOR_EVER)
    },
  )
  overviewRoute(app, service)
}

/** Sends a file, compressed if the browser accepts that, or 304 if the browser has it. */
function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, etag, body, gzip: compressed }: PageFile,
  caching: string,
): FastifyReply {
  reply.headers({ etag, 'cache-control': caching, vary: 'Accept-Encoding' })
  const known = (request.headers['if-none-match'] ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
  if (known.includes(etag) || known.includes('*')) return reply.code(304).send()
  reply.type(type)
  return takesGzip(request) ? reply.header('content-encoding', 'gzip').send(compressed) : reply.send(body)
}

/** Sends a document, compressed if the client accepts that: the list of universes is long. */
async function sendJson(request: FastifyRequest, reply: FastifyReply, document: object): Promise<never> {
  const text = JSON.stringify(document)
  reply.type('application/json; charset=utf-8').header('vary', 'Accept-Encoding')
  // Fastify sends a string or buffer unchanged, whatever the type of the response.
  if (!takesGzip(request)) return text as never
  reply.header('content-encoding', 'gzip')
  return (await compress(text)) as never
}

function takesGzip({ headers }: FastifyRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(headers['accept-encoding'] ?? '')
}

function overviewRoute(app: Parameters<Routes>[0], service: Service): void {
  /** Last document, sent while PostgreSQL does not answer. */
  let last: Omit<Overview, 'cache'> | undefined
  app.get(
    '/api/overview',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getOverview',
        tags: ['page'],
        summary: 'First document of the admin page',
        description:
          'Totals, universes, sectors, runs, alerts and event lag. While PostgreSQL does not answer, the last document is sent with the header X-Cache-Stale: true.',
        response: { 200: Overview, default: ProblemDocument },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'private, no-cache')
      try {
        last = await service.database.value<Omit<Overview, 'cache'>>('SELECT overview($1)', [
          service.environment,
        ])
      } catch (error) {
        const { status, slug } = toProblem(error)
        if (status !== 503 || slug !== 'unavailable' || last === undefined) throw error
        reply.headers({ warning: '110 - "Response is Stale"', 'x-cache-stale': 'true' })
      }
      return sendJson(request, reply, { ...last, cache: cacheState(service) })
    },
  )
}

/** State of the relationship cache. */
function cacheState({ cache }: Service): Overview['cache'] {
  const { loaded_at, version, stale, memory_bytes, hits, misses } = cache.statistics()
  return { ready: cache.ready, loaded_at, version, stale, memory_bytes, hits, misses }
}
