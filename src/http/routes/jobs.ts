import { Readable } from 'node:stream'
import type { Static } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { eventStream } from '../../jobs/event-stream.js'
import type { JobEvent } from '../../jobs/watch.js'
import { triggeredBy } from '../security/caller.js'
import { problem, ProblemDocument } from '../responses/problem.js'
import type { Service } from '../service.js'
import {
  Events,
  History,
  JobParameters,
  JobStatus,
  LastEvent,
  page,
  Refused,
  Statistics,
  Trigger,
  Triggered,
} from '../schemas/jobs.js'
import type { App, Routes } from './route.js'

const PATH = '/api/processing/cache-sync'
const TAGS = ['jobs']
/** A stream is ended after that long, in case nobody reads it any more; a client that does comes back and misses nothing. */
const LONGEST_STREAM_MS = 30 * 60_000

/** Refreshes: asking for one, and following it. */
export const jobsRoutes: Routes = (app, service) => {
  triggerRoute(app, service)
  statusRoutes(app, service)
  eventsRoute(app, service)
}

function triggerRoute(app: App, service: Service): void {
  app.post(
    `${PATH}/trigger`,
    {
      config: { scope: 'operate' },
      // Everything has a default: no body at all asks for a full refresh.
      preValidation: (request, _reply, done) => {
        request.body ??= {} as typeof request.body
        done()
      },
      schema: {
        operationId: 'triggerRefresh',
        tags: TAGS,
        summary: 'Ask for a refresh',
        description:
          'Answers at once; the refresh is a job that the service runs as soon as no other change is going on. One at a time: while a refresh is going or waits, whoever asked for it, the answer is 409 with its job_id. The job survives a restart of the service and of PostgreSQL.',
        body: Trigger,
        response: { 202: Triggered, 409: Refused },
      },
    },
    async (request, reply) => {
      const { mode, append, dry_run: dryRun, force } = request.body
      const requested = await service.jobs.request({
        mode,
        append,
        dryRun,
        force,
        requestedBy: triggeredBy(request),
      })
      const { accepted, job_id, message } = requested
      request.log.info(
        {
          key: request.caller.id,
          action: 'trigger',
          job: job_id,
          accepted,
          mode,
          append,
          dry_run: dryRun,
          force,
        },
        'refresh asked for',
      )
      if (!accepted) {
        throw problem(409, 'refresh-running', 'A refresh is already going', message, {
          job_id,
          mode: requested.mode,
          hint: `Follow it at ${PATH}/events/${job_id}, and ask again when it has ended.`,
        })
      }
      return reply.code(202).send({ success: true, job_id, mode, message })
    },
  )
}

function statusRoutes(app: App, { jobs, limits }: Service): void {
  app.get(
    `${PATH}/status/:job_id`,
    {
      config: { scope: 'read' },
      serializerCompiler: () => JSON.stringify,
      schema: {
        operationId: 'getRefresh',
        tags: TAGS,
        summary: 'Where a job stands',
        description: 'A job, or any run: of the command line, of psql, a rollback or an import too.',
        params: JobParameters,
        response: { 200: JobStatus, 404: ProblemDocument },
      },
    },
    (request) => jobs.status(request.params.job_id) as Promise<Static<typeof JobStatus>>,
  )
  app.get(
    `${PATH}/history`,
    {
      config: { scope: 'read' },
      serializerCompiler: () => JSON.stringify,
      schema: {
        operationId: 'listRefreshes',
        tags: TAGS,
        summary: 'Runs, the latest first',
        querystring: page(limits.pageRows),
        response: { 200: History },
      },
    },
    ({ query: { limit, offset } }) => jobs.history(limit, offset) as Promise<Static<typeof History>>,
  )
  app.get(
    `${PATH}/stats`,
    {
      config: { scope: 'read' },
      serializerCompiler: () => JSON.stringify,
      schema: {
        operationId: 'getRefreshStatistics',
        tags: TAGS,
        summary: 'Runs in numbers',
        description: 'Durations are those of runs that kept their changes, in seconds.',
        response: { 200: Statistics },
      },
    },
    () => jobs.statistics() as Promise<Static<typeof Statistics>>,
  )
}

function eventsRoute(app: App, service: Service): void {
  const ends = new Set<() => void>()
  // Otherwise a stream would hold up the end of the service for as long as its job takes.
  app.addHook('preClose', (done) => {
    for (const end of ends) end()
    done()
  })
  app.get(
    `${PATH}/events/:job_id`,
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'followRefresh',
        tags: TAGS,
        summary: 'Progress of a job, as server-sent events',
        description:
          'Events triggered, progress (by step), then completed or failed, after which the stream ends. What was said before is told first; Last-Event-ID resumes after the event with that id. A job that has ended answers with its end. EventSource cannot send a key: use fetch and read the body.',
        params: JobParameters,
        headers: LastEvent,
        response: { 200: Events, 404: ProblemDocument },
      },
    },
    async (request, reply) => {
      if (ends.size >= service.limits.streams) {
        const detail = `${ends.size} streams of progress are open, which is the limit.`
        throw problem(503, 'too-many-streams', 'Too many streams', detail, {
          hint: `Ask ${PATH}/status/${request.params.job_id} every few seconds instead.`,
          headers: { 'retry-after': '5' },
        })
      }
      const { signal, end } = lifetime(reply, ends)
      try {
        const { job_id } = request.params
        return openStream(await service.jobs.watch(job_id, lastEvent(request), signal), reply, signal)
      } catch (error) {
        end()
        throw error
      }
    },
  )
}

/** When a stream ends: its client goes, the service closes, or it has been open for very long. */
function lifetime(reply: FastifyReply, ends: Set<() => void>): { signal: AbortSignal; end: () => void } {
  const ending = new AbortController()
  const end = (): void => {
    clearTimeout(timer)
    ends.delete(end)
    reply.raw.off('close', end)
    ending.abort()
  }
  const timer = setTimeout(end, LONGEST_STREAM_MS)
  ends.add(end)
  reply.raw.on('close', end)
  return { signal: ending.signal, end }
}

/** The event after which a client wants to go on: '0' is from the beginning. */
function lastEvent({ headers }: { headers: Record<string, unknown> }): string {
  const last = headers['last-event-id']
  return typeof last === 'string' && /^\d{1,18}$/.test(last) ? last : '0'
}

function openStream(
  events: AsyncGenerator<JobEvent, void>,
  reply: FastifyReply,
  signal: AbortSignal,
): FastifyReply {
  const stream = Readable.from(eventStream(events))
  // Whoever does not read gets no polite end.
  signal.addEventListener('abort', () => setTimeout(() => stream.destroy(), 1_000).unref())
  return (
    reply
      // The connection goes with the stream: kept for another request it would hold up the end of the service.
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
      .type('text/event-stream; charset=utf-8')
      .send(stream)
  )
}
