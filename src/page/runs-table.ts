import type { OverviewRun } from '../documents/runs.js'
import { button, byId, h, put, tag, type Child } from './dom.js'
import { ago, count, dateTime, duration, number } from './format.js'
import { runHash } from './links.js'
import { modeTitle } from './names.js'
import { moves } from './steps.js'

const SHOWN = 6

let all = false

/** Draws the table of runs, latest first; each row links to its run. */
export function runsTable(runs: readonly OverviewRun[]): void {
  const place = byId('runs-table')
  if (runs.length === 0) {
    return put(place, h('p', { class: 'empty' }, 'No run yet. The first one fills every universe.'))
  }
  const shown = all ? runs : runs.slice(0, SHOWN)
  const show = (): void => {
    all = true
    runsTable(runs)
    place.querySelectorAll<HTMLElement>('tbody a')[SHOWN]?.focus()
  }
  put(
    place,
    h(
      'table',
      { class: 'table runs' },
      h('caption', { class: 'hidden' }, 'Runs, latest first'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['When', 'Mode', 'Result', 'Changes'].map((name) => h('th', { scope: 'col' }, name)),
          h('th', { scope: 'col', class: 'number' }, 'Duration'),
          h('th', { scope: 'col', class: 'wide-only' }, 'By'),
        ),
      ),
      h('tbody', {}, shown.map(row)),
    ),
    shown.length < runs.length && button(`Show all ${number(runs.length)}`, show),
  )
}

function row(run: OverviewRun): HTMLElement {
  const { started_at: at, job_id: id } = run
  return h(
    'tr',
    {},
    h('td', {}, h('a', { href: runHash(id), title: dateTime(at) }, ago(at))),
    h('td', {}, modeTitle(run.mode), flags(run)),
    h('td', {}, result(run)),
    h('td', {}, run.status === 'failed' ? h('span', { class: 'error-text' }, run.error) : moves(run)),
    h('td', { class: 'number' }, duration(run.duration_seconds)),
    h('td', { class: 'wide-only' }, run.triggered_by),
  )
}

function flags({ append, force }: OverviewRun): Child {
  const set = [append && 'preserve', force && 'force'].filter(Boolean)
  return set.length > 0 && h('small', {}, ` ${set.join(', ')}`)
}

function result(run: OverviewRun): Child {
  const extra = [
    run.held > 0 && tag(`${number(run.held)} held`, 'warn'),
    run.alerts > 0 && tag(count(run.alerts, 'alert'), 'warn'),
  ]
  if (run.status === 'failed') return [tag('Failed', 'bad'), extra]
  return [run.dry_run ? tag('Dry run', 'info') : tag('Completed', 'good'), extra]
}
