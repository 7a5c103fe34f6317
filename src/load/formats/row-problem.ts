import type { QuoteFlaw } from './csv-rows.js'
import { FileProblem } from '../file-problem.js'

/** A row with fewer or more cells than its header. */
export function widthProblem(cells: readonly string[], line: number, fewer: boolean): FileProblem {
  return new FileProblem({
    message: `${fewer ? 'fewer' : 'more'} columns than the header`,
    line,
    value: shown(cells),
    remedy: fewer
      ? 'Is the file complete? Download it again.'
      : 'Put a value that contains the separator in double quotes.',
  })
}

/** A row that would fit into the table that ended above it. */
export function strayRow(cells: readonly string[], line: number): FileProblem {
  return new FileProblem({
    message: 'a row of the table after its end',
    line,
    value: shown(cells),
    remedy:
      'The table ends with the first row that has fewer than two cells: delete such rows above this one.',
  })
}

/** The header of a table below the first, about something else than that. */
export function secondTable(cells: readonly string[], line: number): FileProblem {
  return new FileProblem({
    message: 'a second table, under another title than the first',
    line,
    value: shown(cells),
    remedy: 'Keep one fund and one day per file.',
  })
}

/** A row whose quotes span several lines. */
export function quoteProblem(cells: readonly string[], line: number, flaw: QuoteFlaw): FileProblem {
  if (flaw === 'never closed') {
    return new FileProblem({
      message: 'a quote is opened and never closed',
      line,
      remedy: 'Close or remove it, or download the file again.',
    })
  }
  const value = cells.find((cell) => cell.includes('\n'))?.slice(0, 80)
  const remedy = 'Write it on one line. Is a quote never closed?'
  return new FileProblem({ message: 'a line break in a value', line, value, remedy })
}

function shown(cells: readonly string[]): string {
  return cells.join(',').slice(0, 80)
}
