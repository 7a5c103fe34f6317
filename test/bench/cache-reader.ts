import { RelationshipCache } from '../../src/cache/index.js'

// A reader in a process of its own: after each change it asks for the members of U, and tells which answer it got and when.
const cache = await RelationshipCache.open({ database: { url: process.env['DATABASE_URL'] } })
cache.onChange(() => {
  const weight = cache.etfHoldings('U')?.find(({ symbol }) => symbol === 'S1')?.weight ?? 0
  process.send?.({ n: Math.round(weight * 10_000), at: String(process.hrtime.bigint()) })
})
process.once('SIGTERM', () => void cache.close().then(() => process.exit(0)))
process.send?.({ n: -1, at: '0' })
