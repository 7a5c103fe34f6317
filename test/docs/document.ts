import { readFileSync } from 'node:fs'

/** A fenced block of a document. */
export interface Block {
  /** Language after the fence. */
  language: string
  /** First word of the HTML comment right above the fence: what the tests do with the block. */
  kind: string
  /** The other words of the comment. */
  words: string[]
  text: string
  /** Line of the opening fence, from 1. */
  line: number
  /** The last line of text above the block, where an answer says its status. */
  lead: string
}

/** A Markdown document as the tests read it. */
export interface Document {
  text: string
  lines: string[]
  blocks: Block[]
  headings: { line: number; level: number; title: string; anchor: string }[]
}

/** Reads a document; a fence without end or without a comment above it is an error of the document. */
export function readDocument(path: string): Document {
  const text = readFileSync(path, 'utf8')
  const lines = text.split('\n')
  const blocks: Block[] = []
  const headings: Document['headings'] = []
  for (let at = 0; at < lines.length; at += 1) {
    const heading = /^(#+) (.*)$/.exec(lines[at]!)
    if (heading)
      headings.push({
        line: at + 1,
        level: heading[1]!.length,
        title: heading[2]!,
        anchor: anchor(heading[2]!),
      })
    const fence = /^( *)```(\w*)$/.exec(lines[at]!)
    if (!fence) continue
    const end = lines.indexOf(`${fence[1]}\`\`\``, at + 1)
    if (end < 0) throw new Error(`${path}: the fence of line ${at + 1} has no end`)
    const indent = fence[1]!.length
    const text = lines.slice(at + 1, end).map((line) => line.slice(indent))
    blocks.push({ ...comment(lines, at, path), language: fence[2]!, text: text.join('\n'), line: at + 1 })
    at = end
  }
  return { text, lines, blocks, headings }
}

/** The comment above a fence, and the text above the comment. */
function comment(lines: string[], at: number, path: string): Pick<Block, 'kind' | 'words' | 'lead'> {
  const found = /^ *<!-- (\w+)((?: [^ ]+)*) -->$/.exec(lines[at - 1] ?? '')
  if (!found) throw new Error(`${path}: line ${at + 1}: no comment above the block says how it is tested`)
  const lead = lines.slice(0, at - 1).findLast((line) => line.trim() !== '')
  return { kind: found[1]!, words: found[2]!.trim().split(' ').filter(Boolean), lead: lead?.trim() ?? '' }
}

/** The anchor that Markdown viewers give a heading. */
export function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}

/** Rows of the table whose header has these columns, as texts without backticks. */
export function tableRows(document: Document, ...columns: string[]): Record<string, string>[] {
  const rows: Record<string, string>[] = []
  document.lines.forEach((line, at) => {
    const header = cells(line)
    if (
      !columns.every((column) => header.includes(column)) ||
      !/^\|[ |:-]+\|$/.test(document.lines[at + 1] ?? '')
    )
      return
    for (const row of document.lines.slice(at + 2)) {
      if (!row.startsWith('|')) break
      rows.push(Object.fromEntries(cells(row).map((cell, place) => [header[place] ?? String(place), cell])))
    }
  })
  if (rows.length === 0) throw new Error(`the document has no table with the columns ${columns.join(', ')}`)
  return rows
}

function cells(line: string): string[] {
  if (!line.startsWith('|')) return []
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.replaceAll('\\|', '|').replaceAll('`', '').trim())
}
