import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { RelationshipReport } from '../../src/operations/report.js'
import { renderReport } from '../../src/console/report/console.js'
import { renderMarkdown } from '../../src/console/report/markdown.js'
import {
  escapeHtml,
  escapeMarkdown,
  foldedPart,
  quoteMermaid,
} from '../../src/console/report/markdown-text.js'
import { sampleReport } from './sample.js'

const HOSTILE = 'a|b `c` *d* <script>\n$e$ [f](g) & "h" ~~i~~ #j \\'

/** Every table of a document: its lines split into cells, escaped borders not counted. */
function tablesOf(markdown: string): string[][][] {
  const tables: string[][][] = []
  let open = false
  for (const line of markdown.split('\n')) {
    if (line.startsWith('|')) {
      if (!open) tables.push([])
      tables.at(-1)!.push(line.split(/(?<!\\)\|/).slice(1, -1))
    }
    open = line.startsWith('|')
  }
  return tables
}

/** A report whose data contains hostile text everywhere. */
function hostileReport(): RelationshipReport {
  const report = sampleReport()
  const text = JSON.stringify(report, (key, value: unknown) =>
    typeof value === 'string' && !/(_at|_since|since|_change|status|_from|_to|as_of)$/.test(key)
      ? HOSTILE
      : value,
  )
  return JSON.parse(text) as RelationshipReport
}

describe('text from the database', () => {
  it('is escaped and kept on one line', () => {
    expect(escapeMarkdown('a|b_c*d`e')).toBe('a\\|b\\_c\\*d\\`e')
    expect(escapeMarkdown('S&P <b>\n500')).toBe('S&amp;P &lt;b&gt; 500')
    expect(escapeMarkdown('$1 and $2')).toBe('\\$1 and \\$2')
    expect(escapeMarkdown('[x](y) \\ ~z~ #1')).toBe('\\[x\\](y) \\\\ \\~z\\~ \\#1')
    expect(escapeHtml('</summary>\n&')).toBe('&lt;/summary&gt; &amp;')
    expect(quoteMermaid('the "best"\n<b>sector')).toBe(`"the 'best' bsector"`)
  })

  it('cannot close its folded part', () => {
    expect(foldedPart('a</summary>b', 'body')).toBe(
      '<details>\n<summary>a&lt;/summary&gt;b</summary>\n\nbody\n\n</details>',
    )
  })
})

describe('the Markdown', () => {
  it.each([
    ['sample', sampleReport()],
    ['hostile text', hostileReport()],
  ])('has as many cells in every row of a table as in its header: %s', (_, report) => {
    const tables = tablesOf(renderMarkdown(report))
    expect(tables.length).toBeGreaterThan(10)
    for (const [head, rule, ...rows] of tables) {
      expect(rule!.every((cell) => /^ -{3}:? $/.test(cell))).toBe(true)
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) expect(row, head!.join()).toHaveLength(head!.length)
      expect(rule).toHaveLength(head!.length)
    }
  })

  it('escapes HTML and line breaks in data', () => {
    const markdown = renderMarkdown(hostileReport())
    expect(markdown).not.toContain('<script>')
    const tags = new Set(markdown.match(/<\/?[a-z]+>/g))
    expect([...tags].sort()).toEqual(['</details>', '</summary>', '<br>', '<details>', '<summary>'])
    expect(markdown.split('<details>').length).toBe(markdown.split('</details>').length)
  })

  it('opens with a title of date and database, then sections in a fixed order', () => {
    const markdown = renderMarkdown(sampleReport())
    expect(markdown.split('\n')[0]).toBe('# Stock universes, 2026-11-21, database market')
    expect(markdown.match(/^## .+$/gm)).toEqual([
      '## Sectors',
      '## Coverage',
      '## Universes',
      '## Integrity',
      '## Open alerts',
      '## Last refreshes',
      '## Last loads',
      '## Every universe',
      '## Top ten holdings',
    ])
    expect(markdown).toContain('| Energy | 1 | 25.00 % |')
    expect(markdown).toContain('<summary>SPY: SPDR S&amp;P 500, 2 constituents')
    expect(markdown.endsWith('\n')).toBe(true)
  })

  it('draws sectors by market cap and universes per type', () => {
    const [pie, bars] = [...renderMarkdown(sampleReport()).matchAll(/^```mermaid\n(.+?)\n```$/gms)].map(
      (match) => match[1],
    )
    expect(pie).toBe(
      'pie showData\n    title Market cap by sector, billion US dollars\n    "Information Technology" : 4000\n    "Energy" : 500',
    )
    expect(bars).toContain('    x-axis ["ETF", "SECTOR"]\n')
    expect(bars).toContain('    bar [1, 2]')
  })

  it('has no diagrams without data and no folded parts without detail', () => {
    const { universes, funds, ...rest } = sampleReport()
    expect([universes, funds]).toHaveLength(2)
    const totals = { ...rest.totals, stocks: 0 }
    const markdown = renderMarkdown({
      ...rest,
      totals,
      sectors: [],
      types: [],
      alerts: [],
      runs: [],
      loads: [],
    })
    expect(markdown).not.toContain('mermaid')
    expect(markdown).not.toContain('<details>')
    expect(markdown).toContain('## Sectors\n\nNo stock is loaded yet.')
  })
})

describe('the console', () => {
  it('shows bars that are full for the largest only, and aligned numbers', () => {
    const text = stripVTControlCharacters(renderReport(sampleReport()))
    expect(text).toMatch(/^Information Technology +3 +75\.00 % +█{24} +\$ 4\.00 T +88\.89 %$/m)
    expect(text).toMatch(/^Energy +1 +25\.00 % +█{8} +\$ 500\.00 B +11\.11 %$/m)
    expect(text).toMatch(
      /^SPY SPDR S&P 500, 2 constituents, top 2 99\.50 % of 99\.50 %, as of 2025-11-18\n {2}AAPL +60\.00 +XOM +39\.50$/m,
    )
    expect(text).toContain('1 PASS, 1 WARN, 0 FAIL')
    expect(text).toMatch(/^file_held etfs file x\.csv since 2026-11-21 10:00\n +too many would go$/m)
  })

  it('shows the error of a failed run', () => {
    const report = sampleReport()
    report.runs[0]!.status = 'failed'
    report.runs[0]!.error = 'it broke'
    expect(stripVTControlCharacters(renderReport(report))).toContain('failed 2026-11-21 10:00: it broke')
  })
})
