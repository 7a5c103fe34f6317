import { Redis } from 'ioredis'
import pg from 'pg'
import { SEARCH_PATH } from './search-path.js'

// Minimum to forward a notification to Redis: LISTEN and PUBLISH in a separate process, without outbox and guarantees.
const redis = new Redis(process.env['REDIS_URL'] ?? '')
const client = new pg.Client({ connectionString: process.env['DATABASE_URL'], options: SEARCH_PATH })
await client.connect()
client.on('notification', ({ payload }) => {
  void redis.publish(process.env['BENCH_CHANNEL'] ?? '', payload ?? '')
})
await client.query('LISTEN bench')
process.once('SIGTERM', () => process.exit(0))
