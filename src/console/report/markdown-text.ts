/** Column of a Markdown table; `right` aligns numbers. */
export interface MarkdownColumn {
  title: string
  right?: boolean
}

/** Text that GitHub shows as it is: no markup, no HTML, no cell border, no formula, all on one line. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]|~#$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** Text inside an HTML element, which GitHub does not read as Markdown. */
export function escapeHtml(text: string): string {
  return oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A quoted string of a Mermaid diagram, which knows no escapes: quotation marks are simplified, angle brackets left out. */
export function quoteMermaid(text: string): string {
  return `"${oneLine(text).replaceAll('"', "'").replace(/[<>]/g, '')}"`
}

/** A GitHub table; every row has one cell per column. Cells are Markdown already: escape what is data. */
export function markdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ right }) => (right ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n')
}

/** Columns by title; one that ends in > is aligned to the right. */
export function columns(...titles: string[]): MarkdownColumn[] {
  return titles.map((title) => ({ title: title.replace(/>$/, ''), right: title.endsWith('>') }))
}

/** A part that is folded until a reader opens its summary. */
export function foldedPart(summary: string, body: string): string {
  return `<details>\n<summary>${escapeHtml(summary)}</summary>\n\n${body}\n\n</details>`
}

/** A diagram that GitHub draws. */
export function mermaidBlock(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n')
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
