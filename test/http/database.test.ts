import { createServer, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { Database } from '../../src/http/database.js'
import { toProblem } from '../../src/http/responses/problem.js'
import { startService, testDatabase } from '../support/index.js'

const PATIENCE = { timeout: 20_000, interval: 10 }
const HISTORY = '/api/processing/cache-sync/history'

it('a request waits while all connections are in use, and is served when one is free', async () => {
  const db = await testDatabase(import.meta.url)
  const service = await startService(db)
  const { database } = service.service
  const blocker = await db.client()
  await blocker.query('BEGIN; LOCK TABLE sync_runs IN ACCESS EXCLUSIVE MODE')
  const requests = Array.from({ length: 10 }, () => service.get(HISTORY))
  await expect.poll(() => database.usage, PATIENCE).toEqual({ total: 8, idle: 0, waiting: 2 })
  await blocker.query('COMMIT')
  expect((await Promise.all(requests)).map(({ status }) => status)).toEqual(Array(10).fill(200))
  expect(database.usage).toMatchObject({ total: 8, waiting: 0 })
})

it('a request that waits for too long is 503, with a time to try again', async () => {
  const db = await testDatabase(import.meta.url)
  const database = new Database({ url: db.url, schema: 'public' }, { connections: 1, waitMs: 2_000 })
  const blocker = await db.client()
  await blocker.query('SELECT pg_advisory_lock(1)')
  const holding = database.rows('SELECT pg_advisory_lock(1)')
  const error: unknown = await database.rows('SELECT 1').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ message: 'timeout exceeded when trying to connect' })
  expect(toProblem(error)).toMatchObject({
    status: 503,
    slug: 'unavailable',
    headers: { 'retry-after': '2' },
  })
  await blocker.query('SELECT pg_advisory_unlock(1)')
  await holding
  await database.close()
})

it('a connection that cannot be opened has its own limit, below that of the wait', async () => {
  const silent = createServer(() => undefined)
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
  const { port } = silent.address() as AddressInfo
  const database = new Database({ url: `postgres://nobody@127.0.0.1:${port}/nothing` })
  const error: unknown = await database.rows('SELECT 1').catch((thrown: unknown) => thrown)
  // The error of the client: that of the pool would have another message.
  expect(error).toMatchObject({ message: 'timeout expired' })
  expect(toProblem(error)).toMatchObject({ status: 503, slug: 'unavailable' })
  await database.close()
  silent.close()
})
