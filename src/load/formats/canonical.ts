import { MAX_EXTRA, type CanonicalHeader } from './canonical-header.js'
import type { Content, Format, Source } from './format.js'
import { FileProblem } from '../file-problem.js'
import { kindOf, type LoadKind } from '../kinds.js'
import { isGzip, isSmall, openFile, readSmall, readWhole } from '../read-file.js'
import { canExceed, RowCounter } from './row-counter.js'
import { watchBytes, watchWhole } from './watch-bytes.js'

/** Format of a canonical file: COPY parses its bytes as they are, those of vendors' listings and prices, too. */
export class CanonicalFormat implements Format {
  readonly name?: string
  readonly columns: readonly string[]
  readonly unread: readonly string[]
  readonly copy: string
  readonly firstLine: number
  readonly symbol?: string
  readonly project?: { table: string; columns: readonly string[] }
  private readonly bom: boolean
  /** Number of bytes above the header. */
  private readonly skip: number
  private readonly trailer?: RegExp

  /** File and line of a row come from the defaults of the staging table. */
  constructor(kind: LoadKind, { columns, unread, header, bom, delimiter, above, market }: CanonicalHeader) {
    const { table } = kindOf(kind)
    const isWide = columns.includes(`extra_${MAX_EXTRA + 1}`)
    const list = (isWide ? columns.map((_name, index) => `cell_${index + 1}`) : columns).join(', ')
    const separated = delimiter === undefined ? '' : `, DELIMITER ${literal(delimiter)}`
    // A directory of Nasdaq Trader quotes nothing: a quote is part of a name.
    const quoted = market?.delimiter === '|' ? `, QUOTE E'\\b'` : ''
    const options = `FORMAT csv, HEADER ${header}, ENCODING 'UTF8'${separated}${quoted}, FORCE_NULL (${list})`
    this.columns = columns
    this.unread = unread
    this.copy = `COPY ${isWide ? 'staged_wide' : table} (${list}) FROM STDIN WITH (${options})`
    this.firstLine = (header ? 2 : 1) + (above?.lines ?? 0)
    this.bom = bom
    this.skip = above?.bytes ?? 0
    if (isWide) this.project = { table, columns }
    if (market) this.name = market.name
    if (market?.symbol !== undefined) this.symbol = market.symbol
    if (market?.trailer) this.trailer = market.trailer
  }

  read({ path, bytes, buffer, onRead, limit }: Source): Content | Promise<Content> {
    if (this.trailer) return this.readTrailed(path, this.trailer)
    const counts = limit && (isGzip(path) || canExceed(limit, bytes, this.columns.length))
    const counter = counts ? new RowCounter(limit, this.firstLine) : undefined
    if (!isSmall(path, bytes)) return { data: this.stream(path, onRead, counter) }
    const data = watchWhole(readSmall(path, buffer).subarray(this.skip), this.bom)
    counter?.look(data)
    return { data }
  }

  private async *stream(
    path: string,
    onRead: Source['onRead'],
    counter: RowCounter | undefined,
  ): AsyncGenerator<Buffer> {
    const { raw, content } = openFile(path)
    const source = content as AsyncIterable<Buffer>
    for await (const chunk of watchBytes(this.skip > 0 ? without(source, this.skip) : source, this.bom)) {
      counter?.look(chunk)
      yield chunk
      onRead(raw.bytesRead)
    }
  }

  /** Reads a file whose last line is no row but says that it is complete. */
  private async readTrailed(path: string, trailer: RegExp): Promise<Content> {
    const data = watchWhole(await readWhole(path), this.bom)
    const last = Math.max(data.lastIndexOf('\n'), data.lastIndexOf('\r')) + 1
    if (trailer.test(data.toString('latin1', last))) return { data: data.subarray(0, last) }
    throw new FileProblem({
      message: 'the last line, File Creation Time, is missing',
      value: data.toString('utf8', last).slice(0, 80),
      remedy: 'The file is not complete: download it again.',
    })
  }
}

async function* without(source: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes
  for await (const chunk of source) {
    const rest = chunk.subarray(Math.min(left, chunk.length))
    left -= chunk.length - rest.length
    if (rest.length > 0) yield rest
  }
}

/** Writes a character as a literal of SQL. */
function literal(character: string): string {
  return character === '\t' ? `E'\\t'` : `'${character.replaceAll("'", "''")}'`
}
