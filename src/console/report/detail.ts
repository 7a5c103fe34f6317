import type { ReportFund, ReportUniverse } from '../../operations/report.js'
import { formatCounted, formatDollars, formatPercent } from '../format.js'
import { describeFund } from './describe.js'
import { CHANGE_COLUMNS, changeCells } from './overview.js'
import { tableOr, type Part, type Section } from './section.js'

/** Every universe with its size and last change, one part per type. */
export function universeSection(universes: readonly ReportUniverse[]): Section {
  const types = new Map<string, ReportUniverse[]>()
  for (const universe of universes) types.set(universe.type, [...(types.get(universe.type) ?? []), universe])
  return { title: 'Every universe', blocks: [...types].map(([type, members]) => typePart(type, members)) }
}

function typePart(type: string, universes: readonly ReportUniverse[]): Part {
  const members = universes.reduce((sum, universe) => sum + universe.members, 0)
  const weighted = universes.some(({ weight_sum }) => weight_sum !== null)
  const columns = [
    'universe',
    { title: 'description', markdownOnly: true },
    'members>',
    ...CHANGE_COLUMNS,
    ...(weighted ? ['weights>', 'as of'] : []),
  ]
  const rows = universes.map((universe) => [
    universe.name,
    universe.description ?? '',
    universe.members,
    ...changeCells(universe),
    ...(weighted ? [formatPercent(universe.weight_sum), universe.as_of ?? ''] : []),
  ])
  return {
    kind: 'part',
    name: `Universes of type ${type}`,
    summary: `${formatCounted(universes.length, 'universe')}, ${formatCounted(members, 'member')}`,
    body: tableOr('', columns, rows),
  }
}

/** Every fund with its ten heaviest constituents. */
export function fundSection(funds: readonly ReportFund[]): Section {
  return { title: 'Top ten holdings', blocks: funds.map(fundPart) }
}

function fundPart(fund: ReportFund): Part {
  const rows = fund.holdings.map(({ rank, symbol, name, weight, market_cap }) => [
    rank,
    symbol,
    name ?? 'not in symbols',
    formatPercent(weight),
    `$ ${formatDollars(market_cap)}`,
  ])
  const cells = fund.holdings.map(
    ({ symbol, weight }) => `${symbol.padEnd(6)} ${weight.toFixed(2).padStart(5)}`,
  )
  return {
    kind: 'part',
    name: fund.fund,
    summary: describeFund(fund),
    body: tableOr(
      'Its constituents have no weights.',
      ['rank>', 'symbol', 'name', 'weight>', 'market cap>'],
      rows,
      { console: { kind: 'grid', cells } },
    ),
  }
}
