import { afterAll, describe, expect, test } from 'vitest'
import { FileProblem } from '../../src/load/file-problem.js'
import { readWorkbook, type Sheet } from '../../src/load/formats/workbook.js'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { workbook, type WorkbookRows } from '../support/workbook-file.js'
import { writeFiles } from './files.js'
import type { LoadResult } from '../../src/load/result.js'

const MIB = 1024 * 1024
const folder = await writeFiles({})
afterAll(() => removeFolder(folder))

const NAME = 'Name,Ticker,Identifier,SEDOL,Weight,Sector,Shares Held,Local Currency'
const HEADER = `<row>${NAME.split(',')
  .map((name) => `<c t="inlineStr"><is><t>${name}</t></is></c>`)
  .join('')}</row>`

async function read(bytes: Buffer): Promise<Sheet[]> {
  await writeFiles({ 'one.xlsx': bytes }, folder)
  return readWorkbook(`${folder}/one.xlsx`)
}

const rowsOf = async (rows: WorkbookRows): Promise<string[][]> => (await read(workbook({ h: rows })))[0]!.rows

/** The problem of a workbook that cannot be read. */
async function problemOf(bytes: Buffer): Promise<FileProblem['problem']> {
  const thrown = await read(bytes).catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(FileProblem)
  return (thrown as FileProblem).problem
}

/** The same archive with a part under another name of the same length. */
function renamed(bytes: Buffer, from: string, to: string): Buffer {
  expect(to).toHaveLength(from.length)
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')
}

test.each([
  [`<row><c r='XFB1048570'><v>3</v></c></row>`, '1,048,570 rows and 16,382 columns'],
  ['<row><c r="xfa1048571"><v>3</v></c></row>', '1,048,571 rows and 16,381 columns'],
  ['<row><c r="WZZ01040002"><v>3</v></c></row>', '1,040,002 rows and 16,250 columns'],
  ['<row><c r="&#87;ZZ1040003"><v>3</v></c></row>', '1,040,003 rows and 16,250 columns'],
  ['<row><c r="&#x57;ZZ104&#48;004"><v>3</v></c></row>', '1,040,004 rows and 16,250 columns'],
  ['<x:row xmlns:x="urn:x"><x:c r="WZZ1040005"><x:v>3</x:v></x:c></x:row>', '1,040,005 rows and 16,250'],
  [
    '<row r="1040006"><c r="B3"><v>3</v></c><c r="WZZ1040006"><v>3</v></c></row>',
    '1,040,006 rows and 16,250',
  ],
  [`<row r="999001"><c><v>3</v></c></row>`, '999,001 rows and 1 column'],
  [`<row r="999001"/><row><c><v>3</v></c></row>`, '999,002 rows and 1 column'],
  [
    '<row r="2"><c r="XEZ2"><v>3</v></c></row><row r="71"><c r="A71"><v>3</v></c></row>',
    '71 rows and 16,380',
  ],
  [`<row><c r="A${'9'.repeat(400)}"><v>3</v></c></row>`, '∞ rows'],
  ['<row><c r="A1"><v>3</v></c><c r="ZZZZ1"><v>3</v></c></row>', 'a cell has the reference "ZZZZ1"'],
])('%s is refused at once', async (rows, message) => {
  const start = performance.now()
  expect((await problemOf(workbook({ h: rows }))).message).toContain(message)
  expect(performance.now() - start).toBeLessThan(2000)
})

test.each([
  ['<dimension ref="A1:XFD1048576"/><row><c r="B2"><v>5</v></c></row>', [['', ''], ['', '5']]],
  ['<dimension ref="A1"/><row r="2"><c><v>5</v></c><c><v>6</v></c></row>', [['', ''], ['5', '6']]],
  ['<row r="1048576"/><row r="2"><c r="C2"/></row><row r="1"><c><v>7</v></c></row>', [['7']]],
  ['<row><c><v>1</v></c></row><row><c><v>2</v></c></row>', [['1'], ['2']]],
  ['<row r="3"><c><v>1</v></c></row><row><c><v>2</v></c></row>', [[''], [''], ['1'], ['2']]],
  ['<y:row xmlns:y="urn:y"><y:c r="b&#49;"><y:v>4</y:v></y:c></y:row>', [['', '4']]],
])('%s counts filled cells only', async (rows, expected) => {
  expect(await rowsOf(rows)).toEqual(expected)
}) // prettier-ignore

test('a sheet of a thousand columns and five hundred rows is read', async () => {
  const rows = await rowsOf('<row r="500"><c r="ALL500"><v>8</v></c></row>')
  expect([rows.length, rows[499]?.length, rows[499]?.at(-1)]).toEqual([500, 1000, '8'])
})

test.each([
  ['xl/workbook.xml', 'xl/workbooc.xml', 'xl/workbook.xml: missing'],
  ['xl/workbook.xml', '../workbook.xml', 'the ZIP directory: invalid relative path: ../workbook.xml'],
  ['xl/workbook.xml', '/x/workbook.xml', 'the ZIP directory: absolute path: /x/workbook.xml'],
  ['xl/workbook.xml', 'xl\\workboox.xml', 'xl/workbook.xml: missing'],
  ['_rels/workbook.xml.rels', '_relz/workbook.xml.rels', 'xl/_rels/workbook.xml.rels: missing'],
  ['worksheets/sheet1.xml', 'worksheets/sheet7.xml', 'xl/worksheets/sheet1.xml: missing'],
])('without %s, which is %s, a workbook is damaged', async (from, to, message) => {
  expect(await problemOf(renamed(workbook({ h: [['a']] }), from, to))).toEqual({
    message: `the workbook is damaged (${message})`,
    remedy: 'Download it again.',
  })
})

test.each([
  [
    'an index beyond the shared strings',
    '<row><c t="s"><v>3</v></c></row>',
    'row 1, column 1: no valid value',
  ],
  ['a negative index', '<row><c/><c t="s"><v>-1</v></c></row>', 'row 1, column 2: no valid value'],
  ['an unknown entity', '<row><c t="str"><v>&copy;</v></c></row>', 'undefined entity'],
  ['a tag that is never closed', '<row><c><v>1</v></c>', 'unexpected close tag'],
  ['an attribute twice', '<row><c r="A1" r="B2"/></row>', 'duplicate attribute: r'],
  ['a character that XML cannot have', '<row><c t="str"><v>\u0001</v></c></row>', 'disallowed character'],
])('%s is damage, and the part and the reason are named', async (_name, rows, message) => {
  const strings = { 'xl/sharedStrings.xml': '<sst><si><t>a</t></si><si><t>b</t></si><si><t>c</t></si></sst>' }
  const problem = await problemOf(workbook({ h: rows }, strings))
  expect(problem.message).toMatch(/^the workbook is damaged \(xl\/worksheets\/sheet1\.xml: /)
  expect(problem.message).toContain(message)
  expect(problem.remedy).toBe('Download it again.')
})

test.each([
  ['nothing', ''],
  ['a picture', '\u0089PNG\r\n\u001a\n'],
  ['a web page', '<!DOCTYPE html><html><body><p>403<br></body></html>'],
  ['CSV', 'symbol,weight\nNVDA,7\n'],
])('a sheet that holds %s is damage', async (_name, content) => {
  const problem = await problemOf(workbook({ h: [] }, { 'xl/worksheets/sheet1.xml': content }))
  expect(problem.message).toMatch(/^the workbook is damaged \(xl\/worksheets\/sheet1\.xml: \d+:\d+: /)
})

test('cut anywhere, a workbook is a problem of the file', async () => {
  const whole = workbook({ h: [['Ticker', 'Weight'], ['NVDA', 7.5]] }) // prettier-ignore
  for (let length = 0; length < whole.length; length += 97) {
    const { message, remedy } = await problemOf(whole.subarray(0, length))
    expect(message).toMatch(/^the workbook is damaged \(/)
    expect(remedy).toBeTruthy()
  }
})

test('with any bit flipped, a workbook reads or is a problem of the file, never another error', async () => {
  const whole = workbook({ Notes: [['n']], h: [['Ticker', 'Weight'], ['AMD', 0.25], ['A & B', 1]] }) // prettier-ignore
  const outcomes = { read: 0, refused: 0 }
  for (let at = 0; at < whole.length; at += 5) {
    const flipped = Buffer.from(whole)
    flipped[at]! ^= 1 << (at % 8)
    const outcome = await read(flipped).catch((error: unknown) => error)
    if (outcome instanceof FileProblem) outcomes.refused += 1
    else if (Array.isArray(outcome)) outcomes.read += 1
    else throw outcome
  }
  expect(outcomes.refused).toBeGreaterThan(100)
})

const repeat = (text: string, bytes: number): string => text.repeat(bytes / text.length)
const numbered = (text: (index: number) => string, count: number): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('')
const sheet = (rows: string): Buffer => workbook({ h: rows })
const part = (name: string, content: string): Buffer => workbook({ h: [['a']] }, { [name]: content })
const strings = (content: string): Buffer => part('xl/sharedStrings.xml', `<sst>${content}</sst>`)

/** Files made to fill the memory, and what is said of each. */
const HOSTILE: Record<string, [bytes: () => Buffer, message: string]> = {
  unpacked: [() => part('xl/a.bin', repeat('abcdefgh', 40 * MIB)), 'unpacks to more than 16 MiB'],
  deep: [() => sheet(repeat('<a>', 15 * MIB)), 'nested more than 100 deep'],
  attributes: [() => sheet(`<row${numbered((n) => ` a${n}=""`, 1_400_000)}/>`), 'longer than 1 MiB'],
  text: [() => sheet(`<row><c t="str"><v>${repeat('é1234567', 12 * MIB)}</v></c></row>`), 'longer than 1 MiB'],
  comment: [() => sheet(`<!--${repeat('x', 15 * MIB)}-->`), 'longer than 1 MiB'],
  runs: [
    () => sheet(`<row><c t="inlineStr"><is>${repeat(`<t>${'y'.repeat(993)}</t>`, 15 * MIB)}</is></c></row>`),
    'more than 1 MiB of text in one cell',
  ],
  sheets: [
    () => part('xl/workbook.xml', `<workbook><sheets>${repeat('<sheet/>', 15 * MIB)}</sheets></workbook>`),
    'more than 100,000 elements in xl/workbook.xml',
  ],
  relations: [
    () => part('xl/_rels/workbook.xml.rels', `<r>${numbered((n) => `<Relationship Id="${n}"/>`, 500_000)}</r>`),
    'more than 100,000 elements in xl/_rels/workbook.xml.rels',
  ],
  styles: [
    () => part('xl/styles.xml', `<styleSheet>${numbered((n) => `<numFmt numFmtId="${n}"/>`, 500_000)}</styleSheet>`),
    'more than 100,000 elements in xl/styles.xml',
  ],
  laughs: [
    () => part('xl/sharedStrings.xml', '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'),
    'undefined entity',
  ],
  repeated: [
    () => workbook({ h: repeat('<row><c t="s"><v>0</v></c></row>', 3 * MIB) }, { 'xl/sharedStrings.xml': `<sst><si><t>${'z'.repeat(900)}</t></si></sst>` }),
    'more than 16 MiB of text',
  ],
  referenced: [
    () => workbook({ h: `${HEADER}${repeat('<row><c t="s"><v>0</v></c></row>', 15 * MIB)}` }, { 'xl/sharedStrings.xml': '<sst><si><t>NVDA</t></si></sst>' }),
    '100,001 rows and 8 columns',
  ],
  strings: [() => strings(repeat('<si><t>abc</t></si>', 15 * MIB)), 'the header belongs to no known format'],
  empty: [() => strings(repeat('<si/>', 15 * MIB)), 'more than 1,000,000 shared strings'],
  cells: [
    () => sheet(HEADER + numbered((n) => `<row>${`<c><v>${n}.5</v></c>`.repeat(14)}</row>`, 50_000)),
    'more columns than the header',
  ],
  corner: [() => sheet('<row><c r="XFC1048574"><v>6</v></c></row>'), '1,048,574 rows and 16,383 columns'],
} // prettier-ignore

/** Prints the peak of the memory in kilobytes on stderr. Node takes double quotes and blanks in NODE_OPTIONS for its own. */
const REPORT =
  'data:text/javascript,process.on(`exit`,()=>process.stderr.write(`${process.resourceUsage().maxRSS}`))'

describe('a file made to fill the memory', async () => {
  const db = await testDatabase(import.meta.url)

  test.each(Object.keys(HOSTILE))(
    '(%s) is refused with its reason, within seconds and 200 MB',
    async (name) => {
      const [bytes, message] = HOSTILE[name]!
      await writeFiles({ 'spy_holdings.xlsx': bytes() }, folder)
      const start = performance.now()
      const { stdout, stderr } = await runCli(['load', 'etfs', `${folder}/spy_holdings.xlsx`, '--json'], {
        env: { DATABASE_URL: db.url, NODE_OPTIONS: `--import ${REPORT}` },
      })
      const { files } = JSON.parse(stdout) as LoadResult
      expect(files[0]?.problem?.message).toContain(message)
      expect(files[0]?.problem?.remedy).toBeTruthy()
      expect(Number(stderr) / 1024).toBeLessThan(200)
      expect(performance.now() - start).toBeLessThan(30_000)
    },
  )
})
