import { afterAll, expect, test } from 'vitest'
import { refuseOtherThanWorkbook } from '../../src/load/formats/file-signature.js'
import { readWorkbook } from '../../src/load/formats/workbook.js'
import { removeFolder } from '../support/index.js'
import { writeFiles } from './files.js'
import { workbook } from '../support/workbook-file.js'

const book = workbook({
  Notes: [],
  holdings: [
    ['Name', 'Weight'],
    [],
    ['A & B', 7.830057, true, new Date('2025-11-18T00:00:00Z'), null, ' x '],
  ],
})
const folder = await writeFiles({
  'good.xlsx': book,
  'cut.xlsx': book.subarray(0, 700),
  'flipped.xlsx': withBit(book, book.indexOf('xl/worksheets/sheet2.xml') + 100),
  'other.xlsx': workbook({}),
  'zip.xlsx': Buffer.from('PK\u0003\u0004 and so on', 'latin1'),
  'hidden.xlsx': withHiddenPart(book, workbook({ Notes: [['hidden']], holdings: [['hidden']] })),
  'vast.xlsx': workbook({ holdings: '<row r="200000"><c r="K200000"><v>1</v></c></row>' }),
  'large.xlsx': workbook({ holdings: [['x']] }, { 'xl/media.xml': ' '.repeat(16 * 1024 * 1024) }),
  'single-quotes.xlsx': workbook({ holdings: `<row><c r='K200000'><v>1</v></c></row>` }),
  'lower-case.xlsx': workbook({ holdings: '<row><c r="k200000"><v>1</v></c></row>' }),
  'leading-zero.xlsx': workbook({ holdings: '<row><c r="K0200000"><v>1</v></c></row>' }),
  'entity.xlsx': workbook({ holdings: '<row><c r="K&#50;00000"><v>1</v></c></row>' }),
  'blanks.xlsx': workbook({ holdings: '<row><c r\n=\t"K200000"><v>1</v></c></row>' }),
  'by-row.xlsx': workbook({ holdings: `<row r="200000">${'<c><v>1</v></c>'.repeat(11)}</row>` }),
  'many-sheets.xlsx': workbook(
    Object.fromEntries(
      ['a', 'b', 'c'].map((name) => [name, '<row r="50000"><c r="K50000"><v>1</v></c></row>']),
    ),
  ),
  'repeated-text.xlsx': workbook(
    { holdings: '<row><c t="s"><v>0</v></c></row>'.repeat(1000) },
    { 'xl/sharedStrings.xml': `<sst><si><t>${'x'.repeat(20_000)}</t></si></sst>` },
  ),
  'one-part-twice.xlsx': workbook(
    { a: [['x']], b: [['x']] },
    {
      'xl/workbook.xml':
        '<workbook><sheets><sheet name="a" r:id="r1"/><sheet name="b" r:id="r1"/></sheets></workbook>',
    },
  ),
  'lying.xlsx': withDeclaredSize(book, 'xl/worksheets/sheet2.xml', 10),
  'no-sheet.xlsx': workbook({ a: [] }, { 'xl/_rels/workbook.xml.rels': '<Relationships/>' }),
  'broken-xml.xlsx': workbook({ a: '<row><c r="A1"><v>1</v></row>' }),
  'no-reference.xlsx': workbook({ a: '<row><c r="1A"><v>1</v></c></row>' }),
  'no-number.xlsx': workbook({ a: '<row><c r="B7"><v>seven</v></c></row>' }),
  'unknown-text.xlsx': workbook({ a: '<row><c r="B7" t="s"><v>7</v></c></row>' }),
  'rich.xlsx': workbook(
    {
      holdings:
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>' +
        '<row r="3"><c r="B3" s="1"><v>45979.75</v></c><c t="str"><f>A1</f><v>NVDA</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2025-11-18T00:00:00</v></c></row>',
    },
    {
      'xl/sharedStrings.xml':
        '<x:sst xmlns:x="urn:x"><x:si><x:r><x:t>Weight</x:t></x:r><x:r><x:t xml:space="preserve"> (%)</x:t></x:r><x:rPh><x:t>not read</x:t></x:rPh></x:si><x:si><x:t>a_x000D_b<![CDATA[ & c]]></x:t></x:si></x:sst>',
      'xl/styles.xml':
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.0&quot;d&quot;"/><numFmt numFmtId="165" formatCode="[$-409]d\\-mmm\\-yy;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>',
    },
  ),
})

/** The same archive, its directory stating another size of a part. */
function withDeclaredSize(bytes: Buffer, part: string, size: number): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeUInt32LE(size, bytes.lastIndexOf(part) - 22)
  return changed
}

/** The parts of another archive among those of this one, whose directory does not know them. */
function withHiddenPart(bytes: Buffer, other: Buffer): Buffer {
  const end = bytes.length - 22
  const directory = bytes.readUInt32LE(end + 16)
  const hidden = other.subarray(0, other.readUInt32LE(other.length - 6))
  const tail = Buffer.from(bytes.subarray(directory))
  tail.writeUInt32LE(directory + hidden.length, tail.length - 6)
  return Buffer.concat([bytes.subarray(0, directory), hidden, tail])
}

function withBit(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes)
  flipped[at]! ^= 1
  return flipped
}
afterAll(() => removeFolder(folder))

test('cells of every kind become the text that a CSV file would have; rows keep their place', async () => {
  const sheets = await readWorkbook(`${folder}/good.xlsx`)
  expect(sheets.map(({ name }) => name)).toEqual(['Notes', 'holdings'])
  expect(sheets[0]?.rows).toEqual([])
  expect(sheets[1]?.rows).toHaveLength(3)
  expect(sheets[1]?.rows[0]?.slice(0, 2)).toEqual(['Name', 'Weight'])
  expect(sheets[1]?.rows[2]).toEqual(['A & B', '7.830057', 'TRUE', '2025-11-18', '', 'x'])
})

test.each(['cut', 'flipped', 'zip'])('a damaged workbook (%s) is a problem of the file', async (name) => {
  await expect(readWorkbook(`${folder}/${name}.xlsx`)).rejects.toMatchObject({
    name: 'FileProblem',
    problem: { message: expect.stringMatching(/^the workbook is damaged/) as string },
  })
})

test.each([
  ['lying', 'xl/worksheets/sheet2.xml: too many bytes'],
  ['no-sheet', 'xl/workbook.xml: the sheet "a" is missing'],
  ['one-part-twice', 'xl/worksheets/sheet1.xml: missing'],
  ['broken-xml', 'xl/worksheets/sheet1.xml: 1:'],
  ['no-reference', 'xl/worksheets/sheet1.xml: a cell has the reference "1A"'],
  ['no-number', 'xl/worksheets/sheet1.xml: row 7, column 2: no valid value'],
  ['unknown-text', 'xl/worksheets/sheet1.xml: row 7, column 2: no valid value'],
])('a damaged workbook (%s) says which part, and why', async (name, reason) => {
  await expect(readWorkbook(`${folder}/${name}.xlsx`)).rejects.toMatchObject({
    problem: {
      message: expect.stringContaining(`the workbook is damaged (${reason}`) as string,
      remedy: 'Download it again.',
    },
  })
})

test('text in runs and formulas, dates in any style, and rows without cells are read', async () => {
  expect((await readWorkbook(`${folder}/rich.xlsx`))[0]?.rows).toEqual([
    ['Weight (%)', 'a\rb & c', '', '', ''],
    ['', '', '', '', ''],
    ['', '2025-11-18', 'NVDA', '#N/A', '2025-11-18'],
  ])
})

test('only what the directory lists is read', async () => {
  expect(await readWorkbook(`${folder}/hidden.xlsx`)).toEqual(await readWorkbook(`${folder}/good.xlsx`))
})

test.each([
  ['vast', 'a sheet of the workbook spans 200,000 rows and 11 columns'],
  ['large', 'the workbook unpacks to more than 16 MiB'],
  ['by-row', 'a sheet of the workbook spans 200,000 rows and 1 column'],
  ...['single-quotes', 'lower-case', 'leading-zero', 'entity', 'blanks'].map((name): [string, string] => [
    name,
    'a sheet of the workbook spans 200,000 rows and 11 columns',
  ]),
  ['many-sheets', 'a sheet of the workbook spans 50,000 rows and 11 columns'],
  ['repeated-text', 'the workbook holds more than 16 MiB of text'],
])('a workbook that would not fit into memory (%s) is a problem of the file', async (name, message) => {
  await expect(readWorkbook(`${folder}/${name}.xlsx`)).rejects.toMatchObject({ problem: { message } })
})

test.each([
  ['symbol,weight\n', 'the file is not a workbook', /ends in \.csv/],
  ['<html><body>403</body></html>', 'the file is a web page, not a workbook', /error page/],
  ['', 'the file is empty', /again/],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'the workbook is in the old format .xls, or has a password', /xlsx/],
])('a file that begins with %j is none', (start, message, remedy) => {
  expect(() => refuseOtherThanWorkbook(Buffer.from(start, 'latin1'))).toThrow(
    expect.objectContaining({
      problem: { message, remedy: expect.stringMatching(remedy) as string },
    }) as Error,
  )
})
