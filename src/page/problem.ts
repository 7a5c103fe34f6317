import { ApiError } from './api.js'
import { button, h, type Child, type Tone } from './dom.js'
import { keyButton } from './key.js'

/** Creates a box with a title. */
export function note(tone: Tone, title: string, ...children: Child[]): HTMLElement {
  return h('div', { class: `note ${tone}` }, h('p', { class: 'note-title' }, title), children)
}

/** Creates a box that describes an error and its remedy. */
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
        retry && button('Try again', retry),
      ),
  )
}

/** Describes an error with the texts of its problem document. */
export function explain(error: unknown): { title: string; detail: string; hint: string; key: boolean } {
  if (!(error instanceof ApiError)) {
    // A bug of the page: log it for the developer console.
    console.error(error)
    return {
      title: 'Unexpected error',
      detail: String(error),
      hint: 'Reload the page.',
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
