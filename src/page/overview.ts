import { ApiError, call } from './api.js'
import { showBanner } from './banner.js'
import { chartRuns } from './runs-chart.js'
import type { Overview } from '../documents/overview.js'
import type { RunningChange } from '../documents/runs.js'
import { byId, h, put, type Child } from './dom.js'
import { ago, capital, count, dateTime, duration, fraction, number } from './format.js'
import { runHash } from './links.js'
import { alertTitle, stepTitle } from './names.js'
import { showRunning } from './organize.js'
import { runsTable } from './runs-table.js'
import { drawSectors } from './sectors.js'
import { drawUniverses } from './universes.js'

const LOOK_MS = 10_000
const TROUBLE_MS = 3_000

let timer: ReturnType<typeof setTimeout> | undefined
let looking: Promise<void> | undefined
let drawn = ''

/** Loads the overview, and reloads it periodically while the page is visible. */
export function startOverview(): Promise<void> {
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void look()
  })
  addEventListener('online', () => void look())
  return look()
}

/** Reloads the overview; concurrent calls share one request. */
export function look(): Promise<void> {
  looking ??= once().finally(() => (looking = undefined))
  return looking
}

async function once(): Promise<void> {
  clearTimeout(timer)
  let trouble = false
  try {
    const response = await call('/api/overview')
    const overview = (await response.json()) as Overview
    const isStale = response.headers.get('x-cache-stale') === 'true'
    trouble = isStale || overview.cache.stale !== null
    showBanner({ overview, isStale })
    draw(overview)
  } catch (error) {
    trouble = true
    showBanner({ error, look: () => void look() })
    // Retrying without a valid key is pointless.
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return
  } finally {
    if (!document.hidden) timer = setTimeout(() => void look(), trouble ? TROUBLE_MS : LOOK_MS)
  }
}

function draw(overview: Overview): void {
  const { runs, running, environment, database } = overview
  drawFigures(overview)
  drawAlerts(overview)
  showRunning(running, runs[0], overview)
  // Charts are redrawn only if their data changes, so that hover and focus stay.
  const picture = JSON.stringify([overview.types, overview.sectors, runs])
  if (picture !== drawn) {
    drawn = picture
    byId('measures').hidden = runs.length === 0
    drawUniverses(overview)
    drawSectors(overview)
    chartRuns(runs)
    runsTable(runs)
  }
  put(byId('about'), `Environment ${environment}, database ${database}`)
}

function drawFigures({ totals, runs, events, types, running }: Overview): void {
  const run = runs.find(({ dry_run: dry }) => !dry)
  const figure = (name: string, value: Child, more: Child, tone = ''): HTMLElement =>
    h('div', { class: tone }, h('dt', {}, name), h('dd', {}, value), h('dd', { class: 'figure-more' }, more))
  put(
    byId('figures'),
    figure('Universes', number(totals.universes), count(types.length, 'type')),
    figure('Memberships', number(totals.memberships), 'symbols in universes'),
    figure(
      'Active stocks',
      number(totals.stocks),
      totals.priced_to ? `prices up to ${totals.priced_to}` : 'no prices yet',
    ),
    running
      ? figure('Last run', running.job_id ? 'Running' : 'Busy', going(running))
      : figure(
          'Last run',
          run
            ? h('a', { href: runHash(run.job_id), title: dateTime(run.started_at) }, ago(run.started_at))
            : 'Never',
          run &&
            (run.status === 'failed'
              ? 'failed'
              : `${count(run.total_changes, 'change')}, ${duration(run.duration_seconds)}`),
          run?.status === 'failed' ? 'bad' : '',
        ),
    events.waiting === 0
      ? figure('Events', 'None waiting', 'Redis has them all')
      : figure(
          'Events',
          `${number(events.waiting)} waiting`,
          `for ${duration(events.lag_seconds)}`,
          events.lag_seconds > 60 ? 'warn' : '',
        ),
  )
  byId('figures').removeAttribute('aria-busy')
}

function going({ job_id: id, status, step }: RunningChange): string {
  if (id === null) return 'files are being loaded'
  return status === 'queued' ? 'waits for its turn' : step === null ? 'now' : stepTitle(step)
}

function drawAlerts({ alerts }: Overview): void {
  byId('alerts').hidden = alerts.length === 0
  const list = alerts.map(({ alert, subject, value, allowed, unit, since, detail }) => {
    const measured = value === null ? '' : `${fraction(value)} ${unit ?? ''}`
    const limit = allowed === null ? '' : `, limit ${fraction(allowed)}`
    return h(
      'li',
      { class: alert === 'run_failed' ? 'bad' : '' },
      h('b', {}, alertTitle(alert)),
      h('span', {}, capital(subject), measured !== '' && h('small', {}, ` ${measured}${limit}`)),
      detail !== null && h('span', { class: 'alert-detail' }, detail),
      h('time', { datetime: since, title: dateTime(since) }, ago(since)),
    )
  })
  put(byId('alert-list'), list)
}
