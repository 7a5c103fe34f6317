import { existsSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { gzipSync } from 'node:zlib'
import { connect } from 'node:net'
import { startService, testDatabase } from '../support/index.js'
import { form, upload, watchTemporaryFiles } from './uploads.js'
import { workbook } from '../support/workbook-file.js'

const left = await watchTemporaryFiles()
const db = await testDatabase(import.meta.url)
const MEBIBYTE = 1024 * 1024
const service = await startService(db, { limits: { uploadBytes: MEBIBYTE, uploadFiles: 5 } })
const SPY = { 'spy_holdings.csv': 'symbol,weight\nAAPL,60\nMSFT,40\n' }

const loads = async (): Promise<number> =>
  Number((await db.query('SELECT count(*) FROM load_runs'))[0]?.['count'])
let before = await loads()

afterEach(async () => {
  expect(left()).toEqual([])
  before = await loads()
}) // prettier-ignore

/** Refused before anything was loaded. */
async function refused(body: FormData, status: number, message: RegExp): Promise<void> {
  const { status: answered, answer } = await upload(service, body)
  expect([answered, answer.detail]).toEqual([status, expect.stringMatching(message)])
  expect(await loads()).toBe(before)
}

/** Sends a body as it is. */
async function raw(type: string | undefined, body: string | Uint8Array): Promise<[number, string]> {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const response = await service.post('/api/loads', new Uint8Array(bytes), { headers })
  return [response.status, ((await response.json()) as { type: string }).type]
}

const cell = (row: number, place: string): string => `<row r="${row}"><c r="${place}"><v>1</v></c></row>`
const part = (disposition: string, content: string): string =>
  `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`
const MULTIPART = 'multipart/form-data; boundary=x'

test('what is not multipart/form-data is 415', async () => {
  const unsupported = [415, 'urn:pg-universes:unsupported-media-type']
  expect(await raw('application/json', '{}')).toEqual(unsupported)
  expect(await raw('text/csv', SPY['spy_holdings.csv'])).toEqual(unsupported)
  const empty = await service.post('/api/loads')
  expect(empty.status).toBe(415)
})

test('without a file it is 400', async () => {
  await refused(form({}), 400, /holds no file/)
  await refused(form({}, { kind: 'etfs', dry_run: 'true' }), 400, /holds no file/)
  expect(await raw(MULTIPART, '')).toEqual([400, 'urn:pg-universes:no-file'])
})

test.each([
  [{ kind: 'stocks' }, /body\/kind/],
  [{ mode: 'dry-run' }, /body\/mode/],
  [{ dry_run: 'maybe' }, /body\/dry_run/],
  [{ dryrun: 'true' }, /dryrun/],
  [{ etf: 'S P Y' }, /body\/etf/],
  [{ etf: 'SPY', kind: 'universes' }, /body\/etf is for kind etfs only, not for universes/],
  [{ etf: 'x'.repeat(1000) }, /body\/etf is not a text of at most 200 bytes/],
  [{ files: 'symbol\nAAPL\n' }, /body\/files is text/],
])('the field %j is refused', async (fields, message) => {
  await refused(form(SPY, fields), 400, message)
  const first = new FormData()
  for (const [name, value] of Object.entries(fields)) first.append(name, value)
  for (const [, file] of form(SPY)) first.append('files', file)
  await refused(first, 400, message)
})

test('a parameter of the URL is refused: it must not pass for a field', async () => {
  const response = await service.post('/api/loads?dry_run=true', form(SPY))
  expect(response.status).toBe(400)
  expect(await loads()).toBe(before)
})

test('a field twice, a file of another field, and etf with two files', async () => {
  const twice = form(SPY, { kind: 'etfs' })
  twice.append('kind', 'universes')
  await refused(twice, 400, /body\/kind is there twice/)
  const elsewhere = form({})
  elsewhere.append('file', new Blob(['symbol\nAAPL\n']), 'spy_holdings.csv')
  await refused(elsewhere, 400, /body\/file is a file: files belong into the field files/)
  await refused(form({ ...SPY, 'b.csv': 'symbol\n' }, { etf: 'SPY' }), 400, /there are 2/)
})

test('names that are none, too long, hide something, or are there twice', async () => {
  await refused(form({ '': 'symbol\n' }), 400, /a file without a name/)
  await refused(form({ '..': 'symbol\n' }), 400, /a file without a name/)
  await refused(form({ [`${'n'.repeat(250)}.csv`]: 'symbol\n' }), 400, /more than 200 bytes: nnn/)
  await refused(form({ 'spy\u0007_holdings.csv': 'symbol\n' }), 400, /control characters: "spy\\u0007_holdings.csv"/)
  await refused(form({ 'spy_\u202evsc.sgnidloh': 'symbol\n' }), 400, /control characters/)
  await refused(form({ 'a.csv': 'symbol\n', 'A.csv': 'symbol\n' }), 400, /holds the name A.csv twice/)
  await refused(form({ 'x/a.csv': 'symbol\n', 'y\\a.csv': 'symbol\n' }), 400, /holds the name a.csv twice/)
}) // prettier-ignore

test('of a path only the last part counts', async () => {
  const body = part('name="files"; filename="../../../etc/spy_holdings.csv"', SPY['spy_holdings.csv'])
  const fields = part('name="dry_run"', 'true')
  expect(await raw(MULTIPART, `${fields}${body}--x--\r\n`)).toEqual([200, undefined])
  const shell = '$(touch pwned); rm -rf *_holdings.csv'
  const { status, answer } = await upload(service, form({ [shell]: 'symbol\nAAPL\n' }, { etf: 'SPY', dry_run: 'true' }))
  expect([status, answer.files[0]?.name]).toEqual([200, shell])
  expect(existsSync('pwned')).toBe(false)
}) // prettier-ignore

test('bodies that are cut off or no multipart at all', async () => {
  const malformed = [400, 'urn:pg-universes:malformed-multipart']
  const file = part('name="files"; filename="spy_holdings.csv"', 'symbol\nAAPL')
  expect(await raw(MULTIPART, file)).toEqual(malformed)
  expect(await raw(MULTIPART, file.slice(0, 40))).toEqual(malformed)
  expect(await raw(MULTIPART, 'symbol\nAAPL\n')).toEqual(malformed)
  expect((await raw('multipart/form-data', `${file}--x--\r\n`))[0]).toBe(400)
  expect(await loads()).toBe(before)
})

test('too many bytes, files or fields are 413', async () => {
  const big = Buffer.alloc(MEBIBYTE, 'AAPL,1\n')
  await refused(form({ 'a.csv': big.subarray(0, 700_000), 'b.csv': big.subarray(0, 700_000) }), 413, /may have 1 MiB in total/)
  const files = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`${name}.csv`, 'symbol\nAAPL\n']))
  await refused(form(files), 413, /at most 5 files/)
  const fields = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, 'x']))
  await refused(form(SPY, fields), 413, /at most 10 fields/)
}) // prettier-ignore

test('a length that was not stated, or is too much, is found out all the same', async () => {
  const piece = Buffer.alloc(64 * 1024, 'AAPL,1\n')
  function* endless(): Generator<Uint8Array> {
    yield Buffer.from(part('name="files"; filename="a.csv"', '').slice(0, -2))
    for (let sent = 0; sent < 5 * MEBIBYTE; sent += piece.length) yield piece
  }
  const init = { method: 'POST', duplex: 'half', headers: { 'content-type': MULTIPART } }
  const response = await fetch(`${service.url}/api/loads`, {
    ...(init as RequestInit),
    body: ReadableStream.from(endless()) as unknown as NonNullable<RequestInit['body']>,
  })
  expect([response.status, await response.text()]).toEqual([413, expect.stringMatching(/may have 1 MiB/)])

  const stated = await sendHead(`Content-Type: ${MULTIPART}\r\nContent-Length: 999999999`)
  expect(stated).toMatch(/^HTTP\/1\.1 413 /)
})

/** Sends the head of a request and nothing more; returns the head of the answer. */
async function sendHead(headers: string): Promise<string> {
  const { hostname, port, host } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  socket.write(`POST /api/loads HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n\r\n`)
  const [answer] = (await new Promise<Buffer[]>((done) => socket.once('data', (data) => done([data])))) as [Buffer]
  socket.destroy()
  return answer.toString('latin1')
} // prettier-ignore

test('without a place for the files it is 503', async () => {
  const folder = process.env['TMPDIR']!
  process.env['TMPDIR'] = `${folder}/gone`
  await refused(form(SPY), 503, /cannot be stored until they are loaded \(ENOENT\)/)
  process.env['TMPDIR'] = folder
})

test('gzip that unpacks to more than an upload may is 413', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from('symbol,date,close\n'), Buffer.alloc(6 * MEBIBYTE, 'AAPL,2026-01-02,1\n')]))
  expect(bomb.length).toBeLessThan(MEBIBYTE / 10)
  await refused(form({ 'prices.csv.gz': bomb }, { kind: 'prices' }), 413, /may have 5 MiB in total when unpacked/)
  const damaged = await upload(service, form({ 'prices.csv.gz': bomb.subarray(0, 3000) }, { kind: 'prices' }))
  expect([damaged.status, damaged.answer.files[0]?.problem?.message]).toEqual([422, 'the gzip data ends early'])
}) // prettier-ignore

test('files made to take all the time and memory there is are refused like any other, and the service goes on', async () => {
  const columns = Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(',')
  const files = {
    'wide_holdings.csv': `symbol,${columns}\n${'1,'.repeat(10_000)}1\n`,
    'blank_holdings.csv': `${' '.repeat(60_000)}"x,\n`,
    'far.xlsx': workbook({ holdings: `${cell(1, 'A1')}${cell(20_000, 'CW20000')}` }),
    'bomb.xlsx': workbook({ holdings: `<row r="1"><c r="A1"><v>${'0'.repeat(65 * MEBIBYTE)}</v></c></row>` }),
    'slow_holdings.csv': '"'.repeat(60_000),
  }
  const { status, answer } = await upload(service, form(files))
  expect(status).toBe(422)
  expect(answer.files.map(({ name, problem }) => [name, problem?.message])).toEqual([
    ['wide_holdings.csv', 'the header names 10001 columns, at most 200 may be'],
    ['blank_holdings.csv', expect.stringMatching(/./)],
    ['far.xlsx', 'a sheet of the workbook spans 20,000 rows and 101 columns'],
    ['bomb.xlsx', 'the workbook unpacks to more than 16 MiB'],
    ['slow_holdings.csv', expect.stringMatching(/./)],
  ])
  expect((await service.get('/healthz')).status).toBe(200)
}) // prettier-ignore

test('a workbook that hides the place of its cells in entities is refused before they are expanded', async () => {
  const hidden = (row: number): string => `XFD&#${48 + Number(String(row)[0])};${String(row).slice(1)}`
  const rows = Array.from({ length: 20_000 }, (_, row) => cell(row + 1, hidden(row + 1))).join('')
  const { status, answer } = await upload(service, form({ 'odd.xlsx': workbook({ holdings: rows }) }))
  expect([status, answer.type]).toEqual([422, 'urn:pg-universes:files-rejected'])
  expect(answer.files[0]?.problem?.message).toBe('a sheet of the workbook spans 62 rows and 16,384 columns')
  expect((await upload(service, form(SPY, { dry_run: 'true' }))).status).toBe(200)
})
