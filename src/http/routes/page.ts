import compress from '@fastify/compress'
import fastifyStatic from '@fastify/static'
import { join } from 'node:path'
import { packageRoot } from '../../package.js'
import { Overview } from '../../documents/overview.js'
import { ProblemDocument, problem, toProblem } from '../responses/problem.js'
import type { Service } from '../service.js'
import type { App, Routes } from './route.js'

/** Folder of the page, written by `npm run build`. */
const PAGE = join(packageRoot, 'dist', 'page')
const ASSETS = join(PAGE, 'assets')

/** Routes for the admin page and its first document. The page itself is public and holds no data: it asks for a key. */
export const pageRoutes: Routes = (app, service) => {
  app.register(compress, { global: false, encodings: ['gzip'] })
  app.register(fastifyStatic, {
    root: PAGE,
    serve: false,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    // Refuses names that contain a path after decoding.
    allowedPath: (name) => !name.includes('/'),
  })
  app.register((scoped, _options, done) => {
    fileRoutes(scoped)
    overviewRoute(scoped, service)
    done()
  })
}

function fileRoutes(app: App): void {
  app.get(
    '/admin/historical-data',
    { config: { scope: 'public' }, schema: { hide: true } },
    (_request, reply) =>
      reply
        .headers({ 'cache-control': 'no-cache', vary: 'Accept-Encoding' })
        .sendFile('index.html', { cacheControl: false }),
  )
  app.register(
    (assets, _options, done) => {
      assets.setNotFoundHandler((request) => {
        throw problem(404, 'no-such-file', 'Not found', `The page has no file ${request.url}.`, {
          hint: 'Reload the page: it may have been updated.',
        })
      })
      assets.get<{ Params: { name: string } }>(
        '/:name',
        { config: { scope: 'public' }, schema: { hide: true } },
        (request, reply) => reply.header('vary', 'Accept-Encoding').sendFile(request.params.name, ASSETS),
      )
      done()
    },
    { prefix: '/admin/assets' },
  )
}

function overviewRoute(app: App, service: Service): void {
  /** Last document, sent while PostgreSQL does not respond. */
  let last: Omit<Overview, 'cache'> | undefined
  app.get(
    '/api/overview',
    {
      config: { scope: 'read' },
      compress: { threshold: 0 },
      schema: {
        operationId: 'getOverview',
        tags: ['page'],
        summary: 'First document of the admin page',
        description:
          'Totals, universes, sectors, runs, alerts and event lag. While PostgreSQL does not respond, the last document is sent with the header X-Cache-Stale: true.',
        response: { 200: Overview, default: ProblemDocument },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'private, no-cache')
      try {
        last = await service.database.value<Omit<Overview, 'cache'>>('SELECT admin_overview($1)', [
          service.environment,
        ])
      } catch (error) {
        const { status, slug } = toProblem(error)
        if (status !== 503 || slug !== 'unavailable' || last === undefined) throw error
        reply.headers({ warning: '110 - "Response is Stale"', 'x-cache-stale': 'true' })
      }
      // Sent as SQL rendered it: a serializer would drop members that the schema does not list.
      reply.type('application/json; charset=utf-8')
      return JSON.stringify({ ...last, cache: cacheState(service) }) as never
    },
  )
}

/** State of the relationship cache. */
function cacheState({ cache }: Service): Overview['cache'] {
  const { loaded_at, version, stale, memory_bytes, hits, misses } = cache.statistics()
  return { ready: cache.ready, loaded_at, version, stale, memory_bytes, hits, misses }
}
