import multipart from '@fastify/multipart'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { renderProblem } from '../../console/load/render.js'
import type { FileResult } from '../../load/result.js'
import { LoadDocument, LoadHistory } from '../../documents/loads.js'
import { triggeredBy } from '../security/caller.js'
import { loadInChild } from '../uploads/load-child.js'
import { problem, ProblemDocument } from '../responses/problem.js'
import type { Service } from '../service.js'
import { receiveUpload, type Upload } from '../uploads/upload.js'
import { validatorCompiler } from '../schemas/validation.js'
import { page } from '../schemas/jobs.js'
import { LoadParameters, LoadQuery, UploadBody } from '../schemas/loads.js'
import type { App, Routes } from './route.js'

const PATH = '/api/loads'
const TAGS = ['loads']
/** Concurrent uploads: only one can be loaded at a time, and the files of the others take disk space. */
const MAX_UPLOADS = 4
/** Symbols listed per universe in the response to an upload, both of those added and of those removed. */
const MAX_LISTED_SYMBOLS = 100

/** Routes that load uploaded files and list past loads. */
export const loadsRoutes: Routes = (app, service) => {
  app.register(multipart)
  app.register((scoped, _options, done) => {
    uploadRoute(scoped, service)
    done()
  })
  readRoutes(app, service)
}

function uploadRoute(app: App, service: Service): void {
  let uploads = 0
  const closing = new AbortController()
  // Otherwise a slow upload would delay the shutdown.
  app.addHook('preClose', (done) => {
    closing.abort(stopping())
    done()
  })
  app.post(
    PATH,
    {
      config: { scope: 'operate' },
      // The body is a stream, which receiveUpload checks as it arrives.
      validatorCompiler: (part) =>
        part.httpPart === 'body' ? (value: unknown) => ({ value }) : validatorCompiler(part),
      schema: {
        operationId: 'uploadFiles',
        tags: TAGS,
        summary: 'Load files',
        description:
          'Does the same as the command universes load with these files, in one transaction. Fields may come before or after the files. Each file has its own result: the status is 200 if at least one was loaded, unchanged or held by a guard, and 422, with the results of all files, if every one was rejected. Universes whose files are not uploaded stay as they are. Up to 100 symbols are listed per changed universe; dry_run makes it a preview.',
        consumes: ['multipart/form-data'],
        body: UploadBody,
        response: {
          200: LoadDocument,
          422: ProblemDocument,
          default: ProblemDocument,
        },
      },
    },
    async (request, reply) => {
      let document: string
      if (!request.isMultipart()) throw notMultipart()
      if (uploads >= MAX_UPLOADS) throw tooMany(uploads)
      uploads += 1
      try {
        const upload = await receiveUpload(request, service.limits, closing.signal)
        document = await loadUpload(request, reply, service, upload).finally(upload.remove)
      } finally {
        uploads -= 1
        // The service has already closed its idle connections and would wait for one that becomes idle now.
        if (closing.signal.aborted) reply.header('connection', 'close')
      }
      return sendJson(reply, document)
    },
  )
}

async function loadUpload(
  request: FastifyRequest,
  reply: FastifyReply,
  { connection, environment }: Service,
  { paths, fields }: Upload,
): Promise<string> {
  const { kind, mode, dry_run: dryRun, force, strict, etf } = fields
  const job = { kind, mode, dryRun, force, strict, etf, paths, environment, connection }
  // A long load says nothing about the client; goneSignal notices if it disconnects.
  request.raw.socket.setTimeout(0)
  const document = await loadInChild(
    { ...job, triggeredBy: triggeredBy(request), symbols: MAX_LISTED_SYMBOLS },
    goneSignal(reply),
  )
  const { id, files } = JSON.parse(document) as { id: string; files: FileResult[] }
  const statuses = files.map(({ name, status }) => `${name}: ${status}`)
  const options = { kind, mode, dry_run: dryRun, force, strict }
  request.log.info(
    { key: request.caller.id, action: 'load', load: id, ...options, files: statuses.slice(0, 20) },
    'files uploaded',
  )
  if (files.every(({ status }) => status === 'rejected')) throw allRejected(id, files)
  return document
}

function readRoutes(app: App, { database, environment, limits }: Service): void {
  app.get(
    PATH,
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listLoads',
        tags: TAGS,
        summary: 'Loads, latest first',
        description: 'Includes loads of the command line and dry runs.',
        querystring: page(limits.pageRows),
        response: { 200: LoadHistory, default: ProblemDocument },
      },
    },
    async ({ query: { limit, offset } }, reply) => {
      const text = 'SELECT load_history($1, $2, $3)::text'
      return sendJson(reply, await database.value(text, [limit, offset, environment]))
    },
  )
  app.get(
    `${PATH}/:id`,
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getLoad',
        tags: TAGS,
        summary: 'A load with the results of its files and the symbols added and removed',
        params: LoadParameters,
        querystring: LoadQuery,
        response: { 200: LoadDocument, default: ProblemDocument },
      },
    },
    async ({ params: { id }, query: { symbols } }, reply) => {
      const text = 'SELECT load_document($1, $2)::text'
      return sendJson(reply, await database.value(text, [id, symbols]))
    },
  )
}

/** Sends a document that SQL has rendered. */
function sendJson(reply: FastifyReply, document: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(document)
}

/** Aborts when the client disconnects before the response is complete. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  const look = (): void => {
    if (!raw.writableFinished) gone.abort(clientGone())
  }
  if (raw.destroyed) look()
  else raw.once('close', look)
  return gone.signal
}

function notMultipart(): Error {
  return problem(415, 'unsupported-media-type', 'Unsupported media type', 'Files must be sent as multipart/form-data.', {
    hint: 'curl -F files=@spy_holdings.csv -F dry_run=true, or FormData in a browser.',
  })
} // prettier-ignore

function tooMany(uploads: number): Error {
  const detail = `${uploads} uploads are in progress, which is the limit.`
  return problem(503, 'too-many-uploads', 'Too many uploads', detail, { headers: { 'retry-after': '5' } })
}

function stopping(): Error {
  const detail = 'The service is shutting down and did not receive all files. Nothing was loaded.'
  return problem(503, 'stopping', 'The service is shutting down', detail, { headers: { 'retry-after': '5' } })
}

function clientGone(): Error {
  return problem(499, 'client-gone', 'The client disconnected', 'Nothing was loaded.')
}

/** Problem with the results of all files, and the first one in its detail. */
function allRejected(id: string, files: readonly FileResult[]): Error {
  const [first] = files
  const detail = first?.problem ? renderProblem(first.name, first.problem) : ''
  const more = files.length > 1 ? ` (and ${files.length - 1} more)` : ''
  return problem(422, 'files-rejected', 'No file was accepted', `${detail}${more}`, { load_id: id, files })
}
