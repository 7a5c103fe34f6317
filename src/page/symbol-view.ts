import { get, path } from './api.js'
import type {
  PastUniverse,
  SectorCandidate,
  StockClass,
  StockDocument,
  StockUniverse,
} from '../documents/symbols.js'
import { h, tag, type Child } from './dom.js'
import { count, day, dollars, fraction, number } from './format.js'
import { universeLink } from './links.js'
import { inOrder, typeTitle } from './names.js'
import type { SheetContent } from './sheet.js'

/** A membership: present ones may have a rank, past ones have an end. */
type Membership = Omit<StockUniverse, 'rank'> &
  Partial<Pick<StockUniverse, 'rank'> & Pick<PastUniverse, 'until' | 'end_reason'>>

const TYPES: Readonly<Record<string, string>> = {
  CS: 'Common stock',
  ADRC: 'Depositary receipt',
  ETF: 'ETF',
  PFD: 'Preferred stock',
  WARRANT: 'Warrant',
  UNIT: 'Unit',
  RIGHT: 'Right',
  FUND: 'Fund',
  SP: 'Structured product',
}

/** Shows a symbol with its present and past universes, reasons and dates. */
export async function stockSheet(symbol: string): Promise<SheetContent> {
  const stock = await get<StockDocument>(path('api', 'symbols', symbol))
  const { universes, past, sector_candidates: candidates } = stock
  const body = h(
    'div',
    {},
    stock.name
      ? h('p', { class: 'sheet-lead' }, stock.name)
      : h('p', { class: 'sheet-lead' }, 'Not in the securities master.'),
    facts(stock),
    h('h3', {}, `In ${count(universes.length, 'universe')}`),
    universes.length > 0 ? groups(universes) : h('p', { class: 'empty' }, 'It is in no universe.'),
    past.length > 0 &&
      h(
        'details',
        { class: 'more past' },
        h('summary', {}, `${count(past.length, 'past membership')}`),
        groups(past),
      ),
    candidates.length > 0 &&
      h('details', { class: 'more' }, h('summary', {}, 'Sector by source'), sources(candidates)),
  )
  return { kind: 'Symbol', title: stock.symbol, body }
}

function facts(stock: StockDocument): HTMLElement {
  const { type, exchange, market_cap: cap, list_date: listed, country, active } = stock
  return h(
    'dl',
    { class: 'facts' },
    fact('Kind', type && (TYPES[type] ?? type), active === false && tag('no longer listed', 'bad')),
    fact('Market cap', cap ? dollars(cap) : undefined, classLink('MARKET_CAP', stock.band)),
    fact('Sector', stock.sector && classLink('SECTOR', stock.sector, true)),
    fact('Industry', stock.industry && classLink('INDUSTRY', stock.industry, true)),
    fact('Exchange', exchange),
    fact('Listed', listed ? day(listed) : undefined, country ? ` ${country}` : ''),
  )
}

function fact(name: string, value: Child, ...more: Child[]): Child {
  if (value === undefined || value === null || value === '') return null
  return h('div', {}, h('dt', {}, name), h('dd', {}, value, ' ', more))
}

function classLink(type: string, found: StockClass | null, why = false): Child {
  if (found === null) return null
  const source = found.rule ?? found.source
  return [
    universeLink(type, found.name, found.title ?? found.name),
    why && source !== undefined && h('small', { class: 'why' }, source),
  ]
}

/** Lists memberships by type of universe. */
function groups(memberships: readonly Membership[]): HTMLElement {
  const types = inOrder(memberships.map(({ type }) => type))
  return h(
    'div',
    { class: 'groups' },
    types.map((type) =>
      h(
        'section',
        { class: 'group', 'aria-label': typeTitle(type, true) },
        h('h4', {}, typeTitle(type, true)),
        h('ul', {}, memberships.filter((m) => m.type === type).map(membership)),
      ),
    ),
  )
}

function membership({
  type,
  name,
  title,
  rank,
  weight,
  since,
  until,
  reason,
  file,
  line,
  end_reason: end,
}: Membership): HTMLElement {
  const place = file === null ? '' : `${file}${line === null ? '' : `, line ${number(line)}`}`
  const why = place !== '' && line !== null ? place : [reason, place].filter(Boolean).join(', ')
  const when = until
    ? `${since === null ? '' : `${day(since)} `}to ${day(until)}${end ? `, ${end}` : ''}`
    : since === null
      ? ''
      : `since ${day(since)}`
  return h(
    'li',
    {},
    h(
      'div',
      { class: 'group-name' },
      universeLink(type, name),
      title !== null && title !== name && h('small', {}, title),
    ),
    h(
      'div',
      { class: 'group-place' },
      typeof rank === 'number' && tag(`no. ${number(rank)}`),
      weight !== null && tag(`${fraction(weight)} %`),
    ),
    h('p', { class: 'why' }, why, why !== '' && when !== '' ? ' · ' : '', when),
  )
}

function sources(candidates: readonly SectorCandidate[]): HTMLElement {
  return h(
    'ul',
    { class: 'candidates' },
    candidates.map(({ source, sector, rule }) =>
      h('li', {}, h('b', {}, sector), ' ', h('span', { class: 'why' }, `${source}: ${rule}`)),
    ),
  )
}
