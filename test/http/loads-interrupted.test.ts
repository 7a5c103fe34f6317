import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { spawnCli, startService, testDatabase, type TestService } from '../support/index.js'
import { members } from '../load/files.js'
import { form, upload, watchTemporaryFiles } from './uploads.js'

const left = await watchTemporaryFiles()
const db = await testDatabase(import.meta.url)
let service: TestService

const SPY = { 'spy_holdings.csv': 'symbol,weight\nAAPL,60\nMSFT,40\n' }
const rows = Array.from({ length: 400_000 }, (_, row) => `S${row},0.00024`)
const BIG = { 'big_holdings.csv': ['symbol,weight', ...rows].join('\n') }
const loadsOf = (): Promise<unknown[]> => db.query('SELECT id FROM load_runs ORDER BY id')
const loading = (): Promise<unknown[]> =>
  db.query(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg-universes load: etfs'",
  )
let before: unknown[]

beforeAll(async () => {
  service = await startService(db)
  await db.query("INSERT INTO symbols (symbol, name, type, active) VALUES ('AAPL', 'Apple', 'CS', true), ('MSFT', 'Microsoft', 'CS', true)")
  before = await loadsOf()
}) // prettier-ignore

afterEach(async () => {
  await expect.poll(left, { timeout: 20_000 }).toEqual([])
  before = await loadsOf()
})

/** Nothing of an upload has stayed, and the next one is taken. */
async function nothingHappened(): Promise<void> {
  await expect.poll(left, { timeout: 20_000 }).toEqual([])
  await expect.poll(loading, { timeout: 20_000 }).toEqual([])
  expect(await loadsOf()).toEqual(before)
  expect(await members(db, 'DEFAULT')).not.toHaveProperty('BIG')
}

/** Begins an upload and leaves it there, with half of a file on its way. */
async function beginUpload(base: string): Promise<Socket> {
  const { hostname, port, host } = new URL(base)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  socket.write(
    [
      'POST /api/loads HTTP/1.1', `Host: ${host}`, 'Content-Length: 10000',
      'Content-Type: multipart/form-data; boundary=x', '', '--x',
      'Content-Disposition: form-data; name="files"; filename="spy_holdings.csv"', '', 'symbol,weight\nAAPL,6',
    ].join('\r\n'),
  ) // prettier-ignore
  return socket
}

test('while a refresh is running an upload is 409, and says who is running', async () => {
  const other = await db.client()
  await other.query('BEGIN')
  await other.query('SELECT refresh_universes()')
  const { rows } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const busy = await upload(service, form(SPY))
  expect([busy.status, busy.answer.type]).toEqual([409, 'urn:pg-universes:busy'])
  expect(busy.answer.detail).toMatch(`Running: process ${rows[0]!.pid}, pg-universes`)
  await nothingHappened()
  await other.query('ROLLBACK')
  expect(await upload(service, form(SPY))).toMatchObject({ status: 200 })
})

test('while an upload is being loaded another one is 409; a refresh that is asked for waits', async () => {
  const first = upload(service, form(BIG, { dry_run: 'true' }))
  await expect.poll(loading, { timeout: 60_000 }).toHaveLength(1)
  const [second, asked] = await Promise.all([
    upload(service, form(SPY)),
    service.post('/api/processing/cache-sync/trigger', {}),
  ])
  expect([second.status, asked.status]).toEqual([409, 202])
  expect(second.answer.detail).toMatch('pg-universes load: etfs')
  expect((await first).status).toBe(200)
  const { job_id } = (await asked.json()) as { job_id: string }
  const status = async (): Promise<unknown> => {
    const answer = await service.get(`/api/processing/cache-sync/status/${job_id}`)
    return ((await answer.json()) as { status: string }).status
  }
  await expect.poll(status, { timeout: 60_000 }).toBe('completed')
})

test('a client that goes away while it sends leaves nothing', async () => {
  const socket = await beginUpload(service.url)
  await expect.poll(left).toHaveLength(1)
  socket.destroy()
  await nothingHappened()
})

test('one that goes away while its files are loaded leaves nothing either', async () => {
  const gone = new AbortController()
  const sending = upload(service, form(BIG), { signal: gone.signal })
  await expect.poll(loading, { timeout: 60_000 }).toHaveLength(1)
  gone.abort()
  await expect(sending).rejects.toThrow(/abort/)
  await nothingHappened()
})

test('a connection to PostgreSQL that breaks is 503, and nothing was loaded', async () => {
  const sending = upload(service, form(BIG))
  await expect.poll(loading, { timeout: 60_000 }).toHaveLength(1)
  await db.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg-universes load: etfs'")
  const { status, answer } = await sending
  expect([status, answer.type]).toEqual([503, 'urn:pg-universes:unavailable'])
  await nothingHappened()
}) // prettier-ignore

test('four uploads at a time are taken in, a fifth is told to wait', async () => {
  const sockets = await Promise.all([1, 2, 3, 4].map(() => beginUpload(service.url)))
  await expect.poll(left).toHaveLength(4)
  const response = await service.post('/api/loads', form(SPY))
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  for (const socket of sockets) socket.destroy()
  await nothingHappened()
  expect(await upload(service, form(SPY, { dry_run: 'true' }))).toMatchObject({ status: 200 })
})

test('the service ends without waiting for files that are still arriving', async () => {
  const other = await startService(db)
  const socket = await beginUpload(other.url)
  await expect.poll(left).toHaveLength(1)
  const answer = once(socket, 'data') as Promise<[Buffer]>
  const closed = other.close()
  expect((await answer)[0].toString()).toMatch(/^HTTP\/1\.1 503 [^]*urn:pg-universes:stopping/)
  socket.destroy()
  await closed
  await nothingHappened()
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s in the middle of an upload leaves no file behind',
  async (signal) => {
    const process = spawnCli(['serve', '--port', '0'], { env: { DATABASE_URL: db.url } })
    const [, url = ''] = await process.waitFor(/listening on (http:\S+)/)
    const socket = await beginUpload(url)
    await expect.poll(left, { timeout: 20_000 }).toHaveLength(1)
    const ended = process.stop(signal)
    await once(socket, 'data')
    socket.destroy()
    expect((await ended).code).toBe(0)
    await nothingHappened()
  },
)

test('a load under way is brought to its end before the service ends', async () => {
  const process = spawnCli(['serve', '--port', '0'], { env: { DATABASE_URL: db.url } })
  const [, url = ''] = await process.waitFor(/listening on (http:\S+)/)
  const some = { 'big_holdings.csv': ['symbol,weight', ...rows.slice(0, 50_000)].join('\n') }
  const sending = fetch(`${url}/api/loads`, { method: 'POST', body: form(some, { dry_run: 'true' }) })
  await expect.poll(loading, { timeout: 60_000, interval: 5 }).toHaveLength(1)
  const ended = process.stop('SIGTERM')
  expect((await sending).status).toBe(200)
  expect((await ended).code).toBe(0)
})

test('150 MB pass through the service and hardly touch its memory', async () => {
  const process = spawnCli(['serve', '--port', '0'], { env: { DATABASE_URL: db.url } })
  const [, url = ''] = await process.waitFor(/listening on (http:\S+)/)
  const peak = await peakMemory(process.pid)
  const warm = peak()
  const piece = Buffer.alloc(256 * 1024, 'AAPL,2026-01-02,1.23\n')
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nprices\r\n')
    yield Buffer.from('--x\r\nContent-Disposition: form-data; name="files"; filename="p.csv"\r\n\r\nno,header\n')
    for (let sent = 0; sent < 150e6; sent += piece.length) yield await Promise.resolve(piece)
    yield Buffer.from('\r\n--x--\r\n')
  }
  const init = { method: 'POST', duplex: 'half', headers: { 'content-type': 'multipart/form-data; boundary=x' } }
  const response = await fetch(`${url}/api/loads`, {
    ...(init as RequestInit),
    body: ReadableStream.from(body()) as unknown as NonNullable<RequestInit['body']>,
  })
  const { files } = (await response.json()) as { files: { problem: { message: string } }[] }
  expect([response.status, files[0]?.problem.message]).toEqual([422, 'the header has no column symbol, date, close'])
  expect(peak() - warm).toBeLessThan(60e6)
  await process.stop()
}) // prettier-ignore

/** Largest resident set of a process so far, in bytes; elsewhere than on Linux nobody knows it. */
async function peakMemory(pid: number): Promise<() => number> {
  const { readFileSync } = await import('node:fs')
  return () => {
    try {
      return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
    } catch {
      return 0
    }
  }
}
