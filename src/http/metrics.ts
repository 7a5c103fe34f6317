import { collectDefaultMetrics, Registry } from 'prom-client'
import type { RelationshipCache } from '../cache/index.js'
import { singleFlight, withTimeout } from '../database/timeout.js'
import type { Database } from './database.js'
import { renderMetrics, type Metric, type Sample } from './exposition.js'
import { HttpTimings } from './http-timings.js'
import { RELAY_STATES, type RelayWatch } from './relay-state.js'
import { packageVersion } from '../package.js'

/** A scrape does not wait longer for PostgreSQL: what is known without it is told. */
const SQL_TIMEOUT_MS = 2_000

/** What is measured. */
export interface MetricsSources {
  environment: string
  database: Database
  cache: RelationshipCache
  relay: RelayWatch | undefined
}

/** Document of service_metrics(). */
interface Recorded {
  runs: { mode: string; status: string; count: number; seconds: number; buckets: Record<string, number> }[]
  total_changes: number
  last_completed: number | null
  jobs_waiting: number
  events_waiting: number
  event_lag_seconds: number
}

/** What Prometheus is told. */
export class Metrics {
  readonly #process = new Registry()
  readonly #http = new HttpTimings()
  readonly #sources: MetricsSources
  readonly #recorded: () => Promise<Recorded>

  constructor(sources: MetricsSources) {
    const { database, environment } = sources
    this.#sources = sources
    // Of several scrapes at a time one asks: a database that hangs does not use up the connections.
    this.#recorded = singleFlight(() => database.value<Recorded>('SELECT service_metrics($1)', [environment]))
    collectDefaultMetrics({ register: this.#process })
  }

  /** Counts a request: method and pattern of its route, status, milliseconds. */
  observe(route: string, status: number, milliseconds: number): void {
    this.#http.observe(route, status, milliseconds)
  }

  /** Everything, in the text format of Prometheus. Always answers within a few seconds. */
  async text(): Promise<string> {
    const { cache, database, relay } = this.#sources
    const recorded = await withTimeout(
      this.#recorded().catch(() => undefined),
      SQL_TIMEOUT_MS,
      () => undefined,
    )
    const metrics = [
      gauge('universes_build_info', 'Version of the service.', 1, { version: packageVersion }),
      gauge('universes_database_up', 'Whether PostgreSQL answered this scrape.', recorded ? 1 : 0),
      ...(recorded ? recordedMetrics(recorded) : []),
      ...cacheMetrics(cache),
      poolMetric(database),
      ...(relay ? relayMetrics(relay) : []),
      this.#http.metric(),
    ]
    return `${renderMetrics(metrics)}\n${await this.#process.metrics()}`
  }
}

function recordedMetrics(recorded: Recorded): Metric[] {
  const { total_changes, last_completed, jobs_waiting, events_waiting, event_lag_seconds } = recorded
  const runs: Metric = {
    name: 'universes_run_duration_seconds',
    help: 'Durations of runs on record, by mode and status: completed, failed, dry_run.',
    type: 'histogram',
    samples: recorded.runs.flatMap(runSamples),
  }
  return [
    runs,
    counter(
      'universes_changes_total',
      'Members that runs on record added, removed and updated.',
      total_changes,
    ),
    ...(last_completed === null
      ? []
      : [
          gauge(
            'universes_last_completed_timestamp_seconds',
            'When the last run that kept its changes ended.',
            last_completed,
          ),
        ]),
    gauge('universes_jobs_waiting', 'Refreshes that wait or are running.', jobs_waiting),
    gauge('universes_events_waiting', 'Events that the relay has not published yet.', events_waiting),
    gauge(
      'universes_event_lag_seconds',
      'For how long the oldest of them has been waiting.',
      event_lag_seconds,
    ),
  ]
}

function runSamples({ mode, status, count, seconds, buckets }: Recorded['runs'][number]): Sample[] {
  const labels = { mode, status }
  const upTo = Object.entries(buckets).sort(([a], [b]) => Number(a) - Number(b))
  return [
    ...[...upTo, ['+Inf', count] as const].map(([le, value]) => ({
      suffix: '_bucket',
      labels: { ...labels, le },
      value,
    })),
    { suffix: '_sum', labels, value: seconds },
    { suffix: '_count', labels, value: count },
  ]
}

function cacheMetrics(cache: RelationshipCache): Metric[] {
  const { hits, misses, loads, failed_loads, age_ms, memory_bytes, groups, memberships, symbols } =
    cache.statistics()
  const state = cache.ready ? (cache.stale === null ? 'fresh' : 'stale') : 'empty'
  return [
    {
      name: 'universes_cache_state',
      help: 'State of the relationship cache: 1 for the one it is in.',
      type: 'gauge',
      samples: states(['fresh', 'stale', 'empty'], state),
    },
    counter('universes_cache_hits_total', 'Lookups that found what they were asked for.', hits),
    counter('universes_cache_misses_total', 'Lookups of a name or symbol that does not exist.', misses),
    counter('universes_cache_loads_total', 'Loads of the cache that succeeded.', loads),
    counter('universes_cache_failed_loads_total', 'Loads of the cache that failed.', failed_loads),
    ...(age_ms === null
      ? []
      : [gauge('universes_cache_age_seconds', 'Time since the last load.', age_ms / 1_000)]),
    gauge('universes_cache_memory_bytes', 'Estimated size of the cache.', memory_bytes),
    {
      name: 'universes_cache_entries',
      help: 'What the cache holds.',
      type: 'gauge',
      samples: Object.entries({ groups, memberships, symbols }).map(([kind, value]) => ({
        labels: { kind },
        value,
      })),
    },
  ]
}

function poolMetric(database: Database): Metric {
  const { total, idle, waiting } = database.usage
  return {
    name: 'universes_database_connections',
    help: 'Connections of the pool by state, and requests that wait for one.',
    type: 'gauge',
    samples: Object.entries({ busy: total - idle, idle, waiting }).map(([state, value]) => ({
      labels: { state },
      value,
    })),
  }
}

function relayMetrics({ state, published }: RelayWatch): Metric[] {
  return [
    {
      name: 'universes_relay_state',
      help: 'State of the relay in this process: 1 for the one it is in.',
      type: 'gauge',
      samples: states(RELAY_STATES, state),
    },
    counter(
      'universes_relay_published_total',
      'Events that Redis took from the relay in this process.',
      published,
    ),
  ]
}

function states(all: readonly string[], current: string): Sample[] {
  return all.map((state) => ({ labels: { state }, value: state === current ? 1 : 0 }))
}

function gauge(
  name: string,
  help: string,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): Metric {
  return { name, help, type: 'gauge', samples: [{ labels, value }] }
}

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: 'counter', samples: [{ value }] }
}
