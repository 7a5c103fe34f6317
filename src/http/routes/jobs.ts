import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { JobStatus, RunHistory, RunStatistics } from '../../documents/runs.js'
import { eventStream } from '../../jobs/event-stream.js'
import type { JobEvent } from '../../jobs/watch.js'
import { triggeredBy } from '../security/caller.js'
import { problem, ProblemDocument } from '../responses/problem.js'
import type { Service } from '../service.js'
import { Events, JobParameters, LastEvent, page, Refused, Trigger, Triggered } from '../schemas/jobs.js'
import type { App, Routes } from './route.js'

const PATH = '/api/processing/cache-sync'
const TAGS = ['jobs']
/** Limits a stream whose client no longer reads. A client that still does reconnects and resumes with Last-Event-ID. */
const MAX_STREAM_MS = 30 * 60_000

/** Routes that request a refresh and follow it. */
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
      // Every field has a default: a request without a body triggers a full refresh.
      preValidation: (request, _reply, done) => {
        request.body ??= {} as typeof request.body
        done()
      },
      schema: {
        operationId: 'triggerRefresh',
        tags: TAGS,
        summary: 'Request a refresh',
        description:
          'Responds at once with the id of a job, which the service runs as soon as no other refresh or load is running. While a refresh is running or waiting, the response is 409 with its job_id. The job survives a restart of the service and of PostgreSQL.',
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
        'refresh requested',
      )
      if (!accepted) {
        throw problem(409, 'refresh-running', 'A refresh is already running', message, {
          job_id,
          mode: requested.mode,
          hint: `Follow it at ${PATH}/events/${job_id}, and request yours when it has finished.`,
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
        summary: 'Status of a job',
        description:
          'Any run has a status, including those of the command line and of psql, rollbacks and imports.',
        params: JobParameters,
        response: { 200: JobStatus, 404: ProblemDocument },
      },
    },
    (request) => jobs.status(request.params.job_id) as Promise<JobStatus>,
  )
  app.get(
    `${PATH}/history`,
    {
      config: { scope: 'read' },
      serializerCompiler: () => JSON.stringify,
      schema: {
        operationId: 'listRefreshes',
        tags: TAGS,
        summary: 'Runs, latest first',
        querystring: page(limits.pageRows),
        response: { 200: RunHistory },
      },
    },
    ({ query: { limit, offset } }) => jobs.history(limit, offset) as Promise<RunHistory>,
  )
  app.get(
    `${PATH}/stats`,
    {
      config: { scope: 'read' },
      serializerCompiler: () => JSON.stringify,
      schema: {
        operationId: 'getRefreshStatistics',
        tags: TAGS,
        summary: 'Statistics of runs',
        description: 'Durations are in seconds and cover only runs whose changes were kept.',
        response: { 200: RunStatistics },
      },
    },
    () => jobs.statistics() as Promise<RunStatistics>,
  )
}

function eventsRoute(app: App, service: Service): void {
  const ends = new Set<() => void>()
  // Otherwise a stream would delay the shutdown until its job has finished.
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
          'Sends the events triggered and progress (one per step), then completed or failed, which ends the stream. Past events come first; Last-Event-ID resumes after the event with that id. For a finished job the stream has its last event. EventSource cannot send a key: use fetch and read the body.',
        params: JobParameters,
        headers: LastEvent,
        response: { 200: Events, 404: ProblemDocument },
      },
    },
    async (request, reply) => {
      if (ends.size >= service.limits.streams) {
        const detail = `${ends.size} event streams are open, which is the limit.`
        throw problem(503, 'too-many-streams', 'Too many streams', detail, {
          hint: `Poll ${PATH}/status/${request.params.job_id} every few seconds instead.`,
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

/** Aborts a stream when its client disconnects, the service closes, or MAX_STREAM_MS have passed. */
function lifetime(reply: FastifyReply, ends: Set<() => void>): { signal: AbortSignal; end: () => void } {
  const ending = new AbortController()
  const end = (): void => {
    clearTimeout(timer)
    ends.delete(end)
    reply.raw.off('close', end)
    ending.abort()
  }
  const timer = setTimeout(end, MAX_STREAM_MS)
  ends.add(end)
  reply.raw.on('close', end)
  return { signal: ending.signal, end }
}

/** Returns the id of the event to resume after; '0' is the beginning. */
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
  // A client that does not read would keep the stream open: destroy it after a second.
  signal.addEventListener('abort', () => setTimeout(() => stream.destroy(), 1_000).unref())
  return (
    reply
      // Closing the connection with the stream keeps it from delaying the shutdown.
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
      .type('text/event-stream; charset=utf-8')
      .send(stream)
  )
}
