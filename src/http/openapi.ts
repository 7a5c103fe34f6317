import swagger from '@fastify/swagger'
import type { FastifySchema } from 'fastify'
import { STATUS_CODES } from 'node:http'
import { PROBLEM_DESCRIPTION, ProblemDocument } from './responses/problem.js'
import type { App } from './routes/route.js'
import { packageVersion } from '../package.js'

const DESCRIPTION = `Stock universes: which symbols are in which ETF, index, sector, theme, market-cap band or ranking, today and on any past day.

Send a key in the header X-API-Key, or as Authorization: Bearer. A key has one of the scopes read, operate (read, refreshes and loads) and admin
(everything). If no keys are configured, the service accepts requests from its own machine only, and all of them have full access.

Times are ISO 8601 in UTC, weights are percentages, market caps are in US dollars, durations in seconds, or in milliseconds if the name ends in _ms.
Errors are problem documents (RFC 9457). X-Request-Id identifies a request, in the log too.`

const TAGS = [
  { name: 'jobs', description: 'Refreshes: request one, follow it, list past ones' },
  { name: 'universes', description: 'Universes and their members, now and on past days' },
  { name: 'symbols', description: 'Symbols, their universes, search' },
  { name: 'quality', description: 'Checks and reports' },
  { name: 'loads', description: 'Loads of holdings, lists and market data from files' },
  { name: 'cache', description: 'Relationship cache and response cache of this process' },
  { name: 'page', description: 'Data of the admin page' },
  { name: 'operations', description: 'Health, metrics and this document' },
]

/** Errors of every operation, besides those that it documents itself. */
const PROBLEMS = ['429', '500', '503'] as const

/** Part of an OpenAPI document. */
interface Document {
  components: { schemas: Record<string, unknown> }
  paths: Record<string, Record<string, Operation>>
}

/** Part of an operation of an OpenAPI document. */
interface Operation {
  security?: unknown[]
  parameters?: unknown[]
  requestBody?: unknown
  responses: Record<string, { description: string; content?: Record<string, unknown> }>
}

/** Documents every route that is registered afterwards. */
export async function describeRoutes(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'pg-universes', version: packageVersion, description: DESCRIPTION },
      servers: [{ url: '/', description: 'The server that sent this document' }],
      tags: TAGS,
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ key: [] }, { bearer: [] }],
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: withScope(schema, route.config?.scope ?? 'admin'),
    }),
  })
}

function withScope(schema: FastifySchema | undefined, scope: string): FastifySchema {
  const { description = '' } = schema ?? {}
  const access = scope === 'public' ? 'Needs no key.' : `Scope: ${scope}.`
  return {
    ...schema,
    description: `${description}${description === '' ? '' : '\n\n'}${access}`,
    ...(scope === 'public' ? { security: [] } : {}),
    // Extensions are copied into the operation.
    'x-scope': scope,
  } as FastifySchema
}

/** Returns the OpenAPI document of an application that is ready. */
export function openApiDocument(app: App): Document {
  const document = structuredClone(app.swagger()) as unknown as Document
  document.components.schemas['Problem'] = JSON.parse(JSON.stringify(ProblemDocument))
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations)) addProblems(operation)
  }
  return document
}

function addProblems(operation: Operation): void {
  const { responses, security, parameters, requestBody } = operation
  const added = [
    ...(parameters || requestBody ? ['400'] : []),
    ...(security?.length === 0 ? [] : ['401', '403']),
    ...(requestBody ? ['413', '415'] : []),
    ...PROBLEMS,
  ]
  for (const status of added) responses[status] ??= { description: '' }
  for (const [status, response] of Object.entries(responses)) {
    if (!/^([45]|default)/.test(status)) continue
    const name = STATUS_CODES[status] ?? 'Any other error'
    const described = !['', 'Default Response', PROBLEM_DESCRIPTION].includes(response.description)
    responses[status] = {
      description: described ? response.description : name,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    }
  }
}
