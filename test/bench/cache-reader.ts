import { RelationshipCache } from '../../src/cache/index.js'

// Reader in a separate process: looks up the members of U after each change, and reports the result and its time.
const cache = await RelationshipCache.open({ database: { url: process.env['DATABASE_URL'] } })
cache.onChange(() => {
  const weight = cache.etfHoldings('U')?.find(({ symbol }) => symbol === 'S1')?.weight ?? 0
  process.send?.({ n: Math.round(weight * 10_000), at: String(process.hrtime.bigint()) })
})
process.once('SIGTERM', () => void cache.close().then(() => process.exit(0)))
process.send?.({ n: -1, at: '0' })
