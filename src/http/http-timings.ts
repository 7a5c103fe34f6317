import { histogram, type Metric, type Sample } from './exposition.js'

/** Seconds up to which a request counts in a bucket. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

interface Series {
  counts: number[]
  seconds: number
}

/**
 * Durations of requests by method, route and status. Not prom-client's histogram, which takes several times as long per
 * request: it puts all labels together as one text each time.
 */
export class HttpTimings {
  readonly #routes = new Map<string, Map<number, Series>>()

  /** Counts a request. `route` is method and pattern, such as `GET /api/universes/:type/:name`. */
  observe(route: string, status: number, milliseconds: number): void {
    const series = this.#series(route, status)
    const seconds = milliseconds / 1_000
    let bucket = 0
    while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket += 1
    series.counts[bucket]! += 1
    series.seconds += seconds
  }

  /** The histogram. */
  metric(): Metric {
    const samples: Sample[] = []
    for (const [key, byStatus] of this.#routes) {
      const [method = '', route = ''] = key.split(' ')
      for (const [status, { counts, seconds }] of byStatus)
        samples.push(...histogram(BOUNDS, counts, seconds, { method, route, status }))
    }
    const help = 'Time from a request to the end of its answer, by method, route and status.'
    return { name: 'universes_http_request_duration_seconds', help, type: 'histogram', samples }
  }

  #series(route: string, status: number): Series {
    let byStatus = this.#routes.get(route)
    if (byStatus === undefined) {
      byStatus = new Map<number, Series>()
      this.#routes.set(route, byStatus)
    }
    let series = byStatus.get(status)
    if (series === undefined) {
      series = { counts: new Array<number>(BOUNDS.length + 1).fill(0), seconds: 0 }
      byStatus.set(status, series)
    }
    return series
  }
}
