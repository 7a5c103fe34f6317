import { changeList } from './changes.js'
import type { JobStatus } from '../documents/runs.js'
import { h, tag, type Child } from './dom.js'
import { ago, count, dateTime, duration, fraction, number } from './format.js'
import { alertTitle, modeTitle } from './names.js'
import { note } from './problem.js'
import type { ShownRun } from './run-state.js'
import { stepList } from './steps.js'

const WAITING = { queued: 'Waiting for its turn', running: 'Running' } as const

/** Elements that are reused between redraws of a run, so that they animate. */
export interface Live {
  clock: HTMLElement
  bar: HTMLProgressElement
}

/** Creates the clock and the progress bar of a running job. */
export function live(): Live {
  return {
    clock: h('span', { class: 'run-clock', 'aria-hidden': 'true' }),
    bar: h('progress', { max: 100, value: 0, 'aria-label': 'Progress of the run' }),
  }
}

/** Shows the progress of a running job, or the result of a finished run. */
export function runView(run: ShownRun, heading: string, { clock, bar }: Live = live()): HTMLElement {
  const { job, status, steps } = run
  const going = status === 'queued' || status === 'running'
  bar.value = run.percent
  return h(
    'div',
    { class: `run ${status}` },
    h(
      'div',
      { class: 'run-head' },
      h(
        'div',
        {},
        h('h3', {}, going ? WAITING[status] : heading),
        h('p', { class: 'run-sub' }, tags(job), whoAndWhen(job)),
      ),
      going
        ? clock
        : job.duration_seconds !== undefined &&
            h('span', { class: 'run-clock' }, duration(job.duration_seconds)),
    ),
    going && bar,
    going &&
      run.lost &&
      h('p', { class: 'help' }, 'The connection broke. The run continues; the page is reconnecting.'),
    !going && outcome(job),
    steps.length > 0 && stepList(steps),
    !going && findings(job),
    !going &&
      (job.changes?.length ?? 0) > 0 &&
      h('h4', {}, job.dry_run ? 'What would change' : 'What changed'),
    !going && job.changes && job.changes.length > 0 && changeList(job.changes),
  )
}

/** Summarizes a finished run in one sentence. */
export function sentence(job: Partial<JobStatus>): string {
  if (job.status === 'failed') return 'The run failed. Nothing was changed.'
  const total = job.total_changes ?? 0
  const universes = job.universes_updated ?? 0
  const held = job.universes_held ?? 0
  const also = held > 0 ? `, ${count(held, 'universe')} held back` : ''
  if (total === 0) return `Nothing ${job.dry_run ? 'would change' : 'has changed'}${also}.`
  return `${count(total, 'change')} in ${count(universes, 'universe')}${also}.`
}

function outcome(job: Partial<JobStatus>): Child {
  if (job.status === 'failed') return failure(job)
  return h(
    'p',
    { class: 'outcome' },
    sentence(job),
    job.dry_run === true && tag('Dry run, nothing was kept', 'info'),
  )
}

function failure({ error }: Partial<JobStatus>): Child {
  return note(
    'bad',
    'The run failed. Nothing was changed.',
    h('p', { class: 'mono' }, error?.message ?? 'No reason was recorded.'),
    error?.detail ? h('p', {}, error.detail) : null,
    error?.hint ? h('p', { class: 'help' }, error.hint) : null,
    error?.sqlstate ? h('p', { class: 'help' }, `SQLSTATE ${error.sqlstate}`) : null,
  )
}

/** Boxes for held universes and alerts. */
function findings(job: Partial<JobStatus>): Child[] {
  const alerts = (job.alerts ?? []).filter(({ alert }) => alert !== 'held')
  const held = (job.changes ?? []).filter((change) => change.held)
  return [
    held.length > 0 &&
      note(
        'warn',
        `${count(held.length, 'universe')} held back by a guard`,
        h(
          'p',
          {},
          held
            .map(
              ({ name, members_before: before, removed }) =>
                `${name} would lose ${number(removed)} of ${number(before)}`,
            )
            .join('; '),
          '.',
        ),
        h(
          'p',
          { class: 'help' },
          'They are unchanged. If the new members are right, check a dry run with Force, then run with Force; if not, correct the data, or the limits in membership_guards.',
        ),
      ),
    alerts.length > 0 &&
      note(
        'warn',
        count(alerts.length, 'alert'),
        h(
          'ul',
          {},
          alerts.map(({ alert, subject, value, limit, unit }) =>
            h(
              'li',
              {},
              h('b', {}, alertTitle(alert)),
              `: ${subject}, ${fraction(value)} ${unit} (limit ${fraction(limit)})`,
            ),
          ),
        ),
      ),
  ]
}

function tags(job: Partial<JobStatus>): Child[] {
  return [
    job.mode !== undefined && [tag(modeTitle(job.mode)), ' '],
    job.dry_run === true && [tag('dry run', 'info'), ' '],
    job.append === true && [tag('preserve'), ' '],
    job.force === true && [tag('force', 'warn'), ' '],
  ]
}

function whoAndWhen(job: Partial<JobStatus>): Child {
  const at = job.started_at ?? job.requested_at
  const by = job.triggered_by
  if (at === undefined || at === null) return by === undefined ? null : h('span', {}, by)
  return h('span', {}, h('time', { datetime: at, title: dateTime(at) }, ago(at)), by ? `, ${by}` : '')
}
