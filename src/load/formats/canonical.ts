import type { CanonicalHeader } from './canonical-header.js'
import type { Content, Format, Source } from './format.js'
import { kindOf, type LoadKind } from '../kinds.js'
import { isGzip, isSmall, openFile, readSmall } from '../read-file.js'
import { canExceed, RowCounter } from './row-counter.js'
import { watchBytes, watchWhole } from './watch-bytes.js'

/** Format of a canonical file: COPY parses its bytes as they are. */
export class CanonicalFormat implements Format {
  readonly columns: readonly string[]
  readonly unread: readonly string[]
  readonly copy: string
  readonly firstLine: number
  private readonly bom: boolean

  /** File and line of a row come from the defaults of the staging table. */
  constructor(kind: LoadKind, { columns, unread, header, bom }: CanonicalHeader) {
    const list = columns.join(', ')
    const options = `FORMAT csv, HEADER ${header}, ENCODING 'UTF8', FORCE_NULL (${list})`
    this.columns = columns
    this.unread = unread
    this.copy = `COPY ${kindOf(kind).table} (${list}) FROM STDIN WITH (${options})`
    this.firstLine = header ? 2 : 1
    this.bom = bom
  }

  read({ path, bytes, buffer, onRead, limit }: Source): Content {
    const counts = limit && (isGzip(path) || canExceed(limit, bytes, this.columns.length))
    const counter = counts ? new RowCounter(limit, this.firstLine) : undefined
    if (!isSmall(path, bytes)) return { data: this.stream(path, onRead, counter) }
    const data = watchWhole(readSmall(path, buffer), this.bom)
    counter?.look(data)
    return { data }
  }

  private async *stream(
    path: string,
    onRead: Source['onRead'],
    counter: RowCounter | undefined,
  ): AsyncGenerator<Buffer> {
    const { raw, content } = openFile(path)
    for await (const chunk of watchBytes(content as AsyncIterable<Buffer>, this.bom)) {
      counter?.look(chunk)
      yield chunk
      onRead(raw.bytesRead)
    }
  }
}
