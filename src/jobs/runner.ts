import type { Logger } from 'pino'
import type { ConnectOptions } from '../database/connect.js'
import { Notifier } from '../database/notifier.js'
import type { RefreshMode, RunMode } from '../operations/refresh.js'
import { watchJob, type JobEvent } from './watch.js'
import { Worker } from './worker.js'

/** Runs short statements over shared connections: the service's Database. */
export interface Queries {
  rows<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>
  value<Value>(text: string, values?: readonly unknown[]): Promise<Value>
}

/** Options of startJobRunner(). */
export interface JobRunnerOptions {
  database: ConnectOptions
  queries: Queries
  environment: string
  logger: Logger
  /** Announces new jobs and events; a connection of its own when left out. The runner does not close it. */
  notifier?: Notifier | undefined
  /** Interval of looking for jobs without a hint, in milliseconds: a hint can get lost. */
  pollMs?: number | undefined
  /** Milliseconds that close() waits for the current run. */
  graceMs?: number | undefined
}

/** Request for a refresh. */
export interface JobRequest {
  mode: RefreshMode
  append: boolean
  dryRun: boolean
  force: boolean
  /** Recorded with the run. */
  requestedBy: string
}

/** Response to a request. When it was not accepted, the id is that of the job that is running or waiting. */
export interface Requested {
  accepted: boolean
  job_id: string
  mode: RunMode | null
  message: string
}

/** A document that a SQL function returns. */
export type Document = Record<string, unknown>

/** Runs the jobs of one environment, one at a time, until it is closed. */
export interface JobRunner {
  /** Requests a refresh. Its trigger event is in the outbox when this resolves. */
  request(request: JobRequest): Promise<Requested>
  /** Returns the status of a job or run. Rejects with UV003 for an unknown id. */
  status(id: string): Promise<Document>
  /** Lists the runs of the environment, latest first. */
  history(limit: number, offset: number): Promise<Document>
  /** Returns statistics of the runs of the environment. */
  statistics(): Promise<Document>
  /**
   * Follows the events of a job after `after` (a seq, '0' for all) until it ends or `signal` aborts. Rejects when the id is unknown
   * (UV003) or PostgreSQL does not answer; once resolved, it survives lost connections.
   */
  watch(id: string, after: string, signal: AbortSignal): Promise<AsyncGenerator<JobEvent, void>>
  /** Takes no new job and waits for the current one; after the grace period that one is rolled back and stays in the queue. */
  close(): Promise<void>
}

/** Starts a runner. PostgreSQL may still be unavailable; throws only when its URL is not valid. */
export function startJobRunner(options: JobRunnerOptions): JobRunner {
  const { queries, environment } = options
  const notifier = options.notifier ?? openNotifier(options)
  const worker = new Worker(options)
  const unsubscribe = notifier.subscribe({ onHint: () => worker.hint.set() })
  const working = worker.work()
  return {
    request: async (request) => {
      const requested = await requestRefresh(queries, environment, request)
      if (requested.accepted) worker.hint.set()
      return requested
    },
    status: (id) => queries.value('SELECT job_status($1)', [id]),
    history: (limit, offset) => queries.value('SELECT run_history($1, $2, $3)', [limit, offset, environment]),
    statistics: () => queries.value('SELECT run_statistics($1)', [environment]),
    watch: (id, after, signal) => watchJob({ queries, notifier, id, after, signal }),
    close: async () => {
      await worker.close()
      unsubscribe()
      await Promise.all([working, options.notifier ? undefined : notifier.close()])
    },
  }
}

function openNotifier({ database, logger }: JobRunnerOptions): Notifier {
  return new Notifier({ database, applicationName: 'universes serve (listen)', logger })
}

async function requestRefresh(
  queries: Queries,
  environment: string,
  { mode, append, dryRun, force, requestedBy }: JobRequest,
): Promise<Requested> {
  const rows = await queries.rows<Requested>('SELECT * FROM request_refresh($1, $2, $3, $4, $5, $6)', [
    mode,
    append,
    dryRun,
    force,
    environment,
    requestedBy,
  ])
  return rows[0]!
}
