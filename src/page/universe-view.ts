import { call, get, path } from './api.js'
import type { UniverseFacts } from '../documents/universes.js'
import { button, h, put, svg, type Child } from './dom.js'
import { ago, count, dateTime, day, fraction, percent } from './format.js'
import { memberPage, membersTable } from './members.js'
import { typeTitle } from './names.js'
import { problemNote } from './problem.js'
import type { SheetContent } from './sheet.js'

/** Shows a universe: facts, sectors, and pages of members. */
export async function universeSheet(type: string, name: string): Promise<SheetContent> {
  const address = path('api', 'universes', type, name)
  const [universe, first] = await Promise.all([get<UniverseFacts>(address), memberPage(address, 0)])
  const body = h(
    'div',
    {},
    universe.title && universe.title !== universe.name
      ? h('p', { class: 'sheet-lead' }, universe.title)
      : null,
    facts(universe),
    sectors(universe),
    h(
      'div',
      { class: 'members-head' },
      h('h3', {}, count(first.total, 'member')),
      first.total > 0 && download(universe, address),
    ),
    first.total > 0 ? membersTable(address, first) : h('p', { class: 'empty' }, 'It has no members.'),
  )
  return { kind: typeTitle(universe.type), title: universe.name, body }
}

function facts({
  source,
  rule,
  file,
  weight_sum: sum,
  known_since: since,
  last_change: last,
  retired_at: retired,
}: UniverseFacts): HTMLElement {
  const fact = (name: string, value: Child): Child =>
    value === null || value === undefined || value === ''
      ? null
      : h('div', {}, h('dt', {}, name), h('dd', {}, value))
  const asOf = file?.as_of ? `, as of ${day(file.as_of)}` : ''
  return h(
    'dl',
    { class: 'facts' },
    retired !== null && fact('Retired', day(retired)),
    fact('Comes from', file?.file ? `${file.file}${asOf}` : source),
    fact('Rule', rule),
    sum !== null && fact('Weights', `${fraction(sum)} % in all`),
    last !== null && fact('Last change', h('time', { datetime: last, title: dateTime(last) }, ago(last))),
    since !== null && fact('Known since', day(since)),
  )
}

/** Draws the sectors of the members as one bar. */
function sectors({ sectors: parts, size }: UniverseFacts): Child {
  if (size === 0 || parts.length < 2) return null
  const byWeight = parts.some(({ weight }) => weight !== null && weight > 0)
  const total = parts.reduce((sum, part) => sum + (byWeight ? (part.weight ?? 0) : part.constituents), 0)
  const shares = parts.map((part) => ({
    ...part,
    share: (100 * (byWeight ? (part.weight ?? 0) : part.constituents)) / total,
  }))
  const shown = shares.sort((a, b) => b.share - a.share).slice(0, 4)
  let x = 0
  return h(
    'div',
    { class: 'mix' },
    svg(
      'svg',
      { class: 'mix-bar', 'aria-hidden': 'true' },
      shares.map(({ share }, index) => {
        const rect = svg('rect', {
          class: `mix-${Math.min(index, 4) + 1}`,
          x: `${x}%`,
          width: `${share}%`,
          height: '100%',
        })
        x += share
        return rect
      }),
    ),
    h(
      'p',
      { class: 'legend' },
      shown.map(({ title, share }, index) =>
        h(
          'span',
          {},
          svg(
            'svg',
            { class: 'swatch', width: 10, height: 10, 'aria-hidden': 'true' },
            svg('rect', { class: `mix-${index + 1}`, width: 10, height: 10, rx: 3 }),
          ),
          `${title} ${percent(share)}`,
        ),
      ),
      shares.length > shown.length &&
        h('span', {}, `and ${shares.length - shown.length} more, by ${byWeight ? 'weight' : 'number'}`),
    ),
  )
}

/** Creates a button that saves all members as CSV; a plain link could not send the key. */
function download({ name, type }: UniverseFacts, address: string): HTMLElement {
  const failed = h('div', { role: 'alert' })
  const save = async (): Promise<void> => {
    put(failed)
    try {
      const response = await call(`${address}/members?format=csv`)
      const url = URL.createObjectURL(await response.blob())
      h('a', { href: url, download: `${type}_${name}.csv`.toLowerCase() }).click()
      setTimeout(() => URL.revokeObjectURL(url), 10_000)
    } catch (error) {
      put(failed, problemNote(error))
    }
  }
  return h(
    'div',
    {},
    button('Save as CSV', () => void save()),
    failed,
  )
}
