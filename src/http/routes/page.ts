import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { readPage, type Page, type PageFile } from '../page-files.js'
import { ProblemDocument, problem, toProblem } from '../responses/problem.js'
import type { Service } from '../service.js'
import type { Routes } from './route.js'

const compress = promisify(gzip)
const FOR_EVER = 'public, max-age=31536000, immutable'

/** The admin page, and the document that it shows first. The page itself holds no data: whoever opens it is asked for a key. */
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

/** Sends a file, compressed where the browser takes that, or nothing where it has it already. */
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

/** Sends a document; a list of all universes is worth compressing. */
async function sendJson(request: FastifyRequest, reply: FastifyReply, document: object): Promise<never> {
  const text = JSON.stringify(document)
  reply.type('application/json; charset=utf-8').header('vary', 'Accept-Encoding')
  // A string or buffer is sent as it is, whatever the type of the answer.
  if (!takesGzip(request)) return text as never
  reply.header('content-encoding', 'gzip')
  return (await compress(text)) as never
}

function takesGzip({ headers }: FastifyRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(headers['accept-encoding'] ?? '')
}

const Overview = Type.Object(
  {
    environment: Type.String(),
    generated_at: Type.String({ format: 'date-time' }),
    totals: Type.Object(
      {},
      { additionalProperties: true, description: 'stocks, universes, memberships, priced_to' },
    ),
    types: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: 'per type: count, members, and its largest universes with name, title, members',
    }),
    sectors: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: 'stocks, percent and market_cap (US dollars) per sector, and which source put them there',
    }),
    runs: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: 'the last 60, newest first',
    }),
    alerts: Type.Array(Type.Object({}, { additionalProperties: true }), { description: 'what is open' }),
    events: Type.Object({}, { additionalProperties: true, description: 'waiting, lag_seconds' }),
  },
  {
    additionalProperties: true,
    description:
      'Also: sector_sources, loads (the last five), running (the run that is going, or null), cache (state of the relationship cache).',
  },
)

function overviewRoute(app: Parameters<Routes>[0], service: Service): void {
  /** The last answer, shown while PostgreSQL is away. */
  let last: Record<string, unknown> | undefined
  app.get(
    '/api/overview',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getOverview',
        tags: ['page'],
        summary: 'What the admin page shows first',
        description:
          'Totals, universes, sectors, runs, alerts and event lag in one document. While PostgreSQL does not answer it is the last one there was, marked stale.',
        response: { 200: Overview, default: ProblemDocument },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'private, no-cache')
      try {
        last = await service.database.value<Record<string, unknown>>('SELECT overview($1)', [
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

/** How the relationship cache does: null where it cannot say. */
function cacheState({ cache }: Service): unknown {
  const { loaded_at, version, stale, memory_bytes, hits, misses } = cache.statistics()
  return { ready: cache.ready, loaded_at, version, stale, memory_bytes, hits, misses }
}
