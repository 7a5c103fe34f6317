import { crc32, deflateRawSync } from 'node:zlib'

/** Cell of a workbook; a Date becomes a number with a date format, as spreadsheets store it. */
export type WorkbookCell = string | number | boolean | Date | null

/** Rows of a sheet, or its rows as XML. */
export type WorkbookRows = string | readonly (readonly WorkbookCell[])[]

/** An XLSX file with these sheets, as a spreadsheet would save it; rows that are empty are left out of the XML. */
export function workbook(
  sheets: Readonly<Record<string, WorkbookRows>>,
  more: Readonly<Record<string, string>> = {},
): Buffer {
  const names = Object.keys(sheets)
  const each = (part: (name: string, number: number) => string): string =>
    names.map((name, index) => part(name, index + 1)).join('')
  return zip({
    '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${SHEET}" xmlns:r="${OFFICE}/relationships"><sheets>${each(
      (name, number) => `<sheet name="${name}" sheetId="${number}" r:id="r${number}"/>`,
    )}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships">${each(
      (_name, number) =>
        `<Relationship Id="r${number}" Type="${OFFICE}/relationships/worksheet" Target="worksheets/sheet${number}.xml"/>`,
    )}<Relationship Id="r98" Type="${OFFICE}/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r99" Type="${OFFICE}/relationships/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `${XML}<styleSheet xmlns="${SHEET}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ...Object.fromEntries(
      names.map((name, index) => [`xl/worksheets/sheet${index + 1}.xml`, sheetXml(sheets[name]!)]),
    ),
    ...more,
  })
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006'
const SHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

function sheetXml(rows: WorkbookRows): string {
  const xml = typeof rows === 'string' ? [rows] : rows.map((cells, index) =>
    cells.length === 0 ? '' : `<row r="${index + 1}">${cells.map((c, at) => cellXml(c, at, index)).join('')}</row>`,
  )
  return `${XML}<worksheet xmlns="${SHEET}"><sheetData>${xml.join('')}</sheetData></worksheet>`
} // prettier-ignore

function cellXml(cell: WorkbookCell, column: number, row: number): string {
  const place = `r="${String.fromCharCode(65 + column)}${row + 1}"`
  if (cell === null) return ''
  if (typeof cell === 'number') return `<c ${place}><v>${cell}</v></c>`
  if (typeof cell === 'boolean') return `<c ${place} t="b"><v>${Number(cell)}</v></c>`
  if (cell instanceof Date) return `<c ${place} s="1"><v>${cell.getTime() / 86_400_000 + 25_569}</v></c>`
  const text = cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<c ${place} t="inlineStr"><is><t>${text}</t></is></c>`
}

/** A ZIP archive of text files. */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, text] of Object.entries(files)) {
    const content = Buffer.from(text)
    const packed = deflateRawSync(content)
    const name = Buffer.from(path)
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(8, 4)
    header.writeUInt32LE(crc32(content), 10)
    header.writeUInt32LE(packed.length, 14)
    header.writeUInt32LE(content.length, 18)
    header.writeUInt16LE(name.length, 22)
    const entry = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), header, name, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\u0001\u0002\u0014\0', 'latin1'), header, tail, name)
    parts.push(entry)
    offset += entry.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, end])
}
