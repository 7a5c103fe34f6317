import { Type } from '@fastify/type-provider-typebox'
import { openApiDocument } from '../openapi.js'
import { problem, ProblemDocument } from '../responses/problem.js'
import { readiness, type Checks } from '../observability/readiness.js'
import type { Service } from '../service.js'
import { packageVersion } from '../../package.js'
import type { App, Routes } from './route.js'

const TAGS = ['operations']

const CheckState = Type.Object({ ok: Type.Boolean(), state: Type.String() })

const Ready = Type.Object({
  status: Type.Literal('ready'),
  checks: Type.Object({
    postgresql: CheckState,
    migrations: CheckState,
    cache: CheckState,
    relay: Type.Optional(CheckState),
  }),
})

/** Routes for operators: health, readiness, metrics and the OpenAPI document. */
export const operationsRoutes: Routes = (app, service) => {
  healthRoutes(app, service)
  metricsRoute(app, service)
  documentRoute(app)
}

function healthRoutes(app: App, service: Service): void {
  app.get(
    '/healthz',
    {
      config: { scope: 'public', probe: true },
      schema: {
        operationId: 'getHealth',
        tags: TAGS,
        summary: 'Liveness of the process',
        description: 'Checks nothing but the process: without its database the service is still alive.',
        response: { 200: Type.Object({ status: Type.Literal('ok'), version: Type.String() }) },
      },
    },
    (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { status: 'ok' as const, version: packageVersion }
    },
  )
  const check = readiness(service, service.relay)
  app.get(
    '/readyz',
    {
      config: { scope: 'public', probe: true },
      schema: {
        operationId: 'getReadiness',
        tags: TAGS,
        summary: 'Readiness of the service',
        description:
          'Ready means that PostgreSQL responds, every migration is installed, the cache is loaded (even if stale), and, with a relay, Redis responds. Otherwise the status is 503, with the same checks.',
        response: { 200: Ready, 503: ProblemDocument },
      },
    },
    async (_request, reply) => {
      const checks = await check()
      if (!isReady(checks)) throw notReady(checks)
      return reply.header('cache-control', 'no-store').send({ status: 'ready', checks })
    },
  )
}

function isReady(checks: Checks): boolean {
  return Object.values(checks).every(({ ok }) => ok)
}

function notReady(checks: Checks): Error {
  const failed = Object.entries(checks).filter(([, { ok }]) => !ok)
  const detail = failed.map(([name, { state }]) => `${name}: ${state}`).join('; ')
  const hint = checks.migrations.state.includes('missing') || checks.migrations.state === 'not installed'
  return problem(503, 'not-ready', 'Not ready', detail, {
    ...(hint ? { hint: 'universes migrate up, with the same database and --schema as the service.' } : {}),
    checks,
    headers: { 'retry-after': '2' },
  })
}

function metricsRoute(app: App, { metrics }: Service): void {
  app.get(
    '/metrics',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getMetrics',
        tags: TAGS,
        summary: 'Metrics for Prometheus',
        description:
          'Text format 0.0.4. Runs, events, jobs and changes are read from PostgreSQL; while it does not respond, they are omitted and universes_database_up is 0.',
        produces: ['text/plain'],
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) => {
      const text = await metrics.text()
      return reply
        .header('cache-control', 'no-store')
        .type('text/plain; version=0.0.4; charset=utf-8')
        .send(text)
    },
  )
}

function documentRoute(app: App): void {
  let document: string | undefined
  app.get(
    '/openapi.json',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'getOpenApi',
        tags: TAGS,
        summary: 'OpenAPI document',
        description: 'OpenAPI 3.1 of every endpoint.',
        response: { 200: Type.Object({}, { additionalProperties: true }) },
      },
    },
    (_request, reply) => {
      document ??= JSON.stringify(openApiDocument(app))
      return reply
        .header('cache-control', 'no-cache')
        .type('application/json')
        .send(document as never)
    },
  )
}
