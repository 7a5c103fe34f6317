import type { JobProgress, JobStatus, RunStep } from '../documents/runs.js'
import { MODES } from './names.js'

/** A step as it is shown. */
export interface ShownStep extends Partial<RunStep> {
  step: string
  state: 'waiting' | 'going' | 'done' | 'failed'
}

/** A run as it is shown while it goes and when it has ended. */
export interface ShownRun {
  job_id: string
  status: 'queued' | 'running' | 'completed' | 'failed'
  steps: readonly ShownStep[]
  /** Of the steps that are done, 0 to 100. */
  percent: number
  /** What is known of it otherwise. */
  job: Partial<JobStatus>
  /** The connection broke, and nothing has been heard since. */
  lost?: boolean
}

/** A run that has just been asked for or found. */
export function begun(job: Partial<JobStatus> & { job_id: string }): ShownRun {
  const steps = MODES[job.mode ?? '']?.[2] ?? []
  return withSteps({ job_id: job.job_id, status: 'queued', steps: [], percent: 0, job }, steps)
}

/** The run, once the service has said what steps it takes. */
export function withSteps(run: ShownRun, names: readonly string[]): ShownRun {
  if (names.length === 0 || run.steps.length > 0) return run
  return { ...run, steps: names.map((step) => ({ step, state: 'waiting' })) }
}

/** The run after one of its steps, or at its beginning. */
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

/** The run as its status has it: nothing that was heard already is taken back. */
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

/** The run at its end. */
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
