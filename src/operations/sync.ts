import { resolve } from 'node:path'
import type pg from 'pg'
import { withClient, type ConnectOptions } from '../database/connect.js'
import { toUniversesError, UniversesError, usageError } from '../errors.js'
import { findData } from '../load/finding/find-data.js'
import { defaultFolder } from '../load/finding/find-files.js'
import { outputPath } from './output.js'
import {
  isFailure,
  planSteps,
  type PlannedStep,
  type StepContext,
  type SyncTexts,
  type StepResult,
  type SyncStepName,
} from './sync-steps.js'

/** Options of the weekly sync. */
export interface SyncOptions extends ConnectOptions {
  /** Folder of the files, see findData(); `holdings/` of the working directory if omitted, which has to exist then. */
  directory?: string | undefined
  /** Overrides membership_guards. */
  force?: boolean | undefined
  /** `DEFAULT` if omitted. */
  environment?: string | undefined
  /** Markdown file to write the report to. */
  report?: string | undefined
  /** Recorded with every load and run. */
  triggeredBy?: string | undefined
  /** Connection to use, outside a transaction; sync opens and closes its own if omitted. */
  client?: pg.Client | undefined
  /** Receives the absolute path of the folder before the first step. */
  onStart?: ((directory: string) => void) | undefined
  /** Receives each step as it begins, then its progress notes. */
  onProgress?: ((step: SyncStepName, note?: string) => void) | undefined
  /** Receives each step as it ends. */
  onStep?: ((step: SyncStep) => void) | undefined
}

/** Executed step; has either a result or an error. */
export interface SyncStep {
  step: SyncStepName
  status: 'done' | 'failed'
  milliseconds: number
  result?: StepResult
  error?: SyncError
}

/** Error that ended a step. */
export interface SyncError {
  message: string
  sqlstate?: string | undefined
  detail?: string | undefined
  hint?: string | undefined
}

/** Result of a sync: executed steps, and steps not run because one failed. */
export interface SyncResult {
  status: 'completed' | 'failed'
  environment: string
  /** Absolute path of the folder that was read. */
  directory: string
  started_at: Date
  finished_at: Date
  steps: SyncStep[]
  not_run: SyncStepName[]
}

/**
 * Loads the changed files of a folder, enriches sectors, refreshes, validates and reports. Each step is one transaction;
 * the first failure ends the sync, and earlier steps stay committed. A load fails if one of its files is rejected or held
 * (its other files are loaded), enrich and refresh if the run fails or a guard holds a universe, validate if a check is
 * FAIL. A failed step is part of the result, not an error. `texts` renders the report and the progress notes. Rejects
 * before any change for an unusable folder or report file and an unreachable server.
 */
export async function runSync(options: SyncOptions, texts: SyncTexts): Promise<SyncResult> {
  if (options.environment?.trim() === '')
    throw usageError('--environment is empty', 'Name one, or leave it out.')
  const directory = options.directory ?? defaultFolder()
  const steps = planSteps(findData(directory))
  const reportFile = options.report === undefined ? undefined : outputPath(options.report, '--report')
  const result: SyncResult = {
    status: 'completed',
    environment: options.environment ?? 'DEFAULT',
    directory: resolve(directory),
    started_at: new Date(),
    finished_at: new Date(),
    steps: [],
    not_run: [],
  }
  const run = (client: pg.Client): Promise<void> =>
    runSteps(result, steps, { ...options, client, reportFile, texts })
  if (options.client) await run(options.client)
  else await withClient({ applicationName: 'universes sync', ...options }, run)
  result.finished_at = new Date()
  return result
}

async function runSteps(
  result: SyncResult,
  steps: readonly PlannedStep[],
  options: SyncOptions & Pick<StepContext, 'client' | 'reportFile' | 'texts'>,
): Promise<void> {
  const { force = false, triggeredBy = 'universes sync' } = options
  const { client, reportFile, texts } = options
  const context = { client, environment: result.environment, force, triggeredBy, reportFile, texts }
  options.onStart?.(result.directory)
  for (const [index, planned] of steps.entries()) {
    options.onProgress?.(planned.name)
    const onNote = (note: string): void => options.onProgress?.(planned.name, note)
    const step = await runStep(planned, { ...context, onNote })
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
    // Neither ours nor PostgreSQL's: a bug, whose stack must be visible.
    if (!(thrown instanceof UniversesError) && code === undefined) throw thrown
    const error = { message, sqlstate: code, detail, hint }
    return { step: name, status: 'failed', milliseconds: milliseconds(), error }
  }
}
