import { expect } from 'vitest'
import { examine } from '../../src/doctor/doctor.js'
import type { Finding } from '../../src/doctor/finding.js'
import type { DoctorOptions } from '../../src/doctor/installation.js'
import type { TestDatabase } from '../support/index.js'
import { completed, listSmallMarket } from '../refresh/market.js'

/** Examines an installation in schema public; without Redis unless given, as the environment may set REDIS_URL. */
export async function findings(url: string, options: DoctorOptions = {}): Promise<Finding[]> {
  const all = await examine({ url, schema: 'public', redisUrl: '', ...options })
  return options.redisUrl === undefined ? all.filter(({ check }) => check !== 'redis') : all
}

/** Runs one check. */
export async function findingOf(url: string, check: string, options: DoctorOptions = {}): Promise<Finding> {
  const found = (await findings(url, { ...options, only: [check] })).find(
    (finding) => finding.check === check,
  )
  if (!found) throw new Error(`there is no check ${check}`)
  return found
}

/** Runs the SQL statements of a remedy; skips shell commands. */
export async function pasteSql(db: Pick<TestDatabase, 'query'>, remedy: string): Promise<void> {
  const statements = remedy.split('\n').filter((line) => line.endsWith(';'))
  expect(statements.length, remedy).toBeGreaterThan(0)
  for (const statement of statements) await db.query(statement)
}

/** Makes every check pass: a small market, refreshed, analyzed, and with every event published. */
export async function makeHealthy(db: TestDatabase): Promise<void> {
  await listSmallMarket(db)
  await completed(db)
  await db.query('UPDATE universe_events SET published_at = now()')
  await db.query('ANALYZE')
}
