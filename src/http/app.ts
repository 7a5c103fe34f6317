import rateLimit from '@fastify/rate-limit'
import { logRequest } from './security/access-log.js'
import { authorize } from './security/authorize.js'
import { describeRoutes } from './openapi.js'
import { problem } from './responses/problem.js'
import { cacheRoutes } from './routes/cache.js'
import { jobsRoutes } from './routes/jobs.js'
import { loadsRoutes } from './routes/loads.js'
import { operationsRoutes } from './routes/operations.js'
import { pageRoutes } from './routes/page.js'
import { qualityRoutes } from './routes/quality.js'
import type { App } from './routes/route.js'
import { symbolsRoutes } from './routes/symbols.js'
import { universesRoutes } from './routes/universes.js'
import { RouteTable } from './route-table.js'
import { createServer, type ServerOptions } from './server.js'
import type { Service } from './service.js'

declare module 'fastify' {
  interface FastifyInstance {
    routeTable: RouteTable
  }
}

const ROUTES = [
  operationsRoutes,
  jobsRoutes,
  cacheRoutes,
  universesRoutes,
  symbolsRoutes,
  qualityRoutes,
  loadsRoutes,
  pageRoutes,
]

/** Builds the application: all routes, and the checks that run before them. It does not listen yet. */
export async function buildApp(service: Service, options: ServerOptions = {}): Promise<App> {
  const app = createServer(service, options)
  const table = new RouteTable()
  app.addHook('onRoute', (route) => table.add(route))
  await describeRoutes(app)
  app.decorate('routeTable', table)
  app.decorateRequest('caller')
  app.decorateRequest('failure')
  await app.register(rateLimit, { global: false })
  app.addHook('onRequest', authorize(app, service))
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route = 'none' } = request.routeOptions
    const { method } = request
    service.metrics.observe({ method, route, status: reply.statusCode }, reply.elapsedTime)
    logRequest(service.logger, request, reply)
    done()
  })
  app.setNotFoundHandler((request, reply) => {
    const allowed = table.methodsOf(request.url)
    // A route with this method exists but had nothing to send: the admin page is not built.
    if (allowed.length === 0 || allowed.includes(request.method))
      throw problem(404, 'no-such-route', 'Not found', 'No route has this path.', {
        hint: 'See /openapi.json.',
      })
    reply.header('allow', allowed.join(', '))
    const detail = `${request.method} is not one of ${allowed.join(', ')}.`
    throw problem(405, 'method-not-allowed', 'Method not allowed', detail)
  })
  for (const routes of ROUTES) {
    await app.register((scoped, _options, done) => {
      routes(scoped, service)
      done()
    })
  }
  return app
}
