import type { JobProgress, JobStatus, RunStep } from '../documents/runs.js'
import { MODES } from './names.js'

/** A step on display. */
export interface ShownStep extends Partial<RunStep> {
  step: string
  state: 'waiting' | 'going' | 'done' | 'failed'
}

/** A run on display, running or finished. */
export interface ShownRun {
  job_id: string
  status: 'queued' | 'running' | 'completed' | 'failed'
  steps: readonly ShownStep[]
  /** Percent of the steps that have finished. */
  percent: number
  /** Latest known status. */
  job: Partial<JobStatus>
  /** True while the connection is broken. */
  lost?: boolean
}

/** State of a run that was just requested or found. */
export function begun(job: Partial<JobStatus> & { job_id: string }): ShownRun {
  const steps = MODES[job.mode ?? '']?.[2] ?? []
  return withSteps({ job_id: job.job_id, status: 'queued', steps: [], percent: 0, job }, steps)
}

/** Adds the steps that the service has announced. */
export function withSteps(run: ShownRun, names: readonly string[]): ShownRun {
  if (names.length === 0 || run.steps.length > 0) return run
  return { ...run, steps: names.map((step) => ({ step, state: 'waiting' })) }
}

/** State after a progress event. */
export function stepped(run: ShownRun, progress: JobProgress): ShownRun {
  const { step, next } = progress
  const missing = [step, next].filter(
    (name) => name !== null && !run.steps.some((shown) => shown.step === name),
  )
  const steps = [...run.steps, ...missing.map((name): ShownStep => ({ step: name!, state: 'waiting' }))]
  const done = steps.map((shown): ShownStep => {
    if (shown.step === step) return { ...progress, step, state: 'done' }
    return shown.step === next ? { ...shown, state: 'going' } : shown
  })
  return { ...run, lost: false, status: 'running', steps: done, percent: progress.percent ?? run.percent }
}

/** State after a polled status; finished steps stay finished. */
export function polled(run: ShownRun, status: JobStatus): ShownRun {
  const job = { ...run.job, ...status }
  if (status.status === 'completed' || status.status === 'failed') return ended(run, status)
  const steps = withSteps(run, MODES[status.mode ?? '']?.[2] ?? []).steps
  const at = steps.findIndex(({ step }) => step === status.step)
  const moved = steps.map((shown, index): ShownStep => {
    if (index < at) return { ...shown, state: 'done' }
    return index === at && shown.state === 'waiting' ? { ...shown, state: 'going' } : shown
  })
  return {
    ...run,
    lost: false,
    job,
    status: status.status,
    steps: moved,
    percent: Math.max(run.percent, status.percent ?? 0),
  }
}

/** State of a finished run. */
export function ended(run: ShownRun, job: JobStatus): ShownRun {
  const failed = job.status === 'failed'
  const reported = job.steps ?? []
  const names = run.steps.length > 0 ? run.steps.map(({ step }) => step) : (MODES[job.mode ?? '']?.[2] ?? [])
  const all = [...new Set([...names, ...reported.map(({ step }) => step)])]
  const steps = all.map((step): ShownStep => {
    const report = reported.find((r) => r.step === step)
    return report ? { ...report, state: 'done' } : { step, state: 'waiting' }
  })
  const broken = failed ? steps.findIndex(({ state }) => state === 'waiting') : -1
  const shown = steps.map((step, index): ShownStep =>
    index === broken ? { ...step, state: 'failed' } : step,
  )
  return { job_id: run.job_id, status: job.status, steps: shown, percent: failed ? run.percent : 100, job }
}
