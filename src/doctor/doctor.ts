import type pg from 'pg'
import { connect } from '../database/connect.js'
import { toUniversesError } from '../errors.js'
import { checkConnection, unreachable } from './connection.js'
import { checkDrift } from './drift.js'
import { checkEvents } from './events.js'
import { toFinding, warn, type Examined, type Finding } from './finding.js'
import { checkLastRefresh } from './last-refresh.js'
import { checkLock } from './lock.js'
import { checkMigrations } from './migrations.js'
import { admit, type DoctorOptions, type Patient } from './patient.js'
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

type Check = (patient: Patient) => Examined | Promise<Examined>

/** In the order in which they are shown. */
const ANYWHERE: readonly [name: string, check: Check][] = [
  ['connection', checkConnection],
  ['server', checkServer],
  ['settings', checkSettings],
  ['migrations', checkMigrations],
]

/** Make sense only where the package is installed. */
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

/** Names of all checks, as they are shown. */
export const CHECKS = [...ANYWHERE, ...INSTALLED, ...REDIS].map(([name]) => name)

/**
 * Examines an installation and changes nothing. Every check stands alone: one that cannot be made says so and the others go on.
 * Without a connection that is the only finding besides Redis.
 */
export async function examine(options: DoctorOptions = {}): Promise<Finding[]> {
  let client: pg.Client
  try {
    client = await connect({ applicationName: 'universes doctor', timeoutMs: CONNECT_TIMEOUT_MS, ...options })
  } catch (thrown) {
    return [unreachable(options, thrown)]
  }
  try {
    // Whoever holds a lock for long is a finding, not a reason to wait.
    await client.query(`SET lock_timeout = '5s'; SET statement_timeout = '60s'`)
    return await examinePatient(await admit(client, options), options.only)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function examinePatient(patient: Patient, only?: readonly string[]): Promise<Finding[]> {
  const checks = [
    ...ANYWHERE,
    ...(patient.applied.length > 0 ? INSTALLED : []),
    ...(patient.redisUrl === undefined ? [] : REDIS),
  ].filter(([name]) => only === undefined || only.includes(name))
  const findings: Finding[] = []
  for (const [name, check] of checks) findings.push(toFinding(name, await attempt(check, patient)))
  return findings
}

async function attempt(check: Check, patient: Patient): Promise<Examined> {
  try {
    return await check(patient)
  } catch (thrown) {
    if (thrown instanceof TypeError || thrown instanceof ReferenceError) throw thrown
    const { message, hint } = toUniversesError(thrown)
    const remedy = hint ?? 'Remedy what the other checks found, then call doctor again'
    return { summary: 'cannot be checked', problems: [warn(message, remedy)] }
  }
}
