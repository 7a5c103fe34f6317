import { MIGRATIONS_TABLE } from '../../database/migrate.js'
import { migrationNames } from '../../database/read-migrations.js'
import { singleFlight, withTimeout } from '../../database/timeout.js'
import { toProblem } from '../responses/problem.js'
import type { RelayWatch } from './relay-state.js'
import type { Service } from '../service.js'

/** Time to wait for PostgreSQL before it counts as not available. */
const TIMEOUT_MS = 2_000

/** State of a dependency of the service. */
export interface Check {
  ok: boolean
  state: string
}

/** States of all dependencies. */
export type Checks = Readonly<Record<'postgresql' | 'migrations' | 'cache', Check>> &
  Readonly<Partial<Record<'relay', Check>>>

/** Returns a function that checks the dependencies of the service. Concurrent calls share one query. */
export function readiness(
  { database, cache }: Service,
  relay: RelayWatch | undefined,
): () => Promise<Checks> {
  const names = migrationNames()
  const missing = singleFlight(async () => {
    const rows = await database.rows<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`)
    const installed = new Set(rows.map(({ name }) => name))
    return names.filter((name) => !installed.has(name)).length
  })
  return async () => ({
    ...(await withTimeout(missing().then(installedChecks, failedChecks), TIMEOUT_MS, failedChecks)),
    cache: cache.ready
      ? { ok: true, state: cache.stale === null ? 'fresh' : 'stale' }
      : { ok: false, state: 'empty' },
    ...(relay === undefined ? {} : { relay: relayCheck(relay) }),
  })
}

type DatabaseChecks = Pick<Checks, 'postgresql' | 'migrations'>

function installedChecks(missing: number): DatabaseChecks {
  const migrations =
    missing === 0 ? { ok: true, state: 'installed' } : { ok: false, state: `${missing} missing` }
  return { postgresql: { ok: true, state: 'up' }, migrations }
}

/** Checks after a failed query, or one without a response in time. The error itself is not shown: it may reveal internals. */
function failedChecks(error?: unknown): DatabaseChecks {
  const slug = error === undefined ? 'timeout' : toProblem(error).slug
  if (slug === 'not-installed')
    return { postgresql: { ok: true, state: 'up' }, migrations: { ok: false, state: 'not installed' } }
  return {
    postgresql: { ok: false, state: slug === 'timeout' ? 'no answer in time' : 'not available' },
    migrations: { ok: false, state: 'unknown' },
  }
}

function relayCheck({ state }: RelayWatch): Check {
  return { ok: state === 'working' || state === 'standby', state }
}
