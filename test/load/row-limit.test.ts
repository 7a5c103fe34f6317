import { statSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, expect, test } from 'vitest'
import { loadInto, resultOf, writeFiles, type Files } from './files.js'
import { CanonicalFormat } from '../../src/load/formats/canonical.js'
import { readCanonicalHeader } from '../../src/load/formats/canonical-header.js'
import { readHead, SMALL_BYTES } from '../../src/load/read-file.js'
import type { LoadKind } from '../../src/load/kinds.js'
import type { FileResult } from '../../src/load/result.js'
import { removeFolder, testDatabase } from '../support/index.js'

const db = await testDatabase(import.meta.url)
const folder = await writeFiles({})
afterAll(() => removeFolder(folder))

const limit = (setting: string, rows: number): Promise<unknown> =>
  db.query('UPDATE settings SET value = $2 WHERE name = $1', [setting, rows])

afterEach(async () => {
  await limit('load_max_rows', 1_000_000)
  await limit('load_max_price_rows', 20_000_000)
})

/** Loads files of one kind without keeping anything. */
async function results(kind: LoadKind, files: Files): Promise<FileResult[]> {
  await writeFiles(files, folder)
  const paths = Object.keys(files).map((name) => `${folder}/${name}`)
  return (await loadInto(db, { kind, paths, dryRun: true, mode: 'full' })).files
}

const symbols = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `T${index.toString(36).toUpperCase()}`)
const list = (count: number, end = '\n'): string => `symbol${end}${symbols(count).join(end)}${end}`

test('the limits are settings: for prices a higher one', async () => {
  expect(await db.query(`SELECT name, value, unit FROM settings WHERE name LIKE 'load_max%rows' ORDER BY name`)).toEqual([
    { name: 'load_max_price_rows', value: '20000000', unit: 'rows' },
    { name: 'load_max_rows', value: '1000000', unit: 'rows' },
  ])
}) // prettier-ignore

test.each([
  ['universes', 'load_max_rows', 'symbol\nKO\nPEP\nMCD\nWMT\n'],
  ['themes', 'load_max_rows', 'KO\nPEP\nMCD\nWMT'],
  ['etfs', 'load_max_rows', 'symbol,weight\nKO,25\nPEP,25\nMCD,25\nWMT,25\n'],
  ['sectors', 'load_max_rows', 'symbol,sector\nKO,Energy\nPEP,Energy\nMCD,Energy\nWMT,Energy\n'],
  ['symbols', 'load_max_rows', 'symbol,name\nKO,a\nPEP,b\nMCD,c\nWMT,d\n'],
  ['prices', 'load_max_price_rows', 'symbol,date,close\nKO,2026-03-02,1\nPEP,2026-03-02,2\nMCD,2026-03-02,3\nWMT,2026-03-02,4'],
] as const)('of %s a file with one row more than %s allows is rejected', async (kind, setting, content) => {
  for (const name of kind === 'etfs' ? ['kox_holdings.csv', 'kox_holdings.csv.gz'] : ['kox.csv', 'kox.csv.gz']) {
    const file = { [name]: name.endsWith('.gz') ? gzipSync(content) : content }
    await limit(setting, 4)
    expect((await results(kind, file))[0]?.problem).toBeUndefined()
    await limit(setting, 3)
    expect((await results(kind, file))[0]).toMatchObject({
      status: 'rejected',
      problem: {
        message: `the file has more than 3 rows (setting ${setting})`,
        line: content.startsWith('symbol') ? 5 : 4,
        remedy: `Split it, or raise the limit: UPDATE universes.settings SET value = 6 WHERE name = '${setting}'.`,
      },
    })
  }
}) // prettier-ignore

/** Reads a file as COPY would be fed, with this limit. */
async function readRows(name: string, bytes: string | Buffer, rows: number): Promise<void> {
  await writeFiles({ [name]: bytes }, folder)
  const path = `${folder}/${name}`
  const format = new CanonicalFormat(
    'universes',
    readCanonicalHeader('universes', await readHead(path, 1000)),
  )
  const limit = { rows, setting: 'one', table: 'settings' }
  const { size } = statSync(path)
  const buffer = Buffer.alloc(SMALL_BYTES)
  const { data } = await format.read({ path, bytes: size, buffer, limit, onRead: () => undefined })
  if (!Buffer.isBuffer(data)) for await (const chunk of data) expect(chunk).toBeInstanceOf(Buffer)
}

test.each([
  ['LF', '\n', ''],
  ['CR LF', '\r\n', ''],
  ['CR', '\r', ''],
  ['blank lines at the end', '\n', '\n \n\t\n\n'],
  ['a byte order mark', '\n', '', '\ufeff'],
])('rows are counted exactly, with %s', async (_name, end, tail, start = '') => {
  for (const count of [1, 70_001]) {
    const content = start + list(count, end) + tail
    for (const [name, bytes] of [
      ['long.csv', content],
      ['packed.csv.gz', gzipSync(content)],
    ] as const) {
      await readRows(name, bytes, count)
      await expect(readRows(name, bytes, count - 1)).rejects.toMatchObject({ problem: { line: count + 1 } })
    }
  }
})

test('without its row of settings there is no limit', async () => {
  const seeded = await db.query(`DELETE FROM settings WHERE name = 'load_max_rows' RETURNING *`)
  expect((await results('universes', { 'free.csv.gz': gzipSync(list(2000)) }))[0]).toMatchObject({ rows: 2000 })
  await db.query('INSERT INTO settings SELECT * FROM jsonb_populate_recordset(NULL::settings, $1)', [JSON.stringify(seeded)])
}) // prettier-ignore

test('a small archive of endless rows ends at the limit, and the other files are loaded', async () => {
  // Members of a gzip file follow each other: 150 million rows that nobody has to compress here.
  const rows = gzipSync('T,1\n'.repeat(3_000_000))
  const bomb = Buffer.concat([gzipSync('symbol,weight\n'), ...Array.from({ length: 50 }, () => rows)])
  const start = performance.now()
  const files = { 'big_holdings.csv.gz': bomb, 'pep_holdings.csv': 'symbol,weight\nPEP,99\n' }
  await writeFiles(files, folder)
  const paths = Object.keys(files).map((name) => `${folder}/${name}`)
  const result = await loadInto(db, { kind: 'etfs', paths, environment: 'bomb' })
  expect(performance.now() - start).toBeLessThan(30_000)
  expect(resultOf(result, 'big_holdings.csv.gz').problem).toMatchObject({
    message: 'the file has more than 1,000,000 rows (setting load_max_rows)',
    line: 1_000_002,
  })
  expect(resultOf(result, 'pep_holdings.csv').status).toBe('loaded')
  expect(await db.query('SELECT count(*)::integer AS n FROM staged_members')).toEqual([{ n: 0 }])
})

test.each([
  ['Ticker,Name,Sector,Asset Class,Share\n', 'the header belongs to no known format'],
  ['Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Shares,CUSIP,ISIN,SEDOL,Price,Location,Exchange,Currency,FX Rate,Market Currency,Accrual Date\n', 'the file is longer than 12 MiB'],
])('of an issuer file that unpacks to gigabytes no more is unpacked than is needed: %s', async (head, message) => {
  const rows = gzipSync('PEP,P,Staples,Equity,1,1,1,1,1,1,1,1,1,1,1,1,1,1\n'.repeat(200_000))
  const bomb = Buffer.concat([gzipSync(head), ...Array.from({ length: 400 }, () => rows)])
  const start = performance.now()
  expect((await results('etfs', { 'PEP_holdings.csv.gz': bomb }))[0]?.problem?.message).toBe(message)
  expect(performance.now() - start).toBeLessThan(5000)
}) // prettier-ignore
