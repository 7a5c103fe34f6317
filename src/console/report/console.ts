import pc from 'picocolors'
import type { RelationshipReport } from '../../operations/report.js'
import { formatCount, formatTime } from '../format.js'
import { renderBar, renderTable } from '../text.js'
import { describeTotals } from './describe.js'
import type { Block, Cell, Grid, List, Section, Table } from './section.js'
import { reportSections } from './sections.js'

const BAR_WIDTH = 24
const SHOWN_NAMES = 4
const GRID_COLUMNS = 5

/** Renders the report for a terminal about 100 columns wide. */
export function renderReport(report: RelationshipReport): string {
  return [renderHead(report), ...reportSections(report).map(renderSection)].join('\n\n')
}

function renderHead(report: RelationshipReport): string {
  const { database, environment, generated_at, totals, server_version } = report
  const facts = Object.entries(describeTotals(totals)).map(([title, text]) => [pc.dim(title), text])
  return [
    pc.bold(`Relationships of database ${database}, environment ${environment}`),
    pc.dim(`${formatTime(generated_at)} UTC, PostgreSQL ${server_version}`),
    '',
    renderTable(['', ''], facts).replace(/^\n/, ''),
  ].join('\n')
}

function renderSection({ title, blocks }: Section): string {
  const body = blocks.map((block) => {
    const text = renderBlock(block)
    return text === '' ? '' : `${text}${typeof block === 'string' ? '\n' : '\n\n'}`
  })
  return `${pc.bold(title)}\n${body.join('').trimEnd()}`
}

function renderBlock(block: Block | Grid): string {
  if (typeof block === 'string') return block
  switch (block.kind) {
    case 'table':
      return block.console ? renderBlock(block.console) : renderColumns(block)
    case 'list':
      return renderList(block)
    case 'grid':
      return renderGrid(block)
    case 'part':
      return `${pc.bold(block.name)} ${block.summary}\n${renderBlock(block.body)}`
    case 'chart':
      return ''
  }
}

function renderColumns({ columns, rows, limit }: Table): string {
  const shown = [...columns.entries()].filter(([, { markdownOnly }]) => !markdownOnly)
  const right = shown.filter(([, column]) => column.right).map(([, { title }]) => title)
  return renderTable(
    shown.map(([, { title }]) => title),
    rows.slice(0, limit).map((row) => shown.map(([index]) => renderCell(row[index] ?? null))),
    right,
  )
}

function renderCell(cell: Cell): string | number | null {
  if (cell === null || typeof cell !== 'object') return cell
  if ('bar' in cell) return renderBar(cell.bar, BAR_WIDTH)
  if ('status' in cell) return colorStatus(cell.status)
  if ('lines' in cell) return cell.lines.join(', ')
  const shown = cell.names.slice(0, SHOWN_NAMES)
  const hidden = cell.total - shown.length
  return pc.dim(shown.join(' ') + (hidden > 0 ? ` and ${formatCount(hidden)} more` : ''))
}

function renderList({ items }: List): string {
  return items
    .flatMap(({ status, text, notes }) => [
      `${(COLORS[status] ?? pc.yellow)(status)} ${text}`,
      ...notes.map((note) => pc.dim(`     ${note}`)),
    ])
    .join('\n')
}

function renderGrid({ cells }: Grid): string {
  const lines: string[] = []
  for (let first = 0; first < cells.length; first += GRID_COLUMNS)
    lines.push(`  ${cells.slice(first, first + GRID_COLUMNS).join('    ')}`)
  return lines.join('\n')
}

const COLORS: Readonly<Record<string, (text: string) => string>> = {
  ...Object.fromEntries(['FAIL', 'failed', 'rejected'].map((status) => [status, pc.red])),
  ...Object.fromEntries(['WARN', 'held'].map((status) => [status, pc.yellow])),
}

function colorStatus(status: string): string {
  return COLORS[status]?.(status) ?? status
}
