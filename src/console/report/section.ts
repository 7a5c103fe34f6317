/** Titled part of a report; renderReport() and renderMarkdown() write it. */
export interface Section {
  title: string
  blocks: Block[]
}

/** Content of a section. A string is a paragraph, which captions the block after it. */
export type Block = string | Table | List | Chart | Part

/** Rows below column titles. */
export interface Table {
  kind: 'table'
  columns: Column[]
  rows: Cell[][]
  /** Rows that a terminal shows; all if omitted. */
  limit?: number | undefined
  /** Shown on a terminal instead of the table. */
  console?: List | Grid
}

/** Column of a table. */
export interface Column {
  title: string
  right?: boolean
  markdownOnly?: boolean
}

/** Value of a table cell; each writer decides how it draws bars, names and statuses. */
export type Cell =
  | string
  | number
  | null
  | { bar: number }
  | { names: readonly string[]; total: number }
  | { status: string }
  | { lines: readonly string[] }

/** Lines that begin with a status; notes are shown on a terminal only. */
export interface List {
  kind: 'list'
  items: { status: string; text: string; notes: string[] }[]
}

/** Short texts, several in a line of a terminal. */
export interface Grid {
  kind: 'grid'
  cells: string[]
}

/** Diagram of numbers by label; Markdown only. */
export interface Chart {
  kind: 'chart'
  chart: 'pie' | 'bars'
  title: string
  values: [label: string, value: number][]
}

/** Detail that Markdown folds until a reader opens it. */
export interface Part {
  kind: 'part'
  name: string
  summary: string
  body: string | Table
}

/** Table with these columns, or the paragraph `otherwise` if there is no row. */
export function tableOr(
  otherwise: string,
  columns: (string | Column)[],
  rows: Cell[][],
  options: Pick<Table, 'limit' | 'console'> = {},
): string | Table {
  return rows.length === 0 ? otherwise : { kind: 'table', columns: columns.map(column), rows, ...options }
}

/** Column by title; a title that ends in > is aligned to the right. */
function column(title: string | Column): Column {
  if (typeof title !== 'string') return title
  return { title: title.replace(/>$/, ''), right: title.endsWith('>') }
}
