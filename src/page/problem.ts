import { ApiError } from './api.js'
import { h, type Child } from './dom.js'
import { keyButton } from './key.js'

/** A kind of box that says something, with its weight. */
export type Tone = 'good' | 'bad' | 'warn' | 'info'

/** A box with a title and what belongs to it. */
export function note(tone: Tone, title: string, ...children: Child[]): HTMLElement {
  return h('div', { class: `note ${tone}` }, h('p', { class: 'note-title' }, title), children)
}

/** What went wrong and what to do about it, in full. */
export function problemNote(error: unknown, retry?: () => void): HTMLElement {
  const { title, detail, hint, key } = explain(error)
  return note(
    'bad',
    title,
    detail !== '' && h('p', {}, detail),
    hint !== '' && h('p', { class: 'help' }, hint),
    (key || retry) &&
      h(
        'div',
        { class: 'buttons' },
        key && keyButton(retry ?? (() => undefined)),
        retry && h('button', { type: 'button', class: 'button small', on: { click: retry } }, 'Try again'),
      ),
  )
}

/** An error in the words of the service. */
export function explain(error: unknown): { title: string; detail: string; hint: string; key: boolean } {
  if (!(error instanceof ApiError)) {
    // A bug of the page: the console has it, too.
    console.error(error)
    return {
      title: 'The page made a mistake',
      detail: String(error),
      hint: 'Load the page again.',
      key: false,
    }
  }
  const { status, problem } = error
  return {
    title: problem.title ?? `Status ${status}`,
    detail: problem.detail ?? '',
    hint: problem.hint ?? '',
    key: status === 401 || (status === 403 && problem.type === 'urn:pg-universes:insufficient-scope'),
  }
}
