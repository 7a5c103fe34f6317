import { get } from './api.js'
import type { SearchResult } from '../documents/symbols.js'
import { announce, byId, h, put } from './dom.js'
import { count, dollars } from './format.js'
import { symbolHash, universeHash } from './links.js'
import { typeTitle } from './names.js'
import { explain } from './problem.js'

const PAUSE_MS = 140
const MAX_RESULTS = 10

let found: readonly SearchResult[] = []
let active = -1
let searching: AbortController | undefined
let timer: ReturnType<typeof setTimeout> | undefined

/** Sets up the search box, a combobox that works by keyboard; `/` focuses it. */
export function startSearch(): void {
  const input = byId<HTMLInputElement>('find')
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => void search(input.value), PAUSE_MS)
  })
  input.addEventListener('keydown', onKey)
  input.addEventListener('focus', () => {
    if (found.length > 0 && input.value.trim() !== '') openList(true)
  })
  input.addEventListener('blur', () => openList(false))
  // Keep the focus in the box, or blur would close the list before the click.
  byId('find-list').addEventListener('pointerdown', (event) => event.preventDefault())
  addEventListener('keydown', (event) => {
    const typing =
      event.target instanceof Element && event.target.closest('input, select, textarea, dialog') !== null
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    input.focus()
    input.select()
  })
}

async function search(text: string): Promise<void> {
  searching?.abort()
  searching = new AbortController()
  const { signal } = searching
  const query = text.trim()
  if (query === '') return show([])
  try {
    const answer = await get<{ results: SearchResult[] }>(
      `/api/search?q=${encodeURIComponent(query)}&limit=${MAX_RESULTS}`,
      signal,
    )
    if (signal.aborted) return
    show(answer.results)
    if (answer.results.length === 0) message(`No match for ${query}.`)
    announce(answer.results.length === 0 ? 'No match.' : `${count(answer.results.length, 'result')}.`)
  } catch (error) {
    if (signal.aborted) return
    const { title, detail } = explain(error)
    show([])
    message(`${title}. ${detail}`)
  }
}

function onKey(event: KeyboardEvent): void {
  const input = byId<HTMLInputElement>('find')
  const open = !byId('find-list').hidden
  const last = found.length - 1
  switch (event.key) {
    case 'ArrowDown':
      if (open) mark(active >= last ? 0 : active + 1)
      else openList(found.length > 0)
      break
    case 'ArrowUp':
      if (open) mark(active <= 0 ? last : active - 1)
      break
    case 'Enter':
      void choose(active)
      break
    case 'Escape':
      if (open) openList(false)
      else input.value = ''
      break
    default:
      return
  }
  event.preventDefault()
}

/** Opens a result. Enter without a selection opens the first result for the text in the box. */
async function choose(index: number): Promise<void> {
  const input = byId<HTMLInputElement>('find')
  clearTimeout(timer)
  if (index < 0) await search(input.value)
  const { kind, type, name } = found[Math.max(0, index)] ?? {}
  if (name === undefined) return
  openList(false)
  input.value = name
  location.hash = kind === 'universe' ? universeHash(type ?? '', name) : symbolHash(name)
}

function show(results: readonly SearchResult[]): void {
  const chosen = found[active]
  found = results
  put(byId('find-list'), results.map(option))
  // Keep the selection if the new results still contain it.
  mark(
    results.findIndex(({ kind, type, name }) => {
      return kind === chosen?.kind && type === chosen.type && name === chosen.name
    }),
  )
  openList(results.length > 0)
}

function message(text: string): void {
  put(byId('find-list'), h('li', { class: 'find-none', role: 'presentation' }, text))
  openList(document.activeElement === byId('find'))
}

function option(
  { kind, type, name, title, active: alive, market_cap: cap, members }: SearchResult,
  index: number,
): HTMLElement {
  const facts =
    kind === 'universe'
      ? `${typeTitle(type ?? '')} · ${count(members ?? 0, 'member')}`
      : alive === false
        ? 'no longer listed'
        : cap !== null && cap > 0
          ? dollars(cap)
          : (type ?? 'constituent')
  return h(
    'li',
    {
      id: `find-${index}`,
      role: 'option',
      'aria-selected': 'false',
      on: { click: () => void choose(index), pointermove: () => active !== index && mark(index) },
    },
    h('b', {}, name),
    h('span', {}, title === name ? '' : title),
    h('small', {}, facts),
  )
}

function mark(index: number): void {
  active = index
  const input = byId('find')
  for (const item of byId('find-list').querySelectorAll('[role=option]')) {
    item.setAttribute('aria-selected', String(item.id === `find-${index}`))
  }
  if (index < 0) return input.removeAttribute('aria-activedescendant')
  input.setAttribute('aria-activedescendant', `find-${index}`)
  byId(`find-${index}`).scrollIntoView({ block: 'nearest' })
}

function openList(open: boolean): void {
  byId('find-list').hidden = !open
  byId('find').setAttribute('aria-expanded', String(open && found.length > 0))
  if (!open) mark(-1)
}
