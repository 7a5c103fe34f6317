import { ApiError, get, post } from './api.js'
import type { Overview } from '../documents/overview.js'
import type { RefreshMode, JobStatus, OverviewRun, RunningChange } from '../documents/runs.js'
import { announce, byId, h, put, say } from './dom.js'
import { duration } from './format.js'
import { firstSteps } from './first-steps.js'
import { follow, jobPath } from './follow.js'
import { MODES, stepTitle } from './names.js'
import { problemNote } from './problem.js'
import { begun, ended, polled, stepped, withSteps, type ShownRun } from './run-state.js'
import { live, runView, sentence } from './run-view.js'

/** Called when a run has finished. */
type AfterRun = () => void

let following: { jobId: string; stop: AbortController } | undefined
/** Id of the finished run on display. */
let shown: string | undefined
let afterRun: AfterRun = () => undefined

/** Sets up the form. */
export function startOrganize(after: AfterRun): void {
  afterRun = after
  const mode = byId<HTMLSelectElement>('mode')
  put(
    mode,
    Object.entries(MODES).map(([value, [title]]) => h('option', { value }, title)),
  )
  const help = (): void => put(byId('mode-help'), MODES[mode.value]?.[1])
  mode.addEventListener('change', help)
  help()
  byId('organize').addEventListener('submit', (event) => {
    event.preventDefault()
    void submit(event.currentTarget as HTMLFormElement)
  })
}

/** Shows the running job unless it is on display already; the last run if none is running. */
export function showRunning(
  running: RunningChange | null,
  last: OverviewRun | undefined,
  { totals }: Overview,
): void {
  if (following !== undefined) return
  const panel = byId('run')
  if (running?.job_id) {
    const { mode, triggered_by: by, since } = running
    watch({
      job_id: running.job_id,
      ...(mode && { mode }),
      ...(by && { triggered_by: by }),
      started_at: since,
    })
    // A result with open details is being read: keep it.
  } else if (last !== undefined && last.job_id !== shown && panel.querySelector('details[open]') === null) {
    void showLast(last.job_id)
  } else if (last === undefined) draw(firstSteps(totals))
}

async function submit(form: HTMLFormElement): Promise<void> {
  const data = new FormData(form)
  const asked = {
    mode: byId<HTMLSelectElement>('mode').value as RefreshMode,
    append: data.get('append') === 'true',
    dry_run: data.get('dry_run') !== null,
    force: data.get('force') !== null,
  }
  say('organize-error')
  setBusy(true)
  try {
    const { job_id } = await post<{ job_id: string }>('/api/processing/cache-sync/trigger', asked)
    watch({ job_id, ...asked, requested_at: new Date().toISOString() })
    byId('run').focus({ preventScroll: true })
    byId('run').scrollIntoView({ block: 'nearest' })
  } catch (error) {
    setBusy(false)
    const other = error instanceof ApiError && error.status === 409 ? error.problem['job_id'] : undefined
    if (typeof other === 'string') {
      say('organize-error', 'A refresh is already running. It is shown here; yours was not started.')
      watch({ job_id: other })
    } else say('organize-error', problemNote(error))
  }
}

/** Shows a run until it has finished. */
function watch(job: Partial<JobStatus> & { job_id: string }): void {
  following?.stop.abort()
  const stop = new AbortController()
  following = { jobId: job.job_id, stop }
  setBusy(true)
  const began = Date.parse(job.started_at ?? job.requested_at ?? '') || Date.now()
  const moving = live()
  const tick = (): void => put(moving.clock, duration((Date.now() - began) / 1000))
  const ticking = setInterval(tick, 100)
  tick()
  let run = begun(job)
  const show = (next: ShownRun): void => {
    run = next
    draw(runView(run, '', moving))
  }
  show(run)
  announce('The run has been accepted.')
  follow(
    job.job_id,
    followerOf(() => run, show),
    stop.signal,
  )
    .then((status) => {
      shown = status.job_id
      run = ended(run, status)
      draw(runView(run, status.status === 'failed' ? 'Failed' : 'Completed'))
      announce(`Done. ${sentence(status)}`)
    })
    .catch((error: unknown) => {
      if (!stop.signal.aborted) draw(problemNote(error, () => watch(job)))
    })
    .finally(() => {
      clearInterval(ticking)
      if (following?.stop !== stop) return
      following = undefined
      setBusy(false)
      afterRun()
    })
}

function followerOf(current: () => ShownRun, show: (run: ShownRun) => void): Parameters<typeof follow>[1] {
  return {
    triggered: (steps) => show(withSteps(current(), steps)),
    progress: (step) => {
      show(stepped(current(), step))
      announce(
        step.step === null
          ? 'The run has begun.'
          : `${stepTitle(step.step)}: done, ${step.position} of ${step.of}.`,
      )
    },
    status: (status) => show(polled(current(), status)),
    broken: () => show({ ...current(), lost: true }),
  }
}

async function showLast(jobId: string): Promise<void> {
  shown = jobId
  try {
    const status = await get<JobStatus>(jobPath('status', jobId))
    if (following === undefined && shown === jobId) {
      draw(
        runView(
          ended(begun({ job_id: jobId }), status),
          status.status === 'failed' ? 'Last run: failed' : 'Last run',
        ),
      )
    }
  } catch {
    // The next look tries again; until then what is there stays.
    if (shown === jobId) shown = undefined
  }
}

function draw(view: HTMLElement): void {
  put(byId('run'), view)
}

function setBusy(busy: boolean): void {
  byId<HTMLButtonElement>('organize-start').disabled = busy
  byId('organize-start').textContent = busy ? 'Running' : 'Update and Organize Cache'
  byId('run').setAttribute('aria-busy', String(busy))
}
