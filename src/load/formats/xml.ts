import { SaxesParser } from 'saxes'
import type { Archive } from './archive.js'
import { damaged } from './workbook-problem.js'

/** Attributes of an element by their name, namespace prefix included. */
export type Attributes = Readonly<Record<string, string>>

/** Callbacks for the elements of a document; names come without namespace prefix. */
export interface XmlVisitor {
  open?(name: string, attributes: Attributes): void
  text?(text: string): void
  close?(name: string): void
}

/**
 * Parses one part of an archive while it is unpacked. Throws FileProblem if the part is damaged or not well-formed:
 * what a visitor has seen is valid only once this resolves, because the checksum comes last.
 */
export async function parsePart(archive: Archive, part: string, visitor: XmlVisitor): Promise<void> {
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => visitor.open?.(localName(name), attributes))
  parser.on('text', (text) => visitor.text?.(text))
  parser.on('cdata', (text) => visitor.text?.(text))
  parser.on('closetag', ({ name }) => visitor.close?.(localName(name)))
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of archive.read(part)) parser.write(decoder.decode(chunk, { stream: true }))
    parser.write(decoder.decode()).close()
  } catch (thrown) {
    throw damaged(part, thrown)
  }
}

/** Collects the text of a cell or shared string: of its `v` and `t` elements, without phonetic hints. */
export class TextCollector {
  private text = ''
  private inText = false
  private inPhonetic = false

  open(name: string): void {
    if (name === 'rPh') this.inPhonetic = true
    this.inText = (name === 't' || name === 'v') && !this.inPhonetic
  }

  add(text: string): void {
    if (this.inText) this.text += text
  }

  close(name: string): void {
    if (name === 'rPh') this.inPhonetic = false
    this.inText = false
  }

  /** Returns the text, with `_x000D_` and the like decoded, and starts over. */
  take(): string {
    const text = this.text.replace(/_x([\da-f]{4})_/gi, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    )
    this.text = ''
    return text
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
