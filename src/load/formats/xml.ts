import { SaxesParser } from 'saxes'
import type { Archive } from './archive.js'
import { damaged, tooLarge } from './workbook-problem.js'

/** Attributes of an element by their name, namespace prefix included. */
export type Attributes = Readonly<Record<string, string>>

/** Callbacks for the elements of a document; names come without namespace prefix. */
export interface XmlVisitor {
  /** Limit for the elements; none if omitted. */
  maxElements?: number
  open?(name: string, attributes: Attributes): void
  text?(text: string): void
  close?(name: string): void
}

/** Limit for one tag with its attributes and for one text, which the parser collects before anybody sees them. */
const MAX_TOKEN_BYTES = 1024 * 1024

/** Limit for elements within each other: a workbook has ten. */
const MAX_DEPTH = 100

/**
 * Parses one part of an archive while it is unpacked. Throws FileProblem if the part is damaged or not well-formed, or
 * if it has more elements than the visitor takes: what a visitor has seen is valid only once this resolves, because the checksum
 * comes last. Entities that a document declares are not expanded but refused.
 */
export async function parsePart(archive: Archive, part: string, visitor: XmlVisitor): Promise<void> {
  const parser = new SaxesParser()
  const { maxElements = Infinity } = visitor
  let elements = 0
  let depth = 0
  let unseen = 0
  parser.on('opentag', ({ name, attributes }) => {
    unseen = 0
    if ((elements += 1) > maxElements)
      throw tooLarge(`has more than ${maxElements.toLocaleString('en-US')} elements in ${part}`)
    if ((depth += 1) > MAX_DEPTH) throw damaged(part, `elements are nested more than ${MAX_DEPTH} deep`)
    visitor.open?.(localName(name), attributes)
  })
  const onText = (text: string): void => {
    unseen = 0
    visitor.text?.(text)
  }
  parser.on('text', onText)
  parser.on('cdata', onText)
  parser.on('closetag', ({ name }) => {
    unseen = 0
    depth -= 1
    visitor.close?.(localName(name))
  })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of archive.read(part)) {
      unseen += chunk.length
      parser.write(decoder.decode(chunk, { stream: true }))
      if (unseen > MAX_TOKEN_BYTES) throw damaged(part, 'a tag or text is longer than 1 MiB')
    }
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

  /** Adds a text, and throws FileProblem when many short ones are collected to one that no cell could hold. */
  add(text: string): void {
    if (!this.inText) return
    this.text += text
    if (this.text.length > MAX_TOKEN_BYTES) throw tooLarge('has more than 1 MiB of text in one cell')
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
