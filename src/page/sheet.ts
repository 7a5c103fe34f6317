import { get } from './api.js'
import type { JobStatus } from '../documents/runs.js'
import { announce, byId, h, iconButton, put } from './dom.js'
import { jobPath } from './follow.js'
import { routeOf } from './links.js'
import { modeTitle } from './names.js'
import { problemNote } from './problem.js'
import { begun, polled } from './run-state.js'
import { runView } from './run-view.js'
import { stockSheet } from './symbol-view.js'
import { universeSheet } from './universe-view.js'

/** Content of a sheet: title, the word above it, and body. */
export interface SheetContent {
  kind: string
  title: string
  body: HTMLElement
}

let loading = 0
/** Number of sheets that Back returns through. */
let depth = 0

/** Sets up the sheet, which shows a symbol, a universe or a run. Each has its own hash. */
export function startSheet(): void {
  const sheet = byId<HTMLDialogElement>('sheet')
  addEventListener('hashchange', () => void route())
  sheet.addEventListener('close', () => {
    depth = 0
    if (routeOf(location.hash).length > 0) history.pushState(null, '', location.pathname + location.search)
  })
  // A click beside the sheet closes it.
  sheet.addEventListener('click', (event) => {
    if (event.target === sheet) sheet.close()
  })
  void route()
}

async function route(): Promise<void> {
  const sheet = byId<HTMLDialogElement>('sheet')
  const parts = routeOf(location.hash)
  const ticket = ++loading
  if (parts.length < 2) {
    if (sheet.open) sheet.close()
    return
  }
  if (sheet.open) depth++
  else sheet.showModal()
  draw({ kind: '', title: parts.at(-1) ?? '', body: h('p', { class: 'loading' }, 'Loading') })
  try {
    const content = await load(parts)
    if (ticket === loading) draw(content)
  } catch (error) {
    if (ticket === loading)
      draw({ kind: '', title: parts.at(-1) ?? '', body: problemNote(error, () => void route()) })
  }
}

function load([kind = '', first = '', second = '']: readonly string[]): Promise<SheetContent> {
  if (kind === 'symbol') return stockSheet(first)
  if (kind === 'universe') return universeSheet(first, second)
  if (kind === 'run') return runSheet(first)
  return Promise.resolve({ kind: '', title: 'Nothing here', body: h('p', {}, 'The page has no such view.') })
}

async function runSheet(jobId: string): Promise<SheetContent> {
  const status = await get<JobStatus>(jobPath('status', jobId))
  const failed = status.status === 'failed'
  const view = runView(polled(begun({ job_id: jobId }), status), failed ? 'Failed' : 'Completed')
  const finished = failed || status.status === 'completed'
  return {
    kind: 'Run',
    title: modeTitle(status.mode ?? ''),
    body: finished ? h('div', {}, view, h('p', { class: 'help mono' }, jobId)) : view,
  }
}

function draw({ kind, title, body }: SheetContent): void {
  const sheet = byId<HTMLDialogElement>('sheet')
  const heading = h('h2', { id: 'sheet-title', tabindex: -1 }, title)
  const close = iconButton('Close', 'm4 4 8 8m0-8-8 8', () => sheet.close())
  const back = iconButton('Back', 'M10 3 5 8l5 5', () => history.back())
  put(
    sheet,
    h(
      'div',
      { class: 'sheet-inner' },
      h(
        'header',
        { class: 'sheet-head' },
        depth > 0 && back,
        h('div', {}, h('p', { class: 'kicker' }, kind), heading),
        close,
      ),
      h('div', { class: 'sheet-body' }, body),
    ),
  )
  sheet.setAttribute('aria-labelledby', heading.id)
  heading.focus({ preventScroll: true })
  sheet.scrollTop = 0
  if (kind !== '') announce(`${kind} ${title}`)
}
