import type { OverviewRun } from '../documents/runs.js'
import { announce, byId, put } from './dom.js'
import { count, dateTime, duration, number, words } from './format.js'
import { runHash } from './links.js'
import { modeTitle } from './names.js'
import { RunsPicture, type Measure } from './runs-picture.js'
import { hideTip, showTip, tipLines } from './tip.js'

let runs: readonly OverviewRun[] = []
let measure: Measure = 'changes'
let picture: RunsPicture | undefined
let selected = -1

/** Draws the chart of the runs. */
export function chartRuns(newestFirst: readonly OverviewRun[]): void {
  runs = [...newestFirst].reverse()
  draw()
}

/** Sets up pointer, keyboard and resizing. */
export function startRunsChart(): void {
  const plot = byId('runs-chart')
  const choose = (chosen: Measure): void => {
    measure = chosen
    byId('show-changes').setAttribute('aria-pressed', String(chosen === 'changes'))
    byId('show-durations').setAttribute('aria-pressed', String(chosen === 'durations'))
    draw()
  }
  byId('show-changes').addEventListener('click', () => choose('changes'))
  byId('show-durations').addEventListener('click', () => choose('durations'))
  new ResizeObserver(() => {
    if (plot.clientWidth !== picture?.width) draw()
  }).observe(plot)
  const under = (event: MouseEvent): number =>
    picture?.indexAt(event.clientX - plot.getBoundingClientRect().left) ?? -1
  plot.addEventListener('pointermove', (event) => select(under(event)))
  plot.addEventListener('pointerleave', () => select(-1))
  plot.addEventListener('click', (event) => open(under(event)))
  plot.addEventListener('focus', () => {
    if (plot.matches(':focus-visible')) select((picture?.runs.length ?? 0) - 1, true)
  })
  plot.addEventListener('blur', () => select(-1))
  plot.addEventListener('keydown', onKey)
}

function onKey(event: KeyboardEvent): void {
  const last = (picture?.runs.length ?? 0) - 1
  const places: Readonly<Record<string, number>> = {
    ArrowLeft: Math.max(0, selected - 1),
    ArrowRight: Math.min(last, selected + 1),
    Home: 0,
    End: last,
  }
  const to = places[event.key]
  if (event.key === 'Enter') open(selected)
  if (to === undefined || last < 0) return
  event.preventDefault()
  select(to, true)
}

function draw(): void {
  const plot = byId('runs-chart')
  plot.hidden = runs.length === 0
  selected = -1
  if (plot.clientWidth === 0) return
  picture = new RunsPicture(runs, measure, plot.clientWidth)
  const kept = picture.runs.filter((run) => run.status === 'completed' && !run.dry_run).length
  const what = measure === 'changes' ? 'Changes' : 'Duration'
  plot.tabIndex = 0
  plot.setAttribute('role', 'group')
  plot.setAttribute('aria-roledescription', 'chart')
  plot.setAttribute(
    'aria-label',
    `${what} of the last ${count(picture.runs.length, 'run')}, ${kept} of them kept. Arrow keys move between runs, Enter opens one; the table below lists all of them.`,
  )
  put(plot, picture.draw())
}

function select(index: number, tell = false): void {
  const plot = byId('runs-chart')
  selected = index
  for (const mark of plot.querySelectorAll('.run-mark[data-index]'))
    mark.classList.toggle('selected', mark.getAttribute('data-index') === String(index))
  const run = picture?.runs[index]
  if (picture === undefined || run === undefined) return hideTip()
  const { left, top } = plot.getBoundingClientRect()
  const lines = described(run)
  showTip(left + picture.middle(index), top + 4, tipLines(dateTime(run.started_at), lines))
  if (tell)
    announce(`${dateTime(run.started_at)}: ${lines.map(([name, text]) => `${name} ${text}`).join(', ')}`)
}

function described(run: OverviewRun): [string, string][] {
  const lines: [string, string][] = [
    [modeTitle(run.mode), run.status === 'failed' ? 'failed' : run.dry_run ? 'dry run' : 'kept'],
    ['Changes', number(run.total_changes)],
  ]
  for (const name of ['added', 'removed', 'updated', 'held'] as const) {
    if (run[name] > 0) lines.push([name === 'held' ? 'Held back' : words(name), number(run[name])])
  }
  return [...lines, ['Duration', duration(run.duration_seconds)]]
}

function open(index: number): void {
  const run = picture?.runs[index]
  if (run !== undefined) location.hash = runHash(run.job_id)
}
