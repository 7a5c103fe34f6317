import pc from 'picocolors'
import { renderBar, renderTable, type Cell } from '../text.js'
import type { Constituent } from '../../documents/universes.js'
import type { UniverseAnswer } from '../../operations/query.js'
import { renderFacts, renderHeading, section } from './parts.js'
import { formatCount, formatCounted, formatDollars, formatTime, formatPercent } from '../format.js'

const MAX_CONSTITUENTS = 25
const BAR_WIDTH = 24
const NAME_LENGTH = 40

/** Renders a universe: origin, sectors, and its first 25 constituents, or `all` of them. */
export function renderUniverse(universe: UniverseAnswer, all = false): string {
  const { size, weight_sum, known_since, last_change } = universe
  const weights = weight_sum === null ? '' : `, weights sum to ${formatPercent(weight_sum)}`
  const facts = {
    Type: universe.type,
    From: describeOrigin(universe),
    Rule: universe.rule ?? undefined,
    Size: `${formatCounted(size, 'constituent')}${weights}`,
    History: known_since
      ? `known since ${formatTime(known_since)}, last change ${formatTime(last_change)} UTC`
      : 'none: it never had a constituent',
  }
  return [
    `${renderHeading(universe.name, universe.title, universe)}\n${renderFacts(facts)}`,
    universe.type === 'SECTOR' ? '' : renderSectors(universe),
    renderConstituents(universe, all),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function describeOrigin({ file, source, retired_at, at }: UniverseAnswer): string | undefined {
  const retired = retired_at ? `, ${pc.yellow(`retired since ${formatTime(retired_at)}`)}` : ''
  if (file) {
    const holdings = file.as_of ? `, holdings of ${file.as_of}` : ''
    return `${file.file} (${file.format ?? 'symbol,weight'})${holdings}, loaded ${formatTime(file.loaded_at)} UTC${retired}`
  }
  if (source !== 'file') return source === null ? undefined : `${source}${retired}`
  return `${at === null ? 'a file that was rolled back' : 'a file that is not recorded'}${retired}`
}

function renderSectors({ sectors, weight_sum, size }: UniverseAnswer): string {
  if (size === 0) return ''
  const share = ({ weight, constituents }: UniverseAnswer['sectors'][number]): number =>
    weight_sum ? (100 * (weight ?? 0)) / weight_sum : (100 * constituents) / size
  const largest = Math.max(...sectors.map(share), 1)
  const rows = sectors.map((sector) => [
    sector.title,
    sector.constituents,
    formatPercent(weight_sum ? sector.weight : share(sector)),
    renderBar(share(sector) / largest, BAR_WIDTH),
  ])
  const measure = weight_sum ? 'weight' : 'of all'
  return section('Sectors', renderTable(['sector', 'constituents', measure, ''], rows, [measure]))
}

function renderConstituents(universe: UniverseAnswer, all: boolean): string {
  const shown = all ? universe.constituents : universe.constituents.slice(0, MAX_CONSTITUENTS)
  if (shown.length === 0) return ''
  const weighted = shown.some(({ weight }) => weight !== null)
  // Within a sector the sector is constant; the reason of the membership is of interest.
  const last = universe.type === 'SECTOR' ? 'why' : 'sector'
  const table = renderTable(
    ['', 'symbol', 'name', ...(weighted ? ['weight'] : []), 'market cap', last, 'since, UTC'],
    shown.map((constituent) => row(constituent, weighted, last)),
    ['weight', 'market cap'],
  )
  const hidden = universe.size - shown.length
  const note = universe.at === null ? '' : pc.dim('market caps as recorded when a constituent came\n')
  const rest = hidden > 0 ? `\n${pc.dim(`... and ${formatCount(hidden)} more (--all lists them)`)}` : ''
  return section(`Constituents${orderOf(shown)}`, `${note}${table}${rest}`)
}

function orderOf([first]: readonly Constituent[]): string {
  if (first?.rank != null) return ' by rank'
  return first?.weight != null ? ' by weight' : ' by market cap'
}

function row(constituent: Constituent, weighted: boolean, last: 'sector' | 'why'): Cell[] {
  const { place, rank, symbol, name, weight, market_cap, sector, reason, since } = constituent
  return [
    rank ?? place,
    symbol,
    name && name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : (name ?? ''),
    ...(weighted ? [formatPercent(weight)] : []),
    market_cap === null ? '' : `$ ${formatDollars(market_cap)}`,
    (last === 'why' ? reason : sector) ?? '',
    formatTime(since),
  ]
}
