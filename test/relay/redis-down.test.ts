import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startRedis, testDatabase } from '../support/index.js'
import { distinct, publish, startRelay, subscribe, until, upTo, waiting } from './support.js'

test(
  'Redis is away for 30 seconds while events are written: none is missing afterwards',
  { timeout: 120_000 },
  async () => {
    const db = await testDatabase(import.meta.url)
    const redis = await startRedis()
    const subscriber = await subscribe(redis.url)
    const relay = await startRelay(db, redis.url)
    await publish(db, 100)
    await until(() => subscriber.received.length === 100)
    await redis.stop()
    for (let second = 0; second < 30; second++) {
      await publish(db, 50, 'ipo_assigned', 101 + second * 50)
      await sleep(1_000)
    }
    expect(await waiting(db)).toBeGreaterThan(0)
    // The subscriber must be back before the relay publishes: hold the events until it is.
    const holder = await db.client()
    await holder.query('BEGIN')
    await holder.query('LOCK TABLE universe_events IN ACCESS EXCLUSIVE MODE')
    await redis.start()
    const listening = await subscribe(redis.url)
    await holder.query('COMMIT')
    await until(async () => (await waiting(db)) === 0)
    await until(() => listening.seqs().includes(1_600))
    expect(distinct([...subscriber.seqs().slice(0, 100), ...listening.seqs()])).toEqual(upTo(1_600))
    const { code, stderr } = await relay.stop()
    expect(code).toBe(0)
    expect(stderr.match(/Redis is not available/g)).toHaveLength(1)
    expect(stderr.match(/Redis is available again/g)).toHaveLength(1)
    subscriber.close()
    listening.close()
  },
)
