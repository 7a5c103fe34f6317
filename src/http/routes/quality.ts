import { ValidationDocument } from '../../documents/quality.js'
import { ReportDocument } from '../../documents/report.js'
import { respond, fromSql, type ReadSource } from '../responses/respond.js'
import { etagOf } from '../responses/etag.js'
import type { Service } from '../service.js'
import { ReportQuery, ValidationQuery } from '../schemas/quality.js'
import { withETag } from '../schemas/read.js'
import type { Routes } from './route.js'

const TAGS = ['quality']
/** Time to live: both documents read every table, and changes without an event appear with this delay. */
const FRESH_MS = 5_000

/** Routes for the validation and the report. */
export const qualityRoutes: Routes = (app, service) => {
  app.get(
    '/api/validation',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'validate',
        tags: TAGS,
        summary: 'Checks of relationship_checks with their findings',
        description: `Rebuilt after each change of a universe, and after ${FRESH_MS / 1000} seconds.`,
        querystring: ValidationQuery,
        response: withETag(ValidationDocument),
      },
    },
    (request, reply) => respond(service, request, reply, validation(service, request.query.samples ?? 3)),
  )
  app.get(
    '/api/report',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'report',
        tags: TAGS,
        summary: 'Report on all relationships',
        description: `Rebuilt after each change of a universe, and after ${FRESH_MS / 1000} seconds. Its ETag is weak: it ignores generated_at.`,
        querystring: ReportQuery,
        response: withETag(ReportDocument),
      },
    },
    (request, reply) => respond(service, request, reply, report(service, request.query.detail ?? false)),
  )
}

function validation(service: Service, samples: number): ReadSource {
  const { database, environment } = service
  return fromSql(service, ['validation', samples].join('\n'), async () => ({
    body: await database.value<string>('SELECT list_checks($1, $2)::text', [environment, samples]),
    freshMs: FRESH_MS,
  }))
}

function report(service: Service, detail: boolean): ReadSource {
  const { database, environment } = service
  return fromSql(service, ['report', detail].join('\n'), async () => {
    const document = await database.value<object>('SELECT report_document($1, $2)', [environment, detail])
    const content = JSON.stringify({ ...document, generated_at: undefined })
    const etag = `W/${etagOf(Buffer.from(content))}`
    return { body: JSON.stringify(document), freshMs: FRESH_MS, etag }
  })
}
