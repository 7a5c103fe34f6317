import type { Overview } from '../documents/overview.js'
import { h } from './dom.js'

/** What to do with a new installation. */
export function firstSteps({ stocks, priced_to: priced, memberships }: Overview['totals']): HTMLElement {
  const step = (done: boolean, title: string, text: string): HTMLElement =>
    h(
      'li',
      { class: done ? 'done' : '' },
      h('b', {}, title),
      done && h('span', { class: 'tag good' }, 'done'),
      h('p', { class: 'help' }, text),
    )
  return h(
    'div',
    { class: 'run' },
    h('h3', {}, 'First steps'),
    h(
      'ol',
      { class: 'first-steps' },
      step(
        stocks > 0,
        'Load symbols',
        'The securities master: symbols.csv, or whatever your import writes into the table symbols.',
      ),
      step(priced !== null, 'Load prices', 'Daily closes; with the number of shares they make market caps.'),
      step(
        memberships > 0,
        'Load holdings',
        'Funds, indexes, themes: as the issuers publish them, or plain lists.',
      ),
      step(
        false,
        'Update and Organize Cache',
        'The first run fills sectors, industries, bands, rankings and themes.',
      ),
    ),
    h('p', {}, h('a', { href: '#load-title' }, 'Load files')),
  )
}
