import { Redis } from 'ioredis'
import pg from 'pg'

// The least that can bring a notification to Redis: LISTEN and PUBLISH, no outbox, no guarantee. A process of its own.
const redis = new Redis(process.env['REDIS_URL'] ?? '')
const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] })
await client.connect()
client.on('notification', ({ payload }) => {
  void redis.publish(process.env['BENCH_CHANNEL'] ?? '', payload ?? '')
})
await client.query('LISTEN bench')
process.once('SIGTERM', () => process.exit(0))
