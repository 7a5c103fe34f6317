import multipart from '@fastify/multipart'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { renderProblem } from '../../console/load/render.js'
import type { FileResult } from '../../load/result.js'
import { triggeredBy } from '../security/caller.js'
import { loadInChild } from '../uploads/load-child.js'
import { problem, ProblemDocument } from '../responses/problem.js'
import type { Service } from '../service.js'
import { receiveUpload, type Upload } from '../uploads/upload.js'
import { validatorCompiler } from '../schemas/validation.js'
import { page } from '../schemas/jobs.js'
import { LoadDocument, LoadHistory, LoadParameters, LoadQuery, UploadBody } from '../schemas/loads.js'
import type { App, Routes } from './route.js'

const PATH = '/api/loads'
const TAGS = ['loads']
/** Uploads at a time: one can be loaded, and the files of the others take room. */
const MOST_UPLOADS = 4
/** Symbols that an answer to an upload names per universe, of those added and of those removed. */
const SHOWN_SYMBOLS = 100

/** Loads: files from a client, and what became of them. */
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
  // What is still arriving would hold up the end of the service for as long as its client likes.
  app.addHook('preClose', (done) => {
    closing.abort(stopping())
    done()
  })
  app.post(
    PATH,
    {
      config: { scope: 'operate' },
      // The body is a stream, which receiveUpload checks as it comes in.
      validatorCompiler: (part) =>
        part.httpPart === 'body' ? (value: unknown) => ({ value }) : validatorCompiler(part),
      schema: {
        operationId: 'uploadFiles',
        tags: TAGS,
        summary: 'Load files',
        description:
          'The same as the command universes load with these files, in one transaction. Fields may stand before or after the files. Files are judged one by one: 200 when at least one was taken, unchanged or held by a guard; 422, with the same files, when every one was rejected. Files that are not uploaded are not missed. Of each universe that changed up to 100 symbols are named; with dry_run that is the preview.',
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
      if (uploads >= MOST_UPLOADS) throw tooMany(uploads)
      uploads += 1
      try {
        const upload = await receiveUpload(request, service.limits, closing.signal)
        document = await loadUpload(request, reply, service, upload).finally(upload.remove)
      } finally {
        uploads -= 1
        // The service has let its idle connections go: one that becomes idle now would be waited for.
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
  // A long load is no sign of a dead client; its going away is seen all the same.
  request.raw.socket.setTimeout(0)
  const document = await loadInChild(
    { ...job, triggeredBy: triggeredBy(request), symbols: SHOWN_SYMBOLS },
    goneSignal(reply),
  )
  const { id, files } = JSON.parse(document) as { id: string; files: FileResult[] }
  const statuses = files.map(({ name, status }) => `${name}: ${status}`)
  const asked = { kind, mode, dry_run: dryRun, force, strict }
  request.log.info(
    { key: request.caller.id, action: 'load', load: id, ...asked, files: statuses.slice(0, 20) },
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
        summary: 'Loads, the latest first',
        description: 'Those of the command line too, and dry runs.',
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
        summary: 'A load with what became of every file, and the symbols that came and went',
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

/** A document is sent as SQL has rendered it. */
function sendJson(reply: FastifyReply, document: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(document)
}

/** Aborts when the client goes away before it has its answer. */
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
  return problem(415, 'unsupported-media-type', 'Unsupported media type', 'Files come as multipart/form-data.', {
    hint: 'curl -F files=@spy_holdings.csv -F dry_run=true, or FormData in a browser.',
  })
} // prettier-ignore

function tooMany(uploads: number): Error {
  const detail = `${uploads} uploads are going on, which is the limit.`
  return problem(503, 'too-many-uploads', 'Too many uploads', detail, { headers: { 'retry-after': '5' } })
}

function stopping(): Error {
  const detail = 'The service ends before the files have arrived. Nothing was loaded.'
  return problem(503, 'stopping', 'The service is ending', detail, { headers: { 'retry-after': '5' } })
}

function clientGone(): Error {
  return problem(499, 'client-gone', 'The client has gone', 'Nothing was loaded.')
}

/** What became of the files is told as after any load; the first of them in words, too. */
function allRejected(id: string, files: readonly FileResult[]): Error {
  const [first] = files
  const detail = first?.problem ? renderProblem(first.name, first.problem) : ''
  const more = files.length > 1 ? ` (and ${files.length - 1} more)` : ''
  return problem(422, 'files-rejected', 'No file was taken', `${detail}${more}`, { load_id: id, files })
}
