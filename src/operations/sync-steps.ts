import type pg from 'pg'
import { load } from '../load/load.js'
import type { LoadKind } from '../load/kinds.js'
import { isClean, type LoadResult } from '../load/result.js'
import { enrichSectors, refresh, type RunProgress, type SyncRun } from './refresh.js'
import { readReport, type RelationshipReport } from './report.js'
import { writeWhole } from './output.js'
import { validate, type Validation } from './validate.js'

/** Findings listed per check. */
const SAMPLES = 100

/** Steps in their order; the loads depend on the files of the folder. */
export type SyncStepName = `load ${LoadKind}` | 'enrich sectors' | 'refresh' | 'validate' | 'report'

/** Result of a step, the same as its own command prints as JSON. */
export type StepResult =
  | { kind: 'load'; load: LoadResult }
  | { kind: 'run'; run: SyncRun }
  | { kind: 'validation'; validation: Validation }
  | { kind: 'report'; report: RelationshipReport; file: string | undefined }

/** Renders what a step shows or writes; the console supplies it, so that no step depends on it. */
export interface SyncTexts {
  report(this: void, report: RelationshipReport): string
  loadProgress(this: void, bytesRead: number, bytesTotal: number): string
  runProgress(this: void, step: RunProgress): string
}

/** Shared input of all steps. */
export interface StepContext {
  client: pg.Client
  environment: string
  force: boolean
  triggeredBy: string
  /** Validated path of the Markdown file. */
  reportFile: string | undefined
  texts: SyncTexts
  /** Receives progress while the step runs. */
  onNote: (note: string) => void
}

/** One step of the sync; `run` commits completely or changes nothing. */
export interface PlannedStep {
  name: SyncStepName
  run(this: void, context: StepContext): Promise<StepResult>
}

/** Steps for these files: one load per kind present, then enrich, refresh, validate and report. */
export function planSteps(files: readonly [LoadKind, string[]][]): PlannedStep[] {
  return [
    ...files.map(([kind, paths]) => ({
      name: `load ${kind}` as const,
      run: (context: StepContext) => loadStep(kind, paths, context),
    })),
    { name: 'enrich sectors', run: enrichStep },
    { name: 'refresh', run: refreshStep },
    { name: 'validate', run: validateStep },
    { name: 'report', run: reportStep },
  ]
}

/** True if the sync must stop after this step, because later steps would build on data that needs a review. */
export function isFailure(result: StepResult): boolean {
  if (result.kind === 'load') return !isClean(result.load)
  if (result.kind === 'validation') return result.validation.status === 'FAIL'
  if (result.kind !== 'run') return false
  return result.run.status === 'failed' || result.run.changes.some(({ held }) => held)
}

async function loadStep(kind: LoadKind, paths: readonly string[], context: StepContext): Promise<StepResult> {
  const { client, environment, force, triggeredBy, texts, onNote } = context
  const onProgress = (read: number, total: number): void => onNote(texts.loadProgress(read, total))
  const result = await load({ kind, paths, client, environment, force, triggeredBy, onProgress })
  return { kind: 'load', load: result }
}

async function enrichStep(context: StepContext): Promise<StepResult> {
  return { kind: 'run', run: await enrichSectors(context.client, runOptions(context), noteRun(context)) }
}

async function refreshStep(context: StepContext): Promise<StepResult> {
  return { kind: 'run', run: await refresh(context.client, runOptions(context), noteRun(context)) }
}

async function validateStep({ client, environment }: StepContext): Promise<StepResult> {
  return { kind: 'validation', validation: await validate(client, environment, SAMPLES) }
}

async function reportStep({ client, environment, reportFile, texts }: StepContext): Promise<StepResult> {
  const report = await readReport(client, { environment, detail: false })
  if (reportFile !== undefined) writeWhole(reportFile, texts.report(report))
  return { kind: 'report', report, file: reportFile }
}

function runOptions({ environment, force, triggeredBy }: StepContext): RunOptions {
  return { environment, force, triggeredBy }
}

function noteRun({ texts, onNote }: StepContext): (step: RunProgress) => void {
  return (step) => onNote(texts.runProgress(step))
}

type RunOptions = Pick<StepContext, 'environment' | 'force' | 'triggeredBy'>
