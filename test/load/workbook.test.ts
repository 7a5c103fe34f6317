import { afterAll, expect, test } from 'vitest'
import { refuseOtherThanWorkbook } from '../../src/load/finding/file-kind.js'
import { readWorkbook } from '../../src/load/formats/workbook.js'
import { removeFolder } from '../support/index.js'
import { writeFiles } from './files.js'
import { workbook } from './workbook-file.js'

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
  'large.xlsx': workbook({ holdings: [['x']] }, { 'xl/media.xml': ' '.repeat(64 * 1024 * 1024) }),
})

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

test('only what the directory lists is read', async () => {
  expect(await readWorkbook(`${folder}/hidden.xlsx`)).toEqual(await readWorkbook(`${folder}/good.xlsx`))
})

test.each([
  ['vast', 'a sheet of the workbook spans 200,000 rows and 11 columns'],
  ['large', 'the workbook unpacks to more than 64 MiB'],
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
