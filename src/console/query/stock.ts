import pc from 'picocolors'
import { renderTable } from '../text.js'
import type { PastUniverse, StockClass, StockUniverse } from '../../documents/symbols.js'
import type { StockAnswer } from '../../operations/query.js'
import { renderFacts, renderHeading, section, why } from './parts.js'
import { formatCounted, formatDollars, formatTime, formatPercent } from '../format.js'

/** Renders a stock: listing, sector by source, current and past memberships with their reasons. */
export function renderStock(stock: StockAnswer): string {
  const facts: Record<string, string | undefined> = {
    Listing: describeListing(stock),
    'Market cap': describeMarketCap(stock),
    Sector: describeClass(stock.sector),
    Industry: describeClass(stock.industry),
    Holdings: stock.type === 'ETF' ? `universes query --etf ${stock.symbol}` : undefined,
  }
  return [
    `${renderHeading(stock.symbol, stock.name, stock)}\n${renderFacts(facts)}`,
    renderCandidates(stock),
    section(formatCounted(stock.universes.length, 'universe'), renderUniverses(stock.universes)),
    section('Before', renderPast(stock.past)),
    renderNotKnown(stock),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function describeListing(stock: StockAnswer): string {
  if (!stock.listed) return `${pc.yellow('not in symbols')}: only universes know it`
  const inactive = stock.active === false ? pc.yellow('inactive') : undefined
  const since = stock.list_date ? `listed ${stock.list_date}` : undefined
  return [stock.type, stock.exchange, stock.country, since, inactive].filter((part) => part).join(', ')
}

function describeMarketCap({ market_cap, band, at }: StockAnswer): string | undefined {
  if (market_cap === null && !band) return undefined
  const recorded = at === null ? '' : ' (as last recorded by then)'
  return [market_cap === null ? '' : `$ ${formatDollars(market_cap)}${recorded}`, band?.name]
    .filter((part) => part)
    .join(', ')
}

function describeClass(described: StockClass | null): string | undefined {
  if (!described) return undefined
  const { name, title, rule, source } = described
  return `${title ?? name}${rule ? `: ${rule}` : ''}${source ? ` (${source})` : ''}`
}

function renderCandidates({ sector_candidates: candidates }: StockAnswer): string {
  if (candidates.length === 0) return ''
  const believed = candidates.find(({ enabled }) => enabled)
  const rows = candidates.map((candidate) => [
    candidate.source,
    candidate.sector,
    candidate.rule,
    candidate === believed ? 'believed' : candidate.enabled ? '' : 'disabled',
  ])
  return section('What each source says', renderTable(['source', 'sector', 'rule', ''], rows))
}

function renderUniverses(universes: readonly StockUniverse[]): string {
  const rows = universes.map((universe) => [
    universe.type,
    universe.name,
    universe.rank,
    universe.weight === null ? '' : formatPercent(universe.weight),
    formatTime(universe.since),
    universe.rank === null ? why(universe) : 'market cap',
  ])
  if (rows.length === 0) return 'none'
  return renderTable(['type', 'universe', 'rank', 'weight', 'since, UTC', 'why'], rows, ['weight'])
}

function renderPast(past: readonly PastUniverse[]): string {
  const rows = past.map((universe) => [
    universe.type,
    universe.name,
    formatTime(universe.since),
    formatTime(universe.until),
    why(universe),
    universe.end_reason,
  ])
  return rows.length === 0
    ? ''
    : renderTable(['type', 'universe', 'since, UTC', 'until', 'why', 'ended'], rows)
}

function renderNotKnown({ not_known: types }: StockAnswer): string {
  if (types.length === 0) return ''
  const rows = types.map(({ type, universes, known_since }) => [type, universes, formatTime(known_since)])
  const title = 'Not known at that moment, for their history begins later'
  return section(title, renderTable(['type', 'universes', 'known since, UTC'], rows))
}
