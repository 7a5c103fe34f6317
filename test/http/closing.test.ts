import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { startService, testDatabase } from '../support/index.js'

it(
  'ends as soon as the last answer is sent, whoever keeps a connection open',
  { timeout: 60_000 },
  async () => {
    const db = await testDatabase(import.meta.url)
    // Longer than this test may take: a connection that is waited for fails it.
    const service = await startService(db, { graceMs: 600_000 })
    const { hostname, port } = new URL(service.url)
    const silent = connect(Number(port), hostname)
    await new Promise((open) => silent.once('connect', open))
    const blocker = await db.client()
    await blocker.query('BEGIN; LOCK TABLE sync_runs IN ACCESS EXCLUSIVE MODE')
    // fetch keeps its connection for the next request.
    const answer = service.get('/api/processing/cache-sync/history')
    const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%run_history%' AND wait_event_type = 'Lock'`
    await expect.poll(() => db.query(waits), { timeout: 20_000 }).toHaveLength(1)
    const closed = service.close()
    await blocker.query('COMMIT')
    expect((await answer).status).toBe(200)
    await closed
    silent.destroy()
  },
)
