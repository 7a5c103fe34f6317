import type { Overview } from '../documents/overview.js'
import { h, tag } from './dom.js'

/** Lists the first steps of a new installation. */
export function firstSteps({ stocks, priced_to: priced, memberships }: Overview['totals']): HTMLElement {
  const step = (done: boolean, title: string, text: string): HTMLElement =>
    h(
      'li',
      { class: done ? 'done' : '' },
      h('b', {}, title),
      done && tag('done', 'good'),
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
        'The securities master: symbols.csv, or the rows that your import writes into the table symbols.',
      ),
      step(
        priced !== null,
        'Load prices',
        'Daily closes: market caps are the last close times the number of shares.',
      ),
      step(
        memberships > 0,
        'Load holdings',
        'Funds, indexes and themes: files of the issuers, or plain lists.',
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
