import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventStream } from '../../src/jobs/event-stream.js'
import type { JobEvent } from '../../src/jobs/watch.js'
import { run } from '../refresh/market.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { follow, type Follower } from './event-stream.js'
import {
  accepted,
  breakRefresh,
  changedMarket,
  ended,
  holdUp,
  movePrice,
  outboxOf,
  tidyUp,
  untilHeldUp,
} from './support.js'

let db: TestDatabase
let service: TestService

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await changedMarket(db)
  service = await startService(db, { limits: { streams: 60 }, graceMs: 2_000 })
})

beforeEach(() => movePrice(db))

afterEach(async () => {
  await expect.poll(() => db.query('SELECT 1 FROM waiting_jobs')).toEqual([])
})

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const ALL = ['triggered', ...Array.from({ length: 5 }, () => 'progress'), 'completed']

const open = (job: string, last?: string): Promise<Follower> => follow(service.url, job, last)

describe('the stream of a job', () => {
  it('tells everything in order, as it happens, and ends', async () => {
    const release = await holdUp(db)
    const job = await accepted(db)
    const stream = await open(job)
    expect(stream.status).toBe(200)
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers.get('cache-control')).toBe('no-store')
    expect(stream.headers.get('x-accel-buffering')).toBe('no')
    await expect.poll(() => stream.names()).toEqual(ALL.slice(0, 6))
    expect(stream.events.map(({ data }) => data['percent'])).toEqual([undefined, 0, 20, 40, 60, 80])
    await release()
    await stream.ended
    expect(stream.names()).toEqual(ALL)
    expect(stream.events.at(-1)!.data).toMatchObject({
      job_id: job,
      status: 'completed',
      percent: 100,
      error: null,
    })
    expect(stream.events.map(({ id }) => id)).toEqual((await outboxOf(db, job)).map(({ seq }) => seq))
  })

  it('resumes after Last-Event-ID: nothing twice, nothing missing', async () => {
    const release = await holdUp(db)
    const job = await accepted(db)
    const first = await open(job)
    await expect.poll(() => first.names()).toEqual(ALL.slice(0, 6))
    first.leave()
    const second = await open(job, first.events[2]!.id)
    await expect.poll(() => second.events).toEqual(first.events.slice(3))
    await release()
    await second.ended
    expect(second.names()).toEqual(ALL.slice(3))
  })

  it('tells a late joiner everything, and its end to whoever had it already', async () => {
    const job = await accepted(db)
    await ended(db, job)
    const late = await open(job)
    await late.ended
    expect([late.names()[0], late.names().at(-1)]).toEqual(['triggered', 'completed'])
    const again = await open(job, late.events.at(-1)!.id)
    await again.ended
    expect(again.events).toEqual(late.events.slice(-1))
    const confused = await open(job, 'yesterday')
    await confused.ended
    expect(confused.events).toEqual(late.events)
  })

  it('of last week, whose events are purged, is its end', async () => {
    const job = await accepted(db)
    await ended(db, job)
    await db.query('DELETE FROM universe_events')
    const stream = await open(job)
    await stream.ended
    expect(stream.events).toEqual([
      {
        id: '0',
        event: 'completed',
        data: expect.objectContaining({ job_id: job, status: 'completed' }) as object,
      },
    ])
  })

  it('of a failure ends with failed, its message and remedy', async () => {
    await breakRefresh(db)
    const job = await accepted(db)
    const stream = await open(job)
    await stream.ended
    expect(stream.names().filter((name) => name !== 'progress')).toEqual(['triggered', 'failed'])
    expect(stream.events.at(-1)!.data).toMatchObject({ status: 'failed', error: { sqlstate: '23514' } })
    await tidyUp(db)
  })

  it('of a dry run ends with completed', async () => {
    const job = await accepted(db, { dryRun: true })
    const stream = await open(job)
    await stream.ended
    expect(stream.events.at(-1)).toMatchObject({
      event: 'completed',
      data: { dry_run: true, status: 'completed' },
    })
  })

  it('goes to 50 at a time', async () => {
    const release = await holdUp(db)
    const job = await accepted(db)
    const streams = await Promise.all(Array.from({ length: 50 }, () => open(job)))
    await expect.poll(() => streams.every(({ events }) => events.length === 6)).toBe(true)
    await release()
    await Promise.all(streams.map(({ ended: over }) => over))
    expect(streams.every(({ events }) => events.at(-1)!.event === 'completed')).toBe(true)
  })

  it('of an unknown job is 404, of what is no id 400', async () => {
    expect((await open(NOWHERE)).status).toBe(404)
    expect((await open('last')).status).toBe(400)
  })
})

describe('the stream of a run of the command line', () => {
  it('waits for its end, whatever the environment', async () => {
    const client = await db.client()
    await client.query('BEGIN')
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM refresh_universes(p_environment => 'TEST')`,
    )
    const stream = await open(rows[0]!.id)
    await client.query('COMMIT')
    await stream.ended
    expect(stream.names()).toEqual(['completed'])
  })

  it('is its end when it is over', async () => {
    const { id } = await run(db, { dryRun: true })
    const stream = await open(id)
    await stream.ended
    expect(stream.names()).toEqual(['completed'])
  })

  it('ends with failed when the run was ended without a trace', async () => {
    const client = await db.client()
    await client.query('BEGIN')
    const { rows } = await client.query<{ id: string }>('SELECT id FROM refresh_universes()')
    const stream = await open(rows[0]!.id)
    await client.query('ROLLBACK')
    await stream.ended
    expect(stream.events).toMatchObject([
      { event: 'failed', data: { status: 'failed', error: { sqlstate: 'UV003' } } },
    ])
  })
})

describe('streams', () => {
  it('beyond the limit are refused with 503; whoever goes makes room', async () => {
    const small = await startService(db, { limits: { streams: 2 }, graceMs: 2_000 })
    const openThere = (job: string): Promise<Follower> => follow(small.url, job)
    const release = await holdUp(db)
    const job = await accepted(db)
    const [one, two] = [await openThere(job), await openThere(job)]
    const third = await openThere(job)
    expect(third.status).toBe(503)
    expect(third.headers.get('retry-after')).toBe('5')
    one.leave()
    await expect.poll(async () => (await openThere(job)).status, { timeout: 20_000 }).toBe(200)
    await untilHeldUp(db)
    await release()
    await two.ended
    await expect.poll(async () => (await openThere(job)).status).toBe(200)
  })

  it("that are refused take nobody's place", async () => {
    const small = await startService(db, { limits: { streams: 1 }, graceMs: 2_000 })
    const openThere = (job: string): Promise<Follower> => follow(small.url, job)
    for (let n = 0; n < 5; n++) expect((await openThere(NOWHERE)).status).toBe(404)
    const job = await accepted(db)
    expect((await openThere(job)).status).toBe(200)
  })

  it('end when the service does, which waits for the job', async () => {
    const ending = await startService(db)
    const release = await holdUp(db)
    const job = await accepted(db)
    const stream = await follow(ending.url, job)
    await expect.poll(() => stream.events.length).toBe(6)
    const closing = ending.close()
    await stream.ended
    expect(stream.names()).not.toContain('completed')
    await release()
    await closing
    expect(await ended(db, job)).toMatchObject({ status: 'completed' })
  })

  it('of clients that go in the middle all make room, however many and however often', async () => {
    const release = await holdUp(db)
    const job = await accepted(db)
    const openAndLeave = async (): Promise<number> => {
      const streams = await Promise.all(Array.from({ length: 60 }, () => open(job)))
      for (const stream of streams) stream.leave()
      return streams.filter(({ status }) => status === 200).length
    }
    for (let round = 0; round < 4; round++) await expect.poll(openAndLeave, { timeout: 20_000 }).toBe(60)
    await release()
    await ended(db, job)
  })
})

describe('a stream on which nothing happens', () => {
  it('says now and then that it is there', async () => {
    let finish: (() => void) | undefined
    const over = new Promise<void>((resolve) => (finish = resolve))
    async function* events(): AsyncGenerator<JobEvent, void> {
      yield { seq: '1', event: 'triggered', payload: { text: 'line one\nline two' } }
      await over
      yield { seq: '2', event: 'completed', payload: {} }
    }
    const sent: string[] = []
    for await (const text of eventStream(events(), 20)) {
      sent.push(text)
      if (sent.length === 5) finish?.()
    }
    expect(sent.slice(0, 5)).toEqual([
      'retry: 2000\n\n',
      'id: 1\nevent: triggered\ndata: {"text":"line one\\nline two"}\n\n',
      ...Array.from({ length: 3 }, () => ': still here\n\n'),
    ])
    expect(sent.at(-1)).toBe('id: 2\nevent: completed\ndata: {}\n\n')
  })
})
