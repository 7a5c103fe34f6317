import type { UniverseChangeDocument } from '../documents/changes.js'
import { button, h, tag, type Child } from './dom.js'
import { count, number } from './format.js'
import { typeTitle } from './names.js'
import { universeLink, symbolLink } from './links.js'
import { moves } from './steps.js'

const SHOWN = 8

/** Lists changed universes, held ones and the largest changes first; each expands to its symbols. */
export function changeList(changes: readonly UniverseChangeDocument[]): HTMLElement {
  const sorted = [...changes].sort((a, b) => Number(b.held) - Number(a.held) || size(b) - size(a))
  const list = h('ul', { class: 'changes' }, sorted.slice(0, SHOWN).map(changeItem))
  if (sorted.length <= SHOWN) return list
  const more = button(`Show all ${number(sorted.length)}`, () => {
    const rest = sorted.slice(SHOWN).map(changeItem)
    list.append(...rest)
    more.remove()
    rest[0]?.querySelector('summary')?.focus()
  })
  return h('div', {}, list, more)
}

function changeItem(change: UniverseChangeDocument): HTMLElement {
  const { type, name, held, members_before: before } = change
  return h(
    'li',
    {},
    h(
      'details',
      { class: `change ${held ? 'is-held' : ''}`.trim() },
      h(
        'summary',
        {},
        h('span', { class: 'change-name' }, h('b', {}, name), ' ', h('small', {}, typeTitle(type))),
        h('span', { class: 'change-moves' }, held && tag('held', 'warn'), moves(change)),
        h(
          'span',
          { class: 'change-count' },
          held ? number(before) : `${number(before)} → ${number(change.count)}`,
        ),
      ),
      h(
        'div',
        { class: 'change-symbols' },
        symbols('added', held ? 'would be added' : 'added', change.added, change.added_symbols),
        symbols('removed', held ? 'would be removed' : 'removed', change.removed, change.removed_symbols),
        change.updated > 0 &&
          h('p', { class: 'help' }, `${count(change.updated, 'member')} with a new weight or rank.`),
        h('p', {}, universeLink(type, name, `Show ${name}`)),
      ),
    ),
  )
}

function symbols(kind: string, verb: string, total: number, names: readonly string[] = []): Child {
  if (total === 0) return null
  const more = total - names.length
  return h(
    'div',
    { class: `chips ${kind}` },
    h('span', { class: 'chips-label' }, `${number(total)} ${verb}`),
    h(
      'ul',
      {},
      names.map((name) => h('li', {}, symbolLink(name, 'chip'))),
      more > 0 && h('li', { class: 'chips-more' }, `and ${number(more)} more`),
    ),
  )
}

function size({ added, removed, updated }: UniverseChangeDocument): number {
  return (added + removed) * 1e6 + updated
}
