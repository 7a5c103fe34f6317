import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { refresh } from '../../src/operations/refresh.js'
import { run } from '../refresh/market.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import {
  accepted,
  changedMarket,
  ended,
  holdUp,
  keptLog,
  movePrice,
  untilHeldUp,
  type Log,
} from './support.js'

let db: TestDatabase
let service: TestService
let log: Log

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await changedMarket(db)
  log = keptLog()
  service = await startService(db, {
    logger: log.logger,
    keys: { read: 'uv_read', operate: 'uv_operate', admin: 'uv_admin' },
  })
})

beforeEach(() => movePrice(db))

afterEach(async () => {
  await expect.poll(() => db.query('SELECT 1 FROM waiting_jobs')).toEqual([])
})

type Json = Record<string, unknown>
const PATH = '/api/processing/cache-sync'
const NOWHERE = '00000000-0000-4000-8000-000000000000'
const READ = { headers: { 'x-api-key': 'uv_read' } }
const OPERATE = { headers: { 'x-api-key': 'uv_operate' } }

async function json(response: Response): Promise<Json> {
  return (await response.json()) as Json
}

async function trigger(body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await service.post(`${PATH}/trigger`, body, OPERATE)
  return { status: response.status, body: await json(response) }
}

async function get(path: string): Promise<{ status: number; body: Json }> {
  const response = await service.get(PATH + path, READ)
  return { status: response.status, body: await json(response) }
}

async function stored(call: string, ...params: unknown[]): Promise<unknown> {
  const [row] = await db.query<{ value: unknown }>(`SELECT ${call} AS value`, params)
  return row!.value
}

const jobs = (): Promise<unknown[]> => db.query('SELECT id FROM sync_jobs ORDER BY requested_at')

describe('POST trigger', () => {
  it('answers 202 at once, and the service runs it', async () => {
    const { status, body } = await trigger({ mode: 'full', append: false, dry_run: false, force: false })
    expect(status).toBe(202)
    expect(body).toEqual({
      success: true,
      mode: 'full',
      message: 'refresh accepted',
      job_id: expect.any(String) as string,
    })
    expect(await ended(db, body['job_id'] as string)).toMatchObject({
      status: 'completed',
      triggered_by: 'key operate',
    })
  })

  it.each([
    ['no body at all', undefined, { mode: 'full', append: false, dry_run: false, force: false }],
    ['an empty object', {}, { mode: 'full', append: false, dry_run: false, force: false }],
    [
      'some of it',
      { mode: 'ipos', dry_run: true },
      { mode: 'ipos', append: false, dry_run: true, force: false },
    ],
    [
      'all of it',
      { mode: 'themes', append: true, dry_run: true, force: true },
      { mode: 'themes', append: true, dry_run: true, force: true },
    ],
  ])('takes %s', async (_what, body, options) => {
    const answer = await trigger(body)
    expect(answer.status).toBe(202)
    expect(await ended(db, answer.body['job_id'] as string)).toMatchObject(options)
  })

  it.each([
    ['an unknown mode', { mode: 'weekly' }, 'body/mode'],
    ['a mode of the command line that is not for callers', { mode: 'changed_sectors' }, 'body/mode'],
    ['a text for a boolean', { append: 'false' }, 'body/append'],
    ['a field that is not known', { dryRun: true }, 'body'],
    ['a list', [], 'body'],
  ])('refuses %s with 400 and asks for nothing', async (_what, body, path) => {
    const before = await jobs()
    const answer = await trigger(body)
    expect(answer).toMatchObject({ status: 400, body: { type: 'urn:pg-universes:validation' } })
    expect((answer.body['errors'] as Json[]).map((error) => error['path'])).toContain(path)
    expect(await jobs()).toEqual(before)
  })

  it('answers 409 with the id of the job that is going', async () => {
    const release = await holdUp(db)
    const first = await trigger({ mode: 'full' })
    await untilHeldUp(db)
    const { status, body } = await trigger()
    expect(status).toBe(409)
    expect(body).toMatchObject({
      type: 'urn:pg-universes:refresh-running',
      status: 409,
      title: 'A refresh is already running',
      job_id: first.body['job_id'],
      mode: 'full',
      detail: expect.stringContaining('key operate') as string,
      hint: expect.stringContaining(`/events/${String(first.body['job_id'])}`) as string,
    })
    await release()
    await ended(db, first.body['job_id'] as string)
    await expect.poll(async () => (await trigger()).status).toBe(202)
  })

  it('answers 409 with the id of a run of the command line', async () => {
    const release = await holdUp(db)
    const running = refresh(await db.client())
    await untilHeldUp(db, '%refresh_universes%')
    const { status, body } = await trigger()
    expect([status, body['mode']]).toEqual([409, null])
    expect(await get(`/status/${String(body['job_id'])}`)).toMatchObject({
      status: 200,
      body: { status: 'running' },
    })
    await release()
    expect((await running).id).toBe(body['job_id'])
  })

  it('of 20 at the same time accepts one', async () => {
    const release = await holdUp(db)
    const answers = await Promise.all(Array.from({ length: 20 }, () => trigger()))
    expect(answers.map(({ status }) => status).sort()).toEqual([
      202,
      ...Array.from({ length: 19 }, () => 409),
    ])
    expect(new Set(answers.map(({ body }) => body['job_id'])).size).toBe(1)
    await release()
  })

  it('leaves a line in the log: which key did what, and which job it became', async () => {
    const { body } = await trigger({ dry_run: true })
    expect(log.lines.find(({ action, job }) => action === 'trigger' && job === body['job_id'])).toMatchObject(
      {
        key: 'operate',
        job: body['job_id'],
        accepted: true,
        mode: 'full',
        dry_run: true,
        level: 30,
      },
    )
  })

  it('needs the scope operate', async () => {
    const before = await jobs()
    expect((await service.post(`${PATH}/trigger`, {}, READ)).status).toBe(403)
    expect((await service.post(`${PATH}/trigger`, {})).status).toBe(401)
    expect(await jobs()).toEqual(before)
  })
})

describe('GET status, history, stats', () => {
  it('status is the document of SQL, nothing left out', async () => {
    const job = await accepted(db, { dryRun: true })
    await ended(db, job)
    const { status, body } = await get(`/status/${job}`)
    expect(status).toBe(200)
    expect(body).toEqual(await stored('job_status($1)', job))
    expect((body['changes'] as Json[])[0]).toHaveProperty('added_symbols')
    expect((body['steps'] as Json[])[0]).toHaveProperty('market_caps_moved')
    const failed = await db.query<{ id: string }>(
      `INSERT INTO sync_jobs (mode, append, dry_run, force, environment, requested_by)
       VALUES ('full', false, false, false, 'TEST', 'x') RETURNING id`,
    )
    await db.query(`SELECT fail_job($1, '{"message": "no", "hint": "yes", "sqlstate": "P0001"}')`, [
      failed[0]!.id,
    ])
    expect((await get(`/status/${failed[0]!.id}`)).body).toEqual(
      await stored('job_status($1)', failed[0]!.id),
    )
  })

  it('status of a job that waits, and that runs', async () => {
    const client = await db.client()
    await client.query(`BEGIN; SELECT lock_universes('the load')`)
    const { body } = await trigger()
    const path = `/status/${String(body['job_id'])}`
    expect(await get(path)).toMatchObject({
      status: 200,
      body: { status: 'queued', percent: 0, triggered_by: 'key operate' },
    })
    const release = await holdUp(db)
    await client.query('COMMIT')
    await untilHeldUp(db)
    expect(await get(path)).toMatchObject({
      status: 200,
      body: { status: 'running', step: 'cache_and_events', percent: 80 },
    })
    await release()
  })

  it('of an unknown job is 404, of what is no id 400', async () => {
    expect(await get(`/status/${NOWHERE}`)).toMatchObject({ status: 404, body: { code: 'UV003' } })
    expect(await get('/status/last')).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'params/job_id' }] },
    })
  })

  it('history is the document of SQL, by pages', async () => {
    await run(db, { dryRun: true })
    expect((await get('/history')).body).toEqual(await stored('run_history()'))
    expect((await get('/history?limit=1&offset=1')).body).toEqual(await stored('run_history(1, 1)'))
  })

  it.each(['limit=0', 'limit=1000000', 'offset=-1', 'limit=ten', 'page=2'])(
    'history refuses %s',
    async (query) => {
      expect((await get(`/history?${query}`)).status).toBe(400)
    },
  )

  it('stats is the document of SQL', async () => {
    const job = await accepted(db)
    await ended(db, job)
    const { status, body } = await get('/stats')
    expect(status).toBe(200)
    expect(body).toEqual(await stored('run_statistics()'))
    expect(body).toMatchObject({ last_run: { job_id: job } })
  })
})
