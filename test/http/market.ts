import { expect, vi } from 'vitest'
import type { Constituent, GroupInfo } from '../../src/cache/index.js'
import { loadFunds } from '../cache/relationship-support.js'
import type { TestDatabase, TestService } from '../support/index.js'

/** A page of members as the service answers. */
export interface Members extends Pick<GroupInfo, 'type' | 'name' | 'title' | 'weight_sum'> {
  environment: string
  at: string | null
  version: string | null
  total: number
  limit: number
  offset: number
  next: string | null
  members: (Constituent & { place: number })[]
}

/** A problem document. */
export interface ProblemBody {
  type: string
  status: number
  title: string
  detail: string
  hint?: string
  code?: string
  errors?: { path: string; message: string }[]
}

/** The JSON of an answer that must be 200. */
export async function json<Document>({ get }: Pick<TestService, 'get'>, path: string): Promise<Document> {
  const response = await get(path)
  const text = await response.text()
  expect(response.status, `${path}: ${text}`).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  return JSON.parse(text) as Document
}

/** The problem of an answer that must have this status. */
export async function problemOf(
  { get }: Pick<TestService, 'get'>,
  path: string,
  status: number,
): Promise<ProblemBody> {
  const response = await get(path)
  const text = await response.text()
  expect(response.status, `${path}: ${text}`).toBe(status)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  return JSON.parse(text) as ProblemBody
}

/** Waits until the cache of a service has taken every event into account and is fresh. */
export async function caughtUp({ service }: TestService, db: Pick<TestDatabase, 'query'>): Promise<void> {
  const [row] = await db.query<{ seq: number }>(
    'SELECT coalesce(max(seq), 0)::integer AS seq FROM universe_events',
  )
  const wanted = [row!.seq, null]
  await vi.waitFor(() => expect([service.cache.statistics().seq, service.cache.stale]).toEqual(wanted), {
    timeout: 30_000,
    interval: 5,
  })
}

/** Six symbols, one of which would be a formula, and two funds. */
export async function smallMarket(db: TestDatabase): Promise<void> {
  await db.query(
    `INSERT INTO symbols (symbol, name, type, market_cap, active) VALUES
       ('AAA', 'Alpha, Inc.', 'CS', 500, true), ('BBB', '=HYPERLINK("x")', 'CS', 400, true), ('BRK.B', 'Beta "B"', 'CS', 300, true),
       ('CCC', '-1+1;=2', 'CS', NULL, true), ('DDD', 'Delta 漢字', 'CS', 100, true), ('GONE', 'Gone Corp.', 'CS', 900, false)`,
  )
  await loadFunds(db, { spy: 'AAA,40 BBB,30 CCC,20 BRK.B,5 DDD,5', qqq: 'AAA,60 DDD,40' })
}
