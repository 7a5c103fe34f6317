import type { RelationshipReport } from '../../operations/report.js'
import { formatCount, formatDelta, formatDollars, formatPercent, formatTime } from '../format.js'
import { tableOr, type Chart, type Section } from './section.js'

/** Stocks and market cap per sector, and the sources that classified them. */
export function sectorSection({ sectors, sector_sources, totals }: RelationshipReport): Section {
  if (totals.stocks === 0) return { title: 'Sectors', blocks: ['No stock is loaded yet.'] }
  const largest = Math.max(...sectors.map(({ stocks }) => stocks), 1)
  const rows = sectors.map(({ title, stocks, percent, market_cap, market_cap_percent }) => [
    title,
    stocks,
    formatPercent(percent),
    { bar: stocks / largest },
    `$ ${formatDollars(market_cap)}`,
    formatPercent(market_cap_percent),
  ])
  const sources = sector_sources.map(({ title, stocks, percent }) => [title, stocks, formatPercent(percent)])
  return {
    title: 'Sectors',
    blocks: [
      tableOr('', ['sector', 'stocks>', 'of all>', '', 'market cap>', 'of all caps>'], rows),
      ...sectorChart(sectors),
      'Sources of the sectors, most trusted first:',
      tableOr('No stock has a sector yet: universes refresh', ['source', 'stocks>', 'of all>'], sources),
    ],
  }
}

/** Mermaid rejects a pie without slices. */
function sectorChart(sectors: RelationshipReport['sectors']): Chart[] {
  const values = sectors
    .filter(({ market_cap }) => market_cap >= 1e9)
    .sort((one, other) => other.market_cap - one.market_cap)
    .map(({ title, market_cap }): [string, number] => [title, Math.round(market_cap / 1e9)])
  if (values.length === 0) return []
  return [{ kind: 'chart', chart: 'pie', title: 'Market cap by sector, billion US dollars', values }]
}

/** Share of stocks and constituents whose attributes are known. */
export function coverageSection({ coverage }: RelationshipReport): Section {
  const rows = coverage
    .filter(({ total }) => total > 0)
    .map(({ title, covered, total, percent, missing }) => [
      title,
      `${formatCount(covered)} of ${formatCount(total)}`,
      formatPercent(percent),
      percent === null ? null : { bar: percent / 100 },
      { names: missing, total: total - covered },
    ])
  const columns = [
    'known',
    'count>',
    'share>',
    { title: 'share as a bar', markdownOnly: true },
    'missing, most important first',
  ]
  return { title: 'Coverage', blocks: [tableOr('Nothing to cover yet.', columns, rows)] }
}

/** Universes and members per type. */
export function typeSection({ types }: RelationshipReport): Section {
  const title = 'Universes'
  if (types.length === 0) return { title, blocks: ['None yet: universes load etfs DIR, universes refresh'] }
  const columns = ['type', 'universes>', 'members>', 'empty>', 'largest', ...CHANGE_COLUMNS]
  const rows = types.map((type) => [
    type.type,
    type.universes,
    type.members,
    type.empty > 0 ? type.empty : null,
    `${type.largest} (${formatCount(type.largest_members)})`,
    ...changeCells(type),
  ])
  const values = types.map(({ type, universes }): [string, number] => [type, universes])
  const chart: Chart = { kind: 'chart', chart: 'bars', title: 'Universes per type', values }
  return { title, blocks: [tableOr('', columns, rows), chart] }
}

/** Columns of changeCells(). */
export const CHANGE_COLUMNS = ['last change', 'added 30 d>', 'removed 30 d>']

/** Last change, and members added and removed in 30 days. */
export function changeCells(changes: {
  last_change: string | null
  added: number
  removed: number
}): string[] {
  const { last_change, added, removed } = changes
  return [formatTime(last_change), formatDelta(added, '+'), formatDelta(removed, '−')]
}
