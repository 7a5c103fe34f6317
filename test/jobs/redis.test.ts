import { afterEach, beforeEach, expect, test } from 'vitest'
import { subscribe, type Message, type Subscriber } from '../relay/support.js'
import {
  startRedis,
  startService,
  testDatabase,
  type TestDatabase,
  type TestService,
} from '../support/index.js'
import { changedMarket, ended, holdUp, trigger, untilHeldUp } from './support.js'

let db: TestDatabase
let service: TestService
let subscriber: Subscriber

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  await changedMarket(db)
  // Skip the events of setting up the market.
  await db.query('UPDATE universe_events SET published_at = now()')
  const redis = await startRedis()
  subscriber = await subscribe(redis.url)
  service = await startService(db, { relay: { redisUrl: redis.url } })
})

afterEach(async () => {
  subscriber.close()
  await service.close()
})

const CHANNELS = {
  triggered: 'tickstock:cache:sync_triggered',
  progress: 'tickstock:cache:sync_progress',
  complete: 'tickstock:cache:sync_complete',
}

function on(channel: string): Message[] {
  return subscriber.received.filter((one) => one.channel === channel).map(({ message }) => message)
}

function chain(): Message[] {
  const all = [...new Map(subscriber.received.map(({ message }) => [message.seq, message])).values()]
  expect(all.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq).sort((a, b) => a - b))
  expect(all.slice(1).map(({ prev_seq }) => prev_seq)).toEqual(all.slice(0, -1).map(({ seq }) => seq))
  return all
}

test('triggered is on Redis before the run, progress while it goes on, completed after it', async () => {
  const client = await db.client()
  await client.query(`BEGIN; SELECT lock_universes('the load')`)
  const job = await trigger(service.url)
  await expect.poll(() => on(CHANNELS.triggered)).toHaveLength(1)
  expect(on(CHANNELS.triggered)[0]).toMatchObject({
    event: 'cache_sync_triggered',
    payload: { job_id: job, status: 'queued', mode: 'full', triggered_by: 'universes serve' },
  })
  expect(subscriber.received).toHaveLength(1)

  const release = await holdUp(db)
  await client.query('COMMIT')
  await untilHeldUp(db)
  const percents = (): unknown[] => on(CHANNELS.progress).map(({ payload }) => payload['percent'])
  await expect.poll(percents).toEqual([0, 20, 40, 60, 80])
  expect(on(CHANNELS.progress).every(({ payload }) => payload['job_id'] === job)).toBe(true)
  expect(on(CHANNELS.complete)).toEqual([])

  await release()
  await expect.poll(() => on('cache_updates')).toHaveLength(1)
  expect(on(CHANNELS.complete)).toEqual(on('cache_updates'))
  const run = await ended(db, job)
  expect(on(CHANNELS.complete)[0]!.payload).toMatchObject({
    job_id: job,
    status: 'completed',
    mode: 'full',
    total_changes: run.total_changes,
    universes_updated: run.changes.length,
  })
  const events = chain().map(({ event }) => event)
  expect(events.slice(0, 6)).toEqual([
    'cache_sync_triggered',
    ...Array.from({ length: 5 }, () => 'cache_sync_progress'),
  ])
  expect(events.slice(6, -1).every((event) => ['universe_updated', 'alert'].includes(event))).toBe(true)
  expect(events.at(-1)).toBe('cache_sync_completed')
})

test('a dry run ends on the progress channel, and tells nobody to look again', async () => {
  const job = await trigger(service.url, { dry_run: true })
  await expect.poll(() => on(CHANNELS.progress).at(-1)?.payload['status']).toBe('completed')
  const run = await ended(db, job)
  expect(on(CHANNELS.progress).at(-1)!.payload).toEqual({
    job_id: job,
    mode: 'full',
    status: 'completed',
    dry_run: true,
    percent: 100,
    error: null,
    total_changes: run.total_changes,
    universes_updated: run.changes.length,
    duration_seconds: expect.any(Number) as number,
  })
  expect(run.total_changes).toBeGreaterThan(0)
  expect(new Set(chain().map(({ event }) => event))).toEqual(
    new Set(['cache_sync_triggered', 'cache_sync_progress']),
  )
})

test('a failure reaches administrators, and ends on the progress channel', async () => {
  await db.query('ALTER TABLE cache_entries ADD CONSTRAINT nothing_new CHECK (false) NOT VALID')
  const job = await trigger(service.url)
  await expect.poll(() => on(CHANNELS.progress).at(-1)?.payload['status']).toBe('failed')
  expect(on(CHANNELS.progress).at(-1)!.payload).toMatchObject({
    job_id: job,
    percent: null,
    error: { sqlstate: '23514' },
  })
  expect(on('admin_notifications')).toMatchObject([{ event: 'sync_failed', payload: { job_id: job } }])
  expect(on(CHANNELS.complete)).toEqual([])
  chain()
})
