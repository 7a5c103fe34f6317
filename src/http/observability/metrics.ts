import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client'
import type { RelationshipCache } from '../../cache/index.js'
import { singleFlight, withTimeout } from '../../database/timeout.js'
import type { Database } from '../database.js'
import { RELAY_STATES, type RelayWatch } from './relay-state.js'
import { packageVersion } from '../../package.js'

/** Time that a scrape waits for PostgreSQL before it leaves out the metrics that come from there. */
const SQL_TIMEOUT_MS = 2_000

/** Upper bounds of the buckets for the duration of a request, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Sources of the metrics. */
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

/** Metrics of the service and of its process. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Histogram<'method' | 'route' | 'status'>
  readonly #sources: MetricsSources
  readonly #recorded: () => Promise<Recorded>

  constructor(sources: MetricsSources) {
    const { database, environment } = sources
    this.#sources = sources
    // Concurrent scrapes share one query: a database that hangs does not use up the connections.
    this.#recorded = singleFlight(() => database.value<Recorded>('SELECT service_metrics($1)', [environment]))
    this.#requests = new Histogram({
      name: 'universes_http_request_duration_seconds',
      help: 'Time from a request to the end of its answer, by method, route and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [this.#registry],
    })
    collectDefaultMetrics({ register: this.#registry })
  }

  /** Counts a request; `route` is the pattern of its path. */
  observe(request: { method: string; route: string; status: number }, milliseconds: number): void {
    this.#requests.observe(request, milliseconds / 1_000)
  }

  /** Returns all metrics in the text format of Prometheus, within SQL_TIMEOUT_MS even if PostgreSQL does not respond. */
  async text(): Promise<string> {
    const { cache, database, relay } = this.#sources
    const recorded = await withTimeout(
      this.#recorded().catch(() => undefined),
      SQL_TIMEOUT_MS,
      () => undefined,
    )
    const scrape = new Scrape()
    scrape.gauges('universes_build_info', 'Version of the service.', 'version', { [packageVersion]: 1 })
    scrape.gauge('universes_database_up', 'Whether PostgreSQL answered this scrape.', recorded ? 1 : 0)
    if (recorded) addRecorded(scrape, recorded)
    addCache(scrape, cache)
    addPool(scrape, database)
    if (relay) addRelay(scrape, relay)
    return Registry.merge([scrape, this.#registry]).metrics()
  }
}

/** Metrics that are read at the time of a scrape; the service counts them elsewhere, or PostgreSQL does. */
class Scrape extends Registry {
  gauge(name: string, help: string, value: number): void {
    new Gauge({ name, help, registers: [this] }).set(value)
  }

  counter(name: string, help: string, value: number): void {
    new Counter({ name, help, registers: [this] }).inc(value)
  }

  /** Adds a gauge with one value per value of its label. */
  gauges(name: string, help: string, label: string, values: Readonly<Record<string, number>>): void {
    const gauge = new Gauge({ name, help, labelNames: [label], registers: [this] })
    for (const [key, value] of Object.entries(values)) gauge.set({ [label]: key }, value)
  }

  /** Adds a gauge that is 1 for the current state and 0 for all others. */
  states(name: string, help: string, all: readonly string[], current: string): void {
    const values = all.map((state) => [state, state === current ? 1 : 0] as const)
    this.gauges(name, help, 'state', Object.fromEntries(values))
  }
}

function addRecorded(scrape: Scrape, recorded: Recorded): void {
  const { runs, total_changes, last_completed, jobs_waiting, events_waiting, event_lag_seconds } = recorded
  scrape.registerMetric(runDurations(runs))
  const changes = 'Members that runs on record added, removed and updated.'
  scrape.counter('universes_changes_total', changes, total_changes)
  if (last_completed !== null) {
    const help = 'When the last run that kept its changes ended.'
    scrape.gauge('universes_last_completed_timestamp_seconds', help, last_completed)
  }
  scrape.gauge('universes_jobs_waiting', 'Refreshes that wait or are running.', jobs_waiting)
  scrape.gauge('universes_events_waiting', 'Events that the relay has not published yet.', events_waiting)
  const lag = 'For how long the oldest of them has been waiting.'
  scrape.gauge('universes_event_lag_seconds', lag, event_lag_seconds)
}

/** A histogram whose buckets PostgreSQL counted: prom-client's own class can only observe single values. */
function runDurations(runs: Recorded['runs']): Metric {
  const name = 'universes_run_duration_seconds'
  const help = 'Durations of runs on record, by mode and status: completed, failed, dry_run.'
  const values = runs.flatMap(({ mode, status, count, seconds, buckets }) => {
    const labels = { mode, status }
    const upTo = Object.entries(buckets).sort(([a], [b]) => Number(a) - Number(b))
    return [
      ...[...upTo, ['+Inf', count] as const].map(([le, value]) => ({
        metricName: `${name}_bucket`,
        labels: { ...labels, le },
        value,
      })),
      { metricName: `${name}_sum`, labels, value: seconds },
      { metricName: `${name}_count`, labels, value: count },
    ]
  })
  const metric = { name, help, type: 'histogram', values }
  return { ...metric, get: () => Promise.resolve(metric) } as unknown as Metric
}

function addCache(scrape: Scrape, cache: RelationshipCache): void {
  const { hits, misses, loads, failed_loads, age_ms, memory_bytes, groups, memberships, symbols } =
    cache.statistics()
  scrape.states(
    'universes_cache_state',
    'State of the relationship cache: 1 for the one it is in.',
    ['fresh', 'stale', 'empty'],
    cache.ready ? (cache.stale === null ? 'fresh' : 'stale') : 'empty',
  )
  scrape.counter('universes_cache_hits_total', 'Lookups that found what they were asked for.', hits)
  scrape.counter('universes_cache_misses_total', 'Lookups of a name or symbol that does not exist.', misses)
  scrape.counter('universes_cache_loads_total', 'Loads of the cache that succeeded.', loads)
  scrape.counter('universes_cache_failed_loads_total', 'Loads of the cache that failed.', failed_loads)
  if (age_ms !== null)
    scrape.gauge('universes_cache_age_seconds', 'Time since the last load.', age_ms / 1_000)
  scrape.gauge('universes_cache_memory_bytes', 'Estimated size of the cache.', memory_bytes)
  const entries = { groups, memberships, symbols }
  scrape.gauges('universes_cache_entries', 'What the cache holds.', 'kind', entries)
}

function addPool(scrape: Scrape, database: Database): void {
  const { total, idle, waiting } = database.usage
  const help = 'Connections of the pool by state, and requests that wait for one.'
  scrape.gauges('universes_database_connections', help, 'state', { busy: total - idle, idle, waiting })
}

function addRelay(scrape: Scrape, { state, published }: RelayWatch): void {
  const help = 'State of the relay in this process: 1 for the one it is in.'
  scrape.states('universes_relay_state', help, RELAY_STATES, state)
  const taken = 'Events that Redis took from the relay in this process.'
  scrape.counter('universes_relay_published_total', taken, published)
}
