import type pg from 'pg'
import { withClient, type ConnectOptions } from '../database/connect.js'
import { toUniversesError, UniversesError, usageError } from '../errors.js'
import { findData } from '../load/finding/find-data.js'
import { defaultPath } from '../load/finding/find-files.js'
import { outputPath } from './output.js'
import {
  isFailure,
  planSteps,
  type PlannedStep,
  type StepContext,
  type StepResult,
  type SyncStepName,
} from './sync-steps.js'

/** The weekly routine: on which files, and how. */
export interface SyncOptions extends ConnectOptions {
  /** Folder of the files, see findData; the directory `holdings/` when left out. */
  directory?: string | undefined
  /** Loads what a guard would hold, and overrides membership_guards. */
  force?: boolean | undefined
  /** `DEFAULT` when left out. */
  environment?: string | undefined
  /** File to write the report into, as Markdown. */
  report?: string | undefined
  /** Recorded with every load and run. */
  triggeredBy?: string | undefined
  /** Connection to use, outside a transaction; one is opened, and closed again, when left out. */
  client?: pg.Client | undefined
  /** Receives a step when it begins, and then what it says about itself while it goes on. */
  onProgress?: ((step: SyncStepName, note?: string) => void) | undefined
  /** Receives each step when it is over. */
  onStep?: ((step: SyncStep) => void) | undefined
}

/** A step that was run; without a result, `error` says why there is none. */
export interface SyncStep {
  step: SyncStepName
  status: 'done' | 'failed'
  milliseconds: number
  result?: StepResult
  error?: SyncError
}

/** Why a step could not be run, in the words of the error. */
export interface SyncError {
  message: string
  sqlstate?: string | undefined
  detail?: string | undefined
  hint?: string | undefined
}

/** What became of the routine: the steps that were run, and those that were not because one had failed. */
export interface SyncResult {
  status: 'completed' | 'failed'
  environment: string
  directory: string
  started_at: Date
  finished_at: Date
  steps: SyncStep[]
  not_run: SyncStepName[]
}

/**
 * Loads what has changed in a folder, enriches sectors, refreshes, validates and reports. Every step is a transaction of
 * its own, so that none is ever half done; the first that fails ends the routine, and what was done before it stays.
 * A load fails when one of its files is rejected or held (its other files are in), enrich and refresh when the run fails
 * or a guard holds a universe, validate when a check is FAIL. A failed step is in the result and no error. Rejects,
 * before anything is done, for a folder or report file that cannot be used, and a server that cannot be reached.
 */
export async function sync(options: SyncOptions = {}): Promise<SyncResult> {
  if (options.environment?.trim() === '')
    throw usageError('--environment is empty', 'Name one, or leave it out.')
  const directory = options.directory ?? defaultPath('etfs')
  const steps = planSteps(findData(directory))
  const reportFile = options.report === undefined ? undefined : outputPath(options.report, '--report')
  const result: SyncResult = {
    ...{ status: 'completed', environment: options.environment ?? 'DEFAULT', directory },
    ...{ started_at: new Date(), finished_at: new Date(), steps: [], not_run: [] },
  }
  const run = (client: pg.Client): Promise<void> =>
    runSteps(result, steps, { ...options, client, reportFile })
  if (options.client) await run(options.client)
  else await withClient({ applicationName: 'universes sync', ...options }, run)
  result.finished_at = new Date()
  return result
}

async function runSteps(
  result: SyncResult,
  steps: readonly PlannedStep[],
  options: SyncOptions & Pick<StepContext, 'client' | 'reportFile'>,
): Promise<void> {
  const { client, reportFile, force = false, triggeredBy = 'universes sync' } = options
  const { environment } = result
  for (const [index, planned] of steps.entries()) {
    options.onProgress?.(planned.name)
    const onNote = (note: string): void => options.onProgress?.(planned.name, note)
    const step = await runStep(planned, { client, environment, force, triggeredBy, reportFile, onNote })
    result.steps.push(step)
    options.onStep?.(step)
    if (step.status === 'failed') {
      result.status = 'failed'
      result.not_run = steps.slice(index + 1).map(({ name }) => name)
      return
    }
  }
}

async function runStep({ name, run }: PlannedStep, context: StepContext): Promise<SyncStep> {
  const start = performance.now()
  const milliseconds = (): number => Math.round(performance.now() - start)
  try {
    const result = await run(context)
    return { step: name, status: isFailure(result) ? 'failed' : 'done', milliseconds: milliseconds(), result }
  } catch (thrown) {
    const { message, code, detail, hint } = toUniversesError(thrown)
    // Neither ours nor PostgreSQL's: a bug, which must show its stack.
    if (!(thrown instanceof UniversesError) && code === undefined) throw thrown
    const error = { message, sqlstate: code, detail, hint }
    return { step: name, status: 'failed', milliseconds: milliseconds(), error }
  }
}
