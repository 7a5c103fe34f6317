import { posix } from 'node:path'
import { Archive } from './archive.js'
import { readWhole } from '../read-file.js'
import { addSharedString, SheetVisitor, type CellContext } from './sheet.js'
import { damaged } from './workbook-problem.js'
import { parsePart, TextCollector, type Attributes } from './xml.js'

/** A sheet of a workbook, its cells as text. */
export interface Sheet {
  name: string
  rows: string[][]
}

const WORKBOOK = 'xl/workbook.xml'
const RELATIONSHIPS = 'xl/_rels/workbook.xml.rels'

/** Limit for the elements of a part that describes the workbook: spreadsheets allow 64,000 cell styles. */
const MAX_ELEMENTS = 100_000

/** Reads the sheets of a workbook in their order. Throws FileProblem if it is damaged or too large. */
export async function readWorkbook(path: string): Promise<Sheet[]> {
  const archive = await Archive.open(await readWhole(path))
  const related = await readRelationships(archive)
  const { entries, epoch } = await readEntries(archive)
  const context: CellContext = {
    sharedStrings: [],
    isDate: await readDateStyles(archive, related.byType.get('styles')),
    epoch,
    cells: 0,
    characters: 0,
  }
  await readSharedStrings(archive, related.byType.get('sharedStrings'), context)
  const sheets: Sheet[] = []
  for (const { name, id } of entries) {
    const sheet = related.byId.get(id)
    if (sheet === undefined) throw damaged(WORKBOOK, `the sheet "${name}" is missing`)
    if (sheet.type !== 'worksheet') continue
    const visitor = new SheetVisitor(sheet.part, context)
    await parsePart(archive, sheet.part, visitor)
    sheets.push({ name, rows: visitor.toRows() })
  }
  return sheets
}

interface Relationships {
  byId: Map<string, { type: string; part: string }>
  /** Name of the part by the last word of its type. */
  byType: Map<string, string>
}

async function readRelationships(archive: Archive): Promise<Relationships> {
  const related: Relationships = { byId: new Map(), byType: new Map() }
  await parsePart(archive, RELATIONSHIPS, {
    maxElements: MAX_ELEMENTS,
    open(name, { Id = '', Type = '', Target = '' }) {
      if (name !== 'Relationship') return
      const type = posix.basename(Type)
      // A target is relative to the folder xl, or absolute within the archive.
      const part = posix.resolve('/xl', Target).slice(1)
      related.byId.set(Id, { type, part })
      related.byType.set(type, part)
    },
  })
  return related
}

async function readEntries(
  archive: Archive,
): Promise<{ entries: { name: string; id: string }[]; epoch: number }> {
  const entries: { name: string; id: string }[] = []
  let epoch = 0
  await parsePart(archive, WORKBOOK, {
    maxElements: MAX_ELEMENTS,
    open(name, attributes) {
      if (name === 'workbookPr' && /^(1|true)$/.test(attributes['date1904'] ?? '')) epoch = DAYS_TO_1904
      if (name === 'sheet') entries.push({ name: attributes['name'] ?? '', id: relationshipId(attributes) })
    },
  })
  return { entries, epoch }
}

/** Days from 1899-12-30 to 1904-01-01. */
const DAYS_TO_1904 = 1462

/** The attribute `id` of whatever prefix the document gives to the namespace of relationships. */
function relationshipId(attributes: Attributes): string {
  return Object.entries(attributes).find(([name]) => /:id$/.test(name))?.[1] ?? ''
}

async function readSharedStrings(
  archive: Archive,
  part: string | undefined,
  context: CellContext,
): Promise<void> {
  if (part === undefined || !archive.has(part)) return
  const collector = new TextCollector()
  await parsePart(archive, part, {
    open: (name) => collector.open(name),
    text: (text) => collector.add(text),
    close(name) {
      collector.close(name)
      if (name === 'si') addSharedString(context, collector.take())
    },
  })
}

/** Tells by the number of each cell style if it shows a number as a date. */
async function readDateStyles(archive: Archive, part: string | undefined): Promise<boolean[]> {
  const isDate: boolean[] = []
  if (part === undefined || !archive.has(part)) return isDate
  const custom = new Map<string, string>()
  let inCellFormats = false
  await parsePart(archive, part, {
    maxElements: MAX_ELEMENTS,
    open(name, { numFmtId = '0', formatCode = '' }) {
      if (name === 'numFmt') custom.set(numFmtId, formatCode)
      else if (name === 'cellXfs') inCellFormats = true
      else if (name === 'xf' && inCellFormats)
        isDate.push(isDateFormat(Number(numFmtId), custom.get(numFmtId)))
    },
    close(name) {
      if (name === 'cellXfs') inCellFormats = false
    },
  })
  return isDate
}

/** The built-in date formats, those of East Asian and Thai editions included, and custom ones of day, month and year. */
function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined)
    return [
      [14, 22],
      [27, 36],
      [45, 47],
      [50, 58],
      [71, 81],
    ].some(([from, to]) => id >= from! && id <= to!)
  const letters = code.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, '')
  return /[dmy]/i.test(letters) && !/[0#?]/.test(letters.replace(/[.,]0+/g, ''))
}
