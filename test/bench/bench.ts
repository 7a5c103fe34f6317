import { performance } from 'node:perf_hooks'
import type pg from 'pg'
import type { Pairs, Line } from './report.js'
import type { Servers } from './servers.js'

/** Shared input of all rows. */
export interface Bench {
  servers: Servers
  /** Smaller sizes and fewer repetitions. */
  quick: boolean
  log(this: void, text: string): void
}

/** A group of lines that are measured together. */
export interface Row {
  name: string
  run(this: void, bench: Bench): Promise<Line[]>
}

/** Returns the duration of `work` in milliseconds. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** One side of a comparison; `before` and `after` are not timed. */
export interface Side {
  before?: () => Promise<unknown>
  run: () => Promise<unknown>
  after?: () => Promise<unknown>
}

/** Measures floor, ours, floor, ours ... `rounds` times, after `warmUp` rounds that do not count. */
export async function interleave(floor: Side, ours: Side, rounds: number, warmUp = 1): Promise<Pairs> {
  const pairs: Pairs = { floor: [], ours: [] }
  for (let round = -warmUp; round < rounds; round++) {
    const floorTime = await timeSide(floor)
    const ourTime = await timeSide(ours)
    if (round < 0) continue
    pairs.floor.push(floorTime)
    pairs.ours.push(ourTime)
  }
  return pairs
}

async function timeSide({ before, run, after }: Side): Promise<number> {
  await before?.()
  const taken = await time(run)
  await after?.()
  return taken
}

/** Returns the bytes of write-ahead log written while `work` runs; the server must be otherwise idle. */
export async function walOf(client: pg.Client, work: () => Promise<unknown>): Promise<number> {
  const position = async (): Promise<string> =>
    (await client.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn')).rows[0]!.lsn
  const start = await position()
  await work()
  const { rows } = await client.query<{ bytes: string }>(
    'SELECT pg_current_wal_insert_lsn() - $1::pg_lsn AS bytes',
    [start],
  )
  return Number(rows[0]!.bytes)
}
