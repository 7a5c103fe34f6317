import { afterAll, expect, test } from 'vitest'
import { loadInChild, type LoadJob } from '../../src/http/uploads/load-child.js'
import { removeFolder, testDatabase } from '../support/index.js'
import { members, writeFiles } from '../load/files.js'

const db = await testDatabase(import.meta.url)
const rows = Array.from({ length: 400_000 }, (_, index) => `S${index},0.00024`)
const folder = await writeFiles({
  'big_holdings.csv': ['symbol,weight', ...rows].join('\n'),
  'spy_holdings.csv': 'symbol\nAAPL\n',
})
afterAll(() => removeFolder(folder))

const job = (name: string, more: Partial<LoadJob> = {}): LoadJob => ({
  kind: 'etfs',
  connection: { url: db.url },
  paths: [`${folder}/${name}_holdings.csv`],
  symbols: 1,
  ...more,
})
const never = new AbortController().signal
const loading = (): Promise<unknown[]> =>
  db.query(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg-universes load: etfs'",
  )

test('the document of the load comes back', async () => {
  const document = JSON.parse(await loadInChild(job('spy', { triggeredBy: 'test' }), never)) as object
  expect(document).toMatchObject({
    triggered_by: 'test',
    changes: [{ name: 'SPY', added_symbols: ['AAPL'] }],
  })
})

test('errors come back with code, detail and remedy', async () => {
  const holder = await db.client()
  await holder.query("BEGIN; SELECT lock_universes('the test')")
  await expect(loadInChild(job('spy'), never)).rejects.toMatchObject({
    code: 'UV001',
    detail: expect.stringMatching(/^Running: process \d+/) as string,
    hint: 'Try again when it has finished; nothing was changed.',
  })
  await holder.query('ROLLBACK')
  await expect(loadInChild(job('none'), never)).rejects.toMatchObject({ exitCode: 2 })
  const nowhere = { connection: { url: 'postgres://nobody@127.0.0.1:1/none' } }
  await expect(loadInChild(job('spy', nowhere), never)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a load that takes too long is ended, and nothing of it stays', async () => {
  const most = { heapMb: 256, milliseconds: 1_500 }
  await expect(loadInChild(job('big', { environment: 'late' }), never, most)).rejects.toMatchObject({
    status: 504,
  })
  await expect.poll(loading, { timeout: 20_000 }).toEqual([])
  expect(await members(db, 'late')).toEqual({})
})

test('one that takes too much memory, too', async () => {
  const most = { heapMb: 4, milliseconds: 60_000 }
  await expect(loadInChild(job('big', { environment: 'fat' }), never, most)).rejects.toMatchObject({
    status: 422,
  })
  await expect.poll(loading, { timeout: 20_000 }).toEqual([])
  expect(await members(db, 'fat')).toEqual({})
})

test('abort ends it in the middle, and PostgreSQL undoes it and lets go of the lock', async () => {
  const gone = new AbortController()
  const running = loadInChild(job('big', { environment: 'gone' }), gone.signal)
  await expect.poll(loading, { timeout: 60_000 }).toHaveLength(1)
  gone.abort(new Error('the client has gone'))
  await expect(running).rejects.toThrow('the client has gone')
  await expect.poll(loading, { timeout: 20_000 }).toEqual([])
  expect(await members(db, 'gone')).toEqual({})
  await expect(loadInChild(job('spy'), gone.signal)).rejects.toThrow('the client has gone')
})
