import { beforeAll, expect, test } from 'vitest'
import { startService, testDatabase, type TestService } from '../support/index.js'
import { loadInto, writeFiles } from '../load/files.js'
import { form, upload, type UploadAnswer } from './uploads.js'

const db = await testDatabase(import.meta.url)
let service: TestService
let ids: string[]

interface History {
  total: number
  limit: number
  offset: number
  loads: Record<string, unknown>[]
}

const symbols = Array.from({ length: 150 }, (_, index) => `S${String(index).padStart(3, '0')}`)

beforeAll(async () => {
  service = await startService(db)
  const folder = await writeFiles({
    'mine.csv': ['symbol', ...symbols].join('\n'),
    'more/mine.csv': ['symbol', ...symbols.slice(30), 'NEW'].join('\n'),
    'Bad Name.csv': 'symbol\nAAPL\n',
    'symbols.csv': ['symbol', 'AAPL', 'NEW', ...symbols].join('\n'),
  })
  const lists = { kind: 'universes', paths: [`${folder}/mine.csv`, `${folder}/Bad Name.csv`] } as const
  ids = [
    (await loadInto(db, { kind: 'symbols', paths: [`${folder}/symbols.csv`] })).id,
    (await loadInto(db, { ...lists, dryRun: true })).id,
    (await loadInto(db, lists)).id,
    (await loadInto(db, { ...lists, environment: 'elsewhere' })).id,
    (await loadInto(db, { kind: 'universes', paths: [`${folder}/more/mine.csv`] })).id,
  ]
  ids.push((await upload(service, form({ 'mine.csv': 'symbol\nS001\n' }, { kind: 'universes' }))).answer.id)
})

async function history(query = ''): Promise<History> {
  const response = await service.get(`/api/loads${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as History
}

test('the history lists the loads of the environment, the latest first, in numbers', async () => {
  const { total, limit, offset, loads } = await history()
  expect([total, limit, offset]).toEqual([5, 20, 0])
  expect(loads.map(({ id }) => id)).toEqual([5, 4, 2, 1, 0].map((index) => ids[index]))
  expect(loads[2]).toEqual({
    id: ids[2],
    kind: 'universes',
    mode: 'incremental',
    dry_run: false,
    force: false,
    triggered_by: 'universes load',
    started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    finished_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    duration_seconds: expect.any(Number) as number,
    total_changes: 150,
    files: { total: 2, loaded: 1, unchanged: 0, held: 0, rejected: 1 },
    universes_updated: 1,
    universes_held: 0,
  })
  expect(loads[0]).toMatchObject({ triggered_by: 'universes serve', universes_updated: 0, universes_held: 1 })
  expect(loads[3]).toMatchObject({ dry_run: true, total_changes: 150 })
  expect(loads[4]).toMatchObject({ kind: 'symbols', total_changes: 152, universes_updated: 0 })
})

test('page by page', async () => {
  expect(await history('?limit=2&offset=1')).toMatchObject({ total: 5, limit: 2, offset: 1, loads: [{ id: ids[4] }, { id: ids[2] }] })
  expect((await history('?offset=5')).loads).toEqual([])
  for (const query of ['?limit=0', '?limit=10001', '?limit=x', '?offset=-1', '?page=2'])
    expect([query, (await service.get(`/api/loads${query}`)).status]).toEqual([query, 400])
}) // prettier-ignore

test('one load with the results of its files, and the symbols that came and went', async () => {
  const one = async (id: string, query = ''): Promise<UploadAnswer> =>
    (await (await service.get(`/api/loads/${id}${query}`)).json()) as UploadAnswer
  const first = await one(ids[2]!)
  expect(first.files.map(({ name, status }) => [name, status])).toEqual([
    ['mine.csv', 'loaded'], ['Bad Name.csv', 'rejected'],
  ]) // prettier-ignore
  expect(first.files[1]?.problem).toEqual({ message: 'not the name of a universe file', remedy: 'Rename it to bad_name.csv.' })
  expect(first.changes).toMatchObject([{ name: 'mine', added: 150, added_symbols: symbols.slice(0, 100), removed_symbols: [] }])

  const [change] = (await one(ids[4]!)).changes
  expect(change).toMatchObject({ added: 1, added_symbols: ['NEW'], removed: 30, removed_symbols: symbols.slice(0, 30) })
  const [short] = (await one(ids[4]!, '?symbols=2')).changes
  expect(short).toMatchObject({ removed: 30, removed_symbols: ['S000', 'S001'] })
  const [none] = (await one(ids[4]!, '?symbols=0')).changes
  expect(none).toMatchObject({ added: 1, added_symbols: [], removed_symbols: [] })
  expect((await one(ids[0]!)).changes).toEqual({ inserted: 152, updated: 0 })
}) // prettier-ignore

test('an unknown load is 404, what is no id 400', async () => {
  const missing = await service.get('/api/loads/00000000-0000-4000-8000-000000000000')
  expect(missing.status).toBe(404)
  expect(await missing.json()).toMatchObject({
    code: 'UV003',
    hint: expect.stringMatching(/load_runs/) as string,
  })
  expect((await service.get('/api/loads/last')).status).toBe(400)
  expect((await service.get(`/api/loads/${ids[0]}?symbols=-1`)).status).toBe(400)
})
