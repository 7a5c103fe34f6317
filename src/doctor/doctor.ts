import type pg from 'pg'
import { connect } from '../database/connect.js'
import { toUniversesError } from '../errors.js'
import { checkConnection, unreachable } from './connection.js'
import { checkDrift } from './drift.js'
import { checkEvents } from './events.js'
import { toFinding, warn, type CheckResult, type Finding } from './finding.js'
import { checkLastRefresh } from './last-refresh.js'
import { checkLock } from './lock.js'
import { checkMigrations } from './migrations.js'
import { readInstallation, type DoctorOptions, type Installation } from './installation.js'
import { checkPriceIndexes } from './price-indexes.js'
import { checkPrivileges } from './privileges.js'
import { checkRedis } from './redis.js'
import { checkSchedule } from './schedule.js'
import { checkServer } from './server.js'
import { checkSettings } from './settings.js'
import { checkStatistics } from './statistics.js'
import { checkTriggers } from './triggers.js'

/** A server that does not answer within this time counts as unreachable. */
const CONNECT_TIMEOUT_MS = 10_000

type Check = (installation: Installation) => CheckResult | Promise<CheckResult>

/** Checks of any database, in the order of the report. */
const ANYWHERE: readonly [name: string, check: Check][] = [
  ['connection', checkConnection],
  ['server', checkServer],
  ['settings', checkSettings],
  ['migrations', checkMigrations],
]

/** Checks that need an installation. */
const INSTALLED: readonly [name: string, check: Check][] = [
  ['drift', checkDrift],
  ['triggers', checkTriggers],
  ['price-indexes', checkPriceIndexes],
  ['statistics', checkStatistics],
  ['privileges', checkPrivileges],
  ['lock', checkLock],
  ['last-refresh', checkLastRefresh],
  ['schedule', checkSchedule],
  ['events', checkEvents],
]

const REDIS: readonly [name: string, check: Check][] = [['redis', checkRedis]]

/** Names of all checks. */
export const CHECKS = [...ANYWHERE, ...INSTALLED, ...REDIS].map(([name]) => name)

/**
 * Runs the checks and changes nothing. Checks are independent: one that fails to run is reported, and the others still run. An
 * unreachable server is the only finding.
 */
export async function examine(options: DoctorOptions = {}): Promise<Finding[]> {
  let client: pg.Client
  try {
    client = await connect({ applicationName: 'universes doctor', timeoutMs: CONNECT_TIMEOUT_MS, ...options })
  } catch (thrown) {
    return [unreachable(options, thrown)]
  }
  try {
    // A lock held for long is a finding: do not wait for it.
    await client.query(`SET lock_timeout = '5s'; SET statement_timeout = '60s'`)
    return await examineInstallation(await readInstallation(client, options), options.only)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function examineInstallation(installation: Installation, only?: readonly string[]): Promise<Finding[]> {
  const checks = [
    ...ANYWHERE,
    ...(installation.applied.length > 0 ? INSTALLED : []),
    ...(installation.redisUrl === undefined ? [] : REDIS),
  ].filter(([name]) => only === undefined || only.includes(name))
  const findings: Finding[] = []
  for (const [name, check] of checks) findings.push(toFinding(name, await attempt(check, installation)))
  return findings
}

async function attempt(check: Check, installation: Installation): Promise<CheckResult> {
  try {
    return await check(installation)
  } catch (thrown) {
    if (thrown instanceof TypeError || thrown instanceof ReferenceError) throw thrown
    const { message, hint } = toUniversesError(thrown)
    const remedy = hint ?? 'Remedy what the other checks found, then call doctor again'
    return { summary: 'cannot be checked', problems: [warn(message, remedy)] }
  }
}
