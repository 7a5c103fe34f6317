import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { AutoResetEvent } from '../database/auto-reset-event.js'
import { backOff } from '../database/backoff.js'
import { connect, type ConnectOptions } from '../database/connect.js'
import { Health } from '../database/health.js'
import { SQLSTATE, toUniversesError } from '../errors.js'
import { runJob, type RunProgress, type SyncRun } from '../operations/refresh.js'
import { ProgressPublisher } from './progress.js'

/** Interval of retries while another session changes memberships. */
const BUSY_MS = 500
/** Interval of retries for a job that cannot even be recorded as failed (full disk, missing privilege). */
const STUCK_MS = 10_000
/** After so many lost connections a job is taken for the cause and given up. */
const MAX_LOSSES = 10

/** Options of a Worker. */
export interface WorkerOptions {
  database: ConnectOptions
  environment: string
  logger: Logger
  pollMs?: number | undefined
  graceMs?: number | undefined
}

/** A row of next_job. */
interface NextJob {
  job_id: string
  mode: string
  requested_by: string
  busy: boolean
}

/** Reason why a job cannot run, in the form of fail_job. */
interface Failure {
  sqlstate: string | undefined
  message: string
  detail?: string | undefined
  hint?: string | undefined
}

/**
 * Runs the waiting jobs of an environment, oldest first. The queue and the state of each job live in the database only, so that
 * another worker can take over after a crash at any time.
 */
export class Worker {
  /** Ends a pause: a refresh may have been requested. */
  readonly hint = new AutoResetEvent()
  readonly #options: WorkerOptions
  readonly #progress: ProgressPublisher
  readonly #health: Health
  readonly #closing = new AbortController()
  readonly #ended = new AbortController()
  /** Jobs that could not run and have yet to be recorded as failed. */
  readonly #failures = new Map<string, Failure>()
  readonly #losses = new Map<string, number>()
  #client: pg.Client | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#progress = new ProgressPublisher(options.database, options.logger)
    this.#health = new Health(options.logger, 'PostgreSQL, for the jobs,')
  }

  /** Runs jobs until close(). Never rejects. */
  async work(): Promise<void> {
    const { signal } = this.#closing
    for (let failures = 0; !signal.aborted;) {
      try {
        const wait = await this.#turn()
        failures = 0
        if (wait > 0 && !signal.aborted) await this.hint.wait(wait)
      } catch (error) {
        if (!signal.aborted) this.#health.down(error)
        await this.#disconnect()
        await backOff(failures++, signal)
      }
    }
    await this.#disconnect()
    await this.#progress.close()
    this.#ended.abort()
  }

  /** Takes no further job. After the grace period the current one is rolled back and waits for the next start. */
  async close(): Promise<void> {
    const { graceMs = 10_000, logger } = this.#options
    this.#closing.abort()
    this.hint.set()
    await sleep(graceMs, undefined, { signal: this.#ended.signal }).then(
      () => logger.warn('the job under way takes too long: it is rolled back and stays waiting'),
      () => undefined,
    )
    await this.#disconnect()
  }

  /** Runs the next job, if any. Returns the milliseconds to wait before the next turn. */
  async #turn(): Promise<number> {
    this.#client ??= await this.#connect()
    const { rows } = await this.#client.query<NextJob>('SELECT * FROM next_job($1)', [
      this.#options.environment,
    ])
    const job = rows[0]
    const failure = job && this.#failures.get(job.job_id)
    if (!failure) this.#health.up()
    if (job === undefined) return this.#options.pollMs ?? 5_000
    if (job.busy) return BUSY_MS
    return failure ? this.#fail(this.#client, job, failure) : this.#run(this.#client, job)
  }

  async #run(client: pg.Client, job: NextJob): Promise<number> {
    let begun = false
    const report = (step: RunProgress): void => {
      begun = true
      this.#progress.report(step)
    }
    try {
      this.#logRun(job, await runJob(client, job.job_id, report))
      return 0
    } catch (error) {
      if (this.#closing.signal.aborted) return 0
      if (isBusy(error)) return BUSY_MS
      const { code: sqlstate, message, detail, hint } = toUniversesError(error)
      if (isLost(error)) {
        if (begun) this.#countLoss(job, message)
        throw error
      }
      this.#failures.set(job.job_id, { sqlstate, message, detail, hint })
      await this.#disconnect()
      return 0
    }
  }

  async #fail(client: pg.Client, job: NextJob, failure: Failure): Promise<number> {
    try {
      const { rows } = await client.query<SyncRun>('SELECT * FROM fail_job($1, $2)', [job.job_id, failure])
      this.#logRun(job, rows[0]!)
      return 0
    } catch (error) {
      if (isBusy(error)) return BUSY_MS
      if (isLost(error)) throw error
      this.#health.down(error)
      await this.#disconnect()
      return STUCK_MS
    }
  }

  #countLoss({ job_id }: NextJob, message: string): void {
    const losses = (this.#losses.get(job_id) ?? 0) + 1
    this.#losses.set(job_id, losses)
    if (losses < MAX_LOSSES) return
    this.#failures.set(job_id, {
      sqlstate: '08006',
      message: `the connection was lost ${losses} times during the run: ${message}`,
      hint: 'The log of PostgreSQL says why. Ask for the refresh again when that is solved.',
    })
  }

  #logRun({ job_id: job, mode, requested_by }: NextJob, run: SyncRun): void {
    this.#failures.delete(job)
    this.#losses.delete(job)
    const ms = run.finished_at.getTime() - run.started_at.getTime()
    const fields = { job, mode, requested_by, status: run.status, changes: run.total_changes, ms }
    if (run.status === 'completed') this.#options.logger.info(fields, 'job done')
    else this.#options.logger.error({ ...fields, reason: run.error?.message }, 'job failed')
  }

  async #connect(): Promise<pg.Client> {
    const { database } = this.#options
    const client = await connect({
      ...database,
      applicationName: 'universes serve (jobs)',
      timeoutMs: 5_000,
    })
    // Progress arrives as notices. The interval ends the run of a service that is gone, so that it does not block the next one.
    await client.query('SET client_min_messages TO notice')
    await client.query(`SET client_connection_check_interval TO '1s'`).catch(() => undefined)
    return client
  }

  async #disconnect(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => undefined)
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === SQLSTATE.busy
}

/** Returns true when the connection failed, not the job. */
function isLost(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^(08|57P)/.test(error.code ?? '')
}
