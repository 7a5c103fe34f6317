import { performance } from 'node:perf_hooks'
import type { FastifyRequest } from 'fastify'
import { CacheRefreshed, CacheStatistics, CacheWarmed, LookupTimings } from '../../documents/cache.js'
import { timeLookups } from '../observability/lookup-timings.js'
import { ProblemDocument } from '../responses/problem.js'
import type { Service } from '../service.js'
import { since, warm } from '../responses/warm.js'
import { Refresh } from '../schemas/cache.js'
import type { App, Routes } from './route.js'

const TAGS = ['cache']

/** Routes for operators: state of the caches, refresh and warm-up. */
export const cacheRoutes: Routes = (app, service) => {
  statisticsRoutes(app, service)
  refreshRoute(app, service)
  warmRoute(app, service)
}

function statisticsRoutes(app: App, service: Service): void {
  const { cache } = service
  app.get(
    '/admin/cache/stats',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'getCacheStatistics',
        tags: TAGS,
        summary: 'Statistics of the caches',
        response: { 200: CacheStatistics, default: ProblemDocument },
      },
    },
    (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { relationships: cache.statistics(), responses: service.responses.statistics() }
    },
  )
  app.get(
    '/admin/cache/test',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'testCache',
        tags: TAGS,
        summary: 'Duration of each kind of lookup',
        description:
          'Measured now, in this process, on the cached data: one hit and one miss of each kind. Takes a fraction of a second, does not block other requests, and is not counted in the statistics.',
        response: { 200: LookupTimings, default: ProblemDocument },
      },
    },
    async (_request, reply) => {
      const start = performance.now()
      const lookups = await timeLookups(service)
      reply.header('cache-control', 'no-store')
      return { took_ms: since(start), lookups }
    },
  )
}

function refreshRoute(app: App, service: Service): void {
  const { cache } = service
  app.post(
    '/admin/cache/refresh',
    {
      config: { scope: 'admin' },
      preValidation: emptyBody,
      schema: {
        operationId: 'refreshCache',
        tags: TAGS,
        summary: 'Reload the relationship cache',
        description:
          'The cache follows every change by itself; a reload rules out that it is out of date. Requests get the old data until the new data is loaded.',
        body: Refresh,
        response: { 200: CacheRefreshed, default: ProblemDocument },
      },
    },
    async (request) => {
      const start = performance.now()
      const before = cache.version
      await cache.refresh({ full: true })
      const warmed = request.body.warm ? await warm(service) : null
      const { version, groups, memberships, symbols } = cache.statistics()
      const took_ms = since(start)
      const changed = version !== before
      logAction(request, 'cache refresh', { changed, took_ms, warmed: warmed?.built })
      return { success: true as const, changed, version, groups, memberships, symbols, took_ms, warmed }
    },
  )
}

function warmRoute(app: App, service: Service): void {
  app.post(
    '/admin/cache/warm',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'warmCache',
        tags: TAGS,
        summary: 'Warm the response cache',
        description:
          'Renders the lists and the first page of the members of each universe, as far as the cache has room.',
        response: { 200: CacheWarmed, default: ProblemDocument },
      },
    },
    async (request) => {
      const warmed = await warm(service)
      logAction(request, 'cache warm', { ...warmed })
      return { success: true as const, ...warmed }
    },
  )
}

/** Accepts a request without a body: every field has a default. */
function emptyBody(request: FastifyRequest, _reply: unknown, done: () => void): void {
  request.body ??= {}
  done()
}

function logAction(request: FastifyRequest, action: string, facts: object): void {
  request.log.info({ key: request.caller.id, action, ...facts }, 'cache')
}
