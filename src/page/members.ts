import { get } from './api.js'
import type { Member, MemberPage } from '../documents/universes.js'
import { announce, button, h, put } from './dom.js'
import { day, dollars, fraction, number, words } from './format.js'
import { symbolLink } from './links.js'
import { problemNote } from './problem.js'

const PAGE = 50

/** Reads one page of the members of the universe at a path of the API. */
export function memberPage(address: string, offset: number): Promise<MemberPage> {
  return get<MemberPage>(`${address}/members?limit=${PAGE}&offset=${offset}`)
}

/** Creates the table of members with buttons for its pages. */
export function membersTable(address: string, first: MemberPage): HTMLElement {
  const place = h('div', { class: 'members' })
  const show = ({ total, members: rows }: MemberPage, offset: number): void => {
    const go = (to: number, pressed: string) => (): void => {
      memberPage(address, to)
        .then((next) => {
          show(next, to)
          // The pressed button has been replaced: focus its successor, or the other button on the first and last page.
          const buttons = [...place.querySelectorAll<HTMLButtonElement>('.pages button:not(:disabled)')]
          ;(buttons.find(({ textContent }) => textContent === pressed) ?? buttons[0])?.focus()
          announce(`Members ${number(to + 1)} to ${number(Math.min(to + PAGE, next.total))}`)
          place.scrollIntoView({ block: 'nearest' })
        })
        .catch((error: unknown) => put(place, problemNote(error, go(to, pressed))))
    }
    const pageButton = (text: string, to: number, usable: boolean): HTMLElement =>
      button(text, go(to, text), { disabled: !usable })
    put(
      place,
      table(rows, offset),
      total > PAGE &&
        h(
          'nav',
          { class: 'pages', 'aria-label': 'Pages of members' },
          pageButton('Previous', offset - PAGE, offset > 0),
          h(
            'span',
            {},
            `${number(offset + 1)} to ${number(Math.min(offset + PAGE, total))} of ${number(total)}`,
          ),
          pageButton('Next', offset + PAGE, offset + PAGE < total),
        ),
    )
  }
  show(first, 0)
  return place
}

function table(rows: readonly Member[], offset: number): HTMLElement {
  const weighted = rows.some(({ weight }) => weight !== null)
  return h(
    'table',
    { class: 'table' },
    h('caption', { class: 'hidden' }, 'Members'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col', class: 'number' }, 'No.'),
        h('th', { scope: 'col' }, 'Symbol'),
        h('th', { scope: 'col', class: 'sector wide-only' }, 'Sector'),
        weighted && h('th', { scope: 'col', class: 'number' }, 'Weight'),
        h('th', { scope: 'col', class: 'number' }, 'Market cap'),
        h('th', { scope: 'col', class: 'number wide-only' }, 'Since'),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map(({ symbol, name, sector, weight, market_cap: cap, rank, since }, index) =>
        h(
          'tr',
          {},
          h('td', { class: 'number muted' }, number(rank ?? offset + index + 1)),
          h('td', { class: 'member' }, symbolLink(symbol), h('small', {}, name)),
          h('td', { class: 'sector wide-only' }, sector === null ? '' : words(sector)),
          weighted && h('td', { class: 'number' }, weight === null ? '' : `${fraction(weight)} %`),
          h('td', { class: 'number' }, cap === null ? '' : dollars(cap)),
          h('td', { class: 'number wide-only' }, since === null ? '' : day(since)),
        ),
      ),
    ),
  )
}
