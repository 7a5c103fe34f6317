import type { Overview, UniverseType } from '../documents/overview.js'
import { button, byId, h, put, svg } from './dom.js'
import { count, number, percent } from './format.js'
import { universeHash } from './links.js'
import { typeTitle } from './names.js'
import { tipLines, withTip } from './tip.js'

const SHOWN = 16

let current: Overview | undefined
let all = false

/** Sets up the selection of the type. */
export function startUniverses(): void {
  byId('type').addEventListener('change', () => {
    all = false
    draw()
  })
}

/** Draws the number of members of each universe of the selected type. */
export function drawUniverses(overview: Overview): void {
  const select = byId<HTMLSelectElement>('type')
  const chosen = select.value
  current = overview
  put(
    select,
    overview.types.map(({ type, count: universes }) =>
      h('option', { value: type }, `${typeTitle(type, true)} (${number(universes)})`),
    ),
  )
  const types = overview.types.map(({ type }) => type)
  select.value = types.includes(chosen) ? chosen : types.includes('ETF') ? 'ETF' : (types[0] ?? '')
  byId('types').hidden = types.length === 0
  draw()
}

function draw(): void {
  const place = byId('universes')
  const { value } = byId<HTMLSelectElement>('type')
  const group = current?.types.find(({ type }) => type === value)
  if (group === undefined) {
    return put(place, h('p', { class: 'empty' }, 'No universes yet. Load files, or run the first refresh.'))
  }
  const shown = all ? group.universes : group.universes.slice(0, SHOWN)
  const show = (): void => {
    all = true
    draw()
    place.querySelectorAll('a')[SHOWN]?.focus()
  }
  put(
    place,
    h(
      'p',
      { class: 'summary' },
      h('b', {}, number(group.members)),
      ` memberships in ${count(group.count, 'universe')}`,
    ),
    h(
      'ol',
      { class: 'bars', 'aria-label': `${typeTitle(group.type, true)} by number of members` },
      bars(group, shown),
    ),
    shown.length < group.universes.length && button(`Show all ${number(group.universes.length)}`, show),
  )
}

function bars({ type, members }: UniverseType, shown: UniverseType['universes']): HTMLElement[] {
  const largest = Math.max(1, shown[0]?.members ?? 0)
  return shown.map(({ name, title, members: size }) => {
    const width = `${(100 * size) / largest}%`
    const link = h(
      'a',
      { href: universeHash(type, name) },
      h(
        'span',
        { class: 'bar-name' },
        name,
        title !== null && title !== name && [' ', h('small', {}, title)],
      ),
      svg(
        'svg',
        { class: 'bar-track', 'aria-hidden': 'true' },
        svg('rect', { width, height: '100%', rx: 3 }),
      ),
      h('span', { class: 'bar-value' }, number(size), h('span', { class: 'hidden' }, ' members')),
    )
    const share = members === 0 ? 0 : (100 * size) / members
    return h(
      'li',
      {},
      withTip(link, () =>
        tipLines(title ?? name, [
          ['Members', number(size)],
          ['Of this type', percent(share)],
        ]),
      ),
    )
  })
}
