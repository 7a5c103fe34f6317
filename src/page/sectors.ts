import type { Overview } from '../documents/overview.js'
import type { ReportSector, SectorSource } from '../documents/report.js'
import { byId, h, put, svg, type Child } from './dom.js'
import { dollars, number, percent } from './format.js'
import { universeHash } from './links.js'
import { tipLines, withTip } from './tip.js'

/** Draws the number of stocks of each sector, by the source that decided. */
export function drawSectors({ sectors, sector_sources: sources, totals }: Overview): void {
  const place = byId('sectors')
  if (totals.stocks === 0) {
    return put(
      place,
      h('p', { class: 'empty' }, 'No stocks yet. Load symbols and prices, then run a refresh.'),
    )
  }
  const unknown =
    totals.stocks - sectors.filter((s) => s.sector !== 'unknown').reduce((sum, s) => sum + s.stocks, 0)
  const known = (100 * (totals.stocks - unknown)) / totals.stocks
  const names = sources.map(({ source }) => source)
  const largest = Math.max(1, ...sectors.map(({ stocks }) => stocks))
  put(
    place,
    h(
      'p',
      { class: 'summary' },
      h('b', {}, percent(known)),
      ` of ${number(totals.stocks)} active stocks have a sector`,
    ),
    h(
      'ol',
      { class: 'bars sectors', 'aria-label': 'Sectors by number of stocks' },
      sectors.map((sector) => h('li', {}, row(sector, sources, largest))),
    ),
    h('p', { class: 'legend-title' }, 'Source of the sector'),
    h(
      'ul',
      { class: 'legend sources' },
      sources.map((source) => legendItem(source, names)),
    ),
  )
}

function row(
  { sector, title, stocks, percent: share, market_cap: cap, sources: counts }: ReportSector,
  sources: readonly SectorSource[],
  largest: number,
): HTMLElement {
  let x = 0
  const parts = sources.flatMap(({ source }, index): Child[] => {
    const size = (100 * (counts[source] ?? 0)) / largest
    if (size === 0) return []
    const part = svg('rect', { class: colour(source, index), x: `${x}%`, width: `${size}%`, height: '100%' })
    x += size
    return [part]
  })
  const link = h(
    'a',
    { href: universeHash('SECTOR', sector) },
    h('span', { class: 'bar-name' }, title),
    svg('svg', { class: 'bar-track', 'aria-hidden': 'true' }, parts),
    h('span', { class: 'bar-value' }, number(stocks), h('span', { class: 'hidden' }, ' stocks')),
  )
  return withTip(link, () =>
    tipLines(title, [
      ['Stocks', `${number(stocks)}${share === null ? '' : `, ${percent(share)}`}`],
      ['Market cap', dollars(cap)],
      ...sources
        .filter(({ source }) => counts[source])
        .map(({ source, title: name }): [string, string] => [plain(name), number(counts[source] ?? 0)]),
    ]),
  )
}

function legendItem(
  { source, title, stocks, percent: share }: SectorSource,
  names: readonly string[],
): HTMLElement {
  return h(
    'li',
    {},
    svg(
      'svg',
      { class: 'swatch', width: 12, height: 12, 'aria-hidden': 'true' },
      svg('rect', { class: colour(source, names.indexOf(source)), width: 12, height: 12, rx: 3 }),
    ),
    h('span', { class: 'bar-name' }, plain(title)),
    h('b', {}, number(stocks)),
    h('small', {}, share === null ? '' : percent(share)),
  )
}

/** Title of a source without the name of its table. */
function plain(title: string): string {
  return title.replace(/ \(\w+\)$/, '')
}

/** Class of a source: the first sources are darkest; grey if no source states a sector. */
function colour(source: string, index: number): string {
  return source === 'none' ? 'source-none' : `source-${Math.min(index, 4) + 1}`
}
