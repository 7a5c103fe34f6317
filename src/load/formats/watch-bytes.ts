import { FileProblem, type Problem } from '../file-problem.js'

/** Limit for the length of a row. */
export const MAX_LINE_BYTES = 1024 * 1024

/** Problem of a longer one. */
export const LINE_TOO_LONG: Problem = {
  message: 'the line is longer than 1 MiB',
  remedy: 'Is it a CSV file? It needs one line per row.',
}

const BOM_BYTES = 3
const NEWLINE = 0x0a
const RETURN = 0x0d
const BACKSLASH = 0x5c
const NOTHING: Buffer = Buffer.alloc(0)

/**
 * Passes the bytes of a file on unchanged, without its byte order mark and the blank lines at its end. Throws
 * FileProblem for what COPY would accept silently: a line longer than any row, and the line `\.`, which ends the data
 * early up to PostgreSQL 17. Checks the edges of chunks only, not single lines, so chunks must be shorter than
 * MAX_LINE_BYTES.
 */
export async function* watchBytes(source: AsyncIterable<Buffer>, bom: boolean): AsyncGenerator<Buffer> {
  const watch = new Watch()
  let left = bom ? BOM_BYTES : 0
  let held: Buffer = NOTHING
  for await (const whole of source) {
    watch.look(whole)
    const chunk = whole.subarray(Math.min(left, whole.length))
    left -= whole.length - chunk.length
    const end = endOfText(chunk)
    if (end === 0 && held.length < MAX_LINE_BYTES) {
      held = Buffer.concat([held, chunk])
      continue
    }
    if (held.length > 0) yield held
    yield chunk.subarray(0, end)
    held = chunk.subarray(end)
  }
  watch.end()
}

/** The same for a file that is in memory as a whole. */
export function watchWhole(whole: Buffer, bom: boolean): Buffer {
  const watch = new Watch()
  watch.look(whole)
  watch.end()
  return whole.subarray(bom ? BOM_BYTES : 0, endOfText(whole))
}

class Watch {
  private passed = 0
  private lineStart = 0
  private edge = ''

  /** Checks the next bytes of the file. */
  look(chunk: Buffer): void {
    const end = chunk.includes(NEWLINE) ? NEWLINE : RETURN
    const first = chunk.indexOf(end)
    const length = this.passed - this.lineStart + (first < 0 ? chunk.length : first)
    if (length > MAX_LINE_BYTES) throw new FileProblem(LINE_TOO_LONG, this.lineStart)
    if (this.edge.includes('\\') || chunk.includes(BACKSLASH)) {
      const text = this.edge + chunk.toString('latin1')
      this.refuseEndMarker(text, /[\r\n]\\\.[\r\n]/)
    }
    if (first >= 0) this.lineStart = this.passed + chunk.lastIndexOf(end) + 1
    this.passed += chunk.length
    this.edge = (this.edge + chunk.toString('latin1', Math.max(0, chunk.length - 3))).slice(-3)
  }

  /** Checks the end of the file. */
  end(): void {
    this.refuseEndMarker(this.edge, /[\r\n]\\\.$/)
  }

  private refuseEndMarker(text: string, marker: RegExp): void {
    const found = text.search(marker)
    if (found < 0) return
    const problem = { message: 'a line that says \\. only', remedy: 'Delete the line.', value: '\\.' }
    throw new FileProblem(problem, this.passed - this.edge.length + found + 1)
  }
}

/** Returns the offset at which the trailing blanks and line ends of a chunk begin. */
function endOfText(chunk: Buffer): number {
  let end = chunk.length
  while (end > 0 && isBlank(chunk[end - 1])) end -= 1
  return end
}

function isBlank(byte: number | undefined): boolean {
  return byte === NEWLINE || byte === RETURN || byte === 0x20 || byte === 0x09
}
