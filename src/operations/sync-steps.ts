import type pg from 'pg'
import { load } from '../load/load.js'
import type { LoadKind } from '../load/kinds.js'
import { isClean, type LoadResult } from '../load/result.js'
import { enrichSectors, refresh, type RunProgress, type SyncRun } from './refresh.js'
import { renderProgress } from '../console/refresh.js'
import { readReport, type RelationshipReport } from './report.js'
import { renderMarkdown } from '../console/report/report-markdown.js'
import { writeWhole } from './output.js'
import { validate, type Validation } from './validate.js'

/** Findings of a check that are listed: as many as `universes validate --verbose` lists. */
const SAMPLES = 100

/** Steps in their order; the loads are those of the folder. */
export type SyncStepName = `load ${LoadKind}` | 'enrich sectors' | 'refresh' | 'validate' | 'report'

/** What a step answers: what its own command prints as JSON. */
export type StepResult =
  | { kind: 'load'; load: LoadResult }
  | { kind: 'run'; run: SyncRun }
  | { kind: 'validation'; validation: Validation }
  | { kind: 'report'; report: RelationshipReport; file: string | undefined }

/** What every step is told. */
export interface StepContext {
  client: pg.Client
  environment: string
  force: boolean
  triggeredBy: string
  /** Path of the Markdown file, checked. */
  reportFile: string | undefined
  /** Receives what a step says about itself while it goes on. */
  onNote: (note: string) => void
}

/** One step of the routine; `run` leaves nothing half done, whatever becomes of it. */
export interface PlannedStep {
  name: SyncStepName
  run(this: void, context: StepContext): Promise<StepResult>
}

/** The routine for these files: what there is to load, then the same four steps. */
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

/** Whether the routine must end here: somebody has to look before what follows may build on it. */
export function isFailure(result: StepResult): boolean {
  if (result.kind === 'load') return !isClean(result.load)
  if (result.kind === 'validation') return result.validation.status === 'FAIL'
  if (result.kind !== 'run') return false
  return result.run.status === 'failed' || result.run.changes.some(({ held }) => held)
}

async function loadStep(kind: LoadKind, paths: readonly string[], context: StepContext): Promise<StepResult> {
  const { client, environment, force, triggeredBy, onNote } = context
  const onProgress = (read: number, total: number): void =>
    onNote(`${Math.floor((100 * read) / Math.max(total, 1))} % read`)
  return {
    kind: 'load',
    load: await load({ kind, paths, client, environment, force, triggeredBy, onProgress }),
  }
}

/** Tells of each step of a run as it ends. */
function noteSteps(onNote: StepContext['onNote']): (step: RunProgress) => void {
  return (step) => onNote(renderProgress(step))
}

async function enrichStep({ client, onNote, ...options }: StepContext): Promise<StepResult> {
  const { environment, force, triggeredBy } = options
  return {
    kind: 'run',
    run: await enrichSectors(client, { environment, force, triggeredBy }, noteSteps(onNote)),
  }
}

async function refreshStep({ client, onNote, ...options }: StepContext): Promise<StepResult> {
  const { environment, force, triggeredBy } = options
  return { kind: 'run', run: await refresh(client, { environment, force, triggeredBy }, noteSteps(onNote)) }
}

async function validateStep({ client, environment }: StepContext): Promise<StepResult> {
  return { kind: 'validation', validation: await validate(client, environment, SAMPLES) }
}

async function reportStep({ client, environment, reportFile: file }: StepContext): Promise<StepResult> {
  const report = await readReport(client, { environment, detail: false })
  if (file !== undefined) writeWhole(file, renderMarkdown(report))
  return { kind: 'report', report, file }
}
