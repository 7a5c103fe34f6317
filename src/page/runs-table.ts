import type { OverviewRun } from '../documents/runs.js'
import { byId, h, put, type Child } from './dom.js'
import { ago, dateTime, duration, number } from './format.js'
import { runHash } from './links.js'
import { modeTitle } from './names.js'
import { moves } from './steps.js'

const SHOWN = 6

let all = false

/** The runs as a table, the newest first; each leads to its details. */
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
      h('caption', { class: 'hidden' }, 'Runs, the newest first'),
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
    shown.length < runs.length &&
      h(
        'button',
        { type: 'button', class: 'button small', on: { click: show } },
        `Show all ${number(runs.length)}`,
      ),
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
    run.held > 0 && h('span', { class: 'tag warn' }, `${number(run.held)} held`),
    run.alerts > 0 &&
      h('span', { class: 'tag warn' }, run.alerts === 1 ? '1 alert' : `${number(run.alerts)} alerts`),
  ]
  if (run.status === 'failed') return [h('span', { class: 'tag bad' }, 'Failed'), extra]
  if (run.dry_run) return [h('span', { class: 'tag info' }, 'Dry run'), extra]
  return [h('span', { class: 'tag good' }, 'Completed'), extra]
}
