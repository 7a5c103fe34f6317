import type { RelationshipReport } from '../../operations/report.js'
import { formatCount, formatTime } from '../format.js'
import { renderBar } from '../text.js'
import { describeTotals } from './describe.js'
import {
  escapeMarkdown as text,
  foldedPart,
  markdownTable,
  mermaidBlock,
  quoteMermaid,
} from './markdown-text.js'
import type { Block, Cell, Chart, Section } from './section.js'
import { reportSections } from './sections.js'

const BAR_WIDTH = 20
const STATUS_SIGN: Readonly<Record<string, string>> = { PASS: '✅ ', WARN: '⚠️ ', FAIL: '❌ ', failed: '❌ ' }

/** Renders the report as GitHub-flavoured Markdown, with diagrams and, if detailed, folded parts. */
export function renderMarkdown(report: RelationshipReport): string {
  const parts = [renderHead(report), ...reportSections(report).flatMap(renderSection)]
  return `${parts.join('\n\n')}\n`
}

function renderHead(report: RelationshipReport): string {
  const facts = Object.entries(describeTotals(report.totals)).map(([title, words]) => [title, text(words)])
  return [
    `# Stock universes, ${report.generated_at.slice(0, 10)}, database ${text(report.database)}`,
    `Environment ${text(report.environment)}, as of ${formatTime(report.generated_at)} UTC, PostgreSQL ${text(report.server_version)}. All times in UTC.`,
    markdownTable([{ title: 'Subject' }, { title: 'Count' }], facts),
  ].join('\n\n')
}

function renderSection({ title, blocks }: Section): string[] {
  return [`## ${title}`, ...blocks.map(renderBlock)].filter((part) => part !== '')
}

function renderBlock(block: Block): string {
  if (typeof block === 'string') return text(block)
  switch (block.kind) {
    case 'table':
      return markdownTable(
        block.columns,
        block.rows.map((row) => row.map(renderCell)),
      )
    case 'list':
      return block.items
        .map(({ status, text: words }) => `- ${renderStatus(status)} ${text(words)}`)
        .join('\n')
    case 'part':
      return foldedPart(`${block.name}: ${block.summary}`, renderBlock(block.body))
    case 'chart':
      return renderChart(block)
  }
}

function renderCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return text(cell)
  if (typeof cell === 'number') return formatCount(cell)
  if ('status' in cell) return renderStatus(cell.status)
  if ('lines' in cell) return cell.lines.map(text).join('<br>')
  if ('names' in cell) return text(cell.names.join(' '))
  const bar = renderBar(cell.bar, BAR_WIDTH)
  return bar === '' ? '' : `\`${bar}\``
}

function renderStatus(status: string): string {
  return `${STATUS_SIGN[status] ?? ''}${text(status)}`
}

function renderChart({ chart, title, values }: Chart): string {
  if (chart === 'pie') {
    const slices = values.map(([label, value]) => `    ${quoteMermaid(label)} : ${value}`)
    return mermaidBlock(['pie showData', `    title ${title}`, ...slices])
  }
  return mermaidBlock([
    'xychart-beta horizontal',
    `    title ${quoteMermaid(title)}`,
    `    x-axis [${values.map(([label]) => quoteMermaid(label)).join(', ')}]`,
    '    y-axis "universes"',
    `    bar [${values.map(([, value]) => value).join(', ')}]`,
  ])
}
