import type { Limits } from '../service.js'

/** What holds where nothing else is configured. */
export const DEFAULT_LIMITS: Limits = {
  requestsPerMinute: 6_000,
  bodyBytes: 64 * 1024,
  uploadBytes: 200 * 1024 * 1024,
  uploadFiles: 200,
  pageRows: 10_000,
  streams: 50,
}

/** Requests a minute without a valid key, per address: nobody mistypes a key more often. */
export const FAILURES_PER_MINUTE = 60

const MINUTE_MS = 60_000
/** Callers that are remembered at a time. */
const MOST_CALLERS = 10_000

interface Window {
  count: number
  endsAt: number
}

/** What became of a request that was counted. */
export interface Counted {
  /** Seconds until the next request is taken; 0 while the limit is not reached. */
  retryAfter: number
  /** Whether this is the first request of the minute that is one too many. */
  first: boolean
}

const TAKEN: Counted = Object.freeze({ retryAfter: 0, first: false })

/** Counts requests per caller, a minute at a time. Synchronous and without a timer: it stands in the way of every request. */
export class RateLimiter {
  readonly #most: number
  readonly #windows = new Map<string, Window>()

  constructor(most: number) {
    this.#most = most
  }

  /** Callers that are remembered. */
  get size(): number {
    return this.#windows.size
  }

  /** Counts a request. */
  count(caller: string, now = performance.now()): Counted {
    const window = this.#windows.get(caller)
    if (window === undefined || window.endsAt <= now) {
      this.#open(caller, now)
      return TAKEN
    }
    window.count += 1
    if (window.count <= this.#most) return TAKEN
    return { retryAfter: Math.ceil((window.endsAt - now) / 1_000), first: window.count === this.#most + 1 }
  }

  #open(caller: string, now: number): void {
    // Deleted first, so that the oldest windows come first in the map.
    this.#windows.delete(caller)
    if (this.#windows.size >= MOST_CALLERS) this.#makeRoom(now)
    this.#windows.set(caller, { count: 1, endsAt: now + MINUTE_MS })
  }

  /** Forgets the windows that have ended, else the oldest tenth. */
  #makeRoom(now: number): void {
    let left = MOST_CALLERS / 10
    for (const [caller, { endsAt }] of this.#windows) {
      if (endsAt > now && left-- <= 0) return
      this.#windows.delete(caller)
    }
  }
}
