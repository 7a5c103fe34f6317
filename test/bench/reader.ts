import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { SEARCH_PATH } from './search-path.js'

/** Measurements of a reader while another session writes. */
export interface Reading {
  reads: number
  /** Reads that had to wait for a lock longer than a few milliseconds. */
  blocked: number
  /** Milliseconds of the slowest read. */
  slowest: number
}

const READS = [
  'SELECT count(*) FROM market_leaders WHERE rank <= 100',
  'SELECT count(*) FROM sector_leaders WHERE rank <= 3',
  `SELECT count(*) FROM market_cap_buckets WHERE band = 'mega_cap'`,
  `SELECT count(*), max(rank) FROM current_members WHERE type = 'MARKET_LEADERS' AND name = 'top_50'`,
]

/** Reads the views and the current members in a loop, on a connection of its own, until it is stopped. */
export async function startReader(url: string): Promise<{ stop(this: void): Promise<Reading> }> {
  const client = new pg.Client({ connectionString: url, options: SEARCH_PATH })
  await client.connect()
  await client.query(`SET lock_timeout = '5ms'; SET statement_timeout = '10s'`)
  const seen: Reading = { reads: 0, blocked: 0, slowest: 0 }
  let stopped = false
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const start = performance.now()
      try {
        await client.query(READS[seen.reads % READS.length]!)
      } catch (error) {
        if ((error as { code?: string }).code !== '55P03') throw error
        seen.blocked++
      }
      seen.reads++
      seen.slowest = Math.max(seen.slowest, performance.now() - start)
    }
  }
  const reading = loop()
  return {
    stop: async () => {
      stopped = true
      await reading
      await client.end()
      return seen
    },
  }
}
