import { performance } from 'node:perf_hooks'
import { backOff } from '../database/backoff.js'
import { toUniversesError, UniversesError } from '../errors.js'

/** Result of one load. */
export interface Loaded {
  full: boolean
  /** True when a full load has to follow: this one left something out. */
  unfinished?: boolean
}

/** Counters of loads since the cache was opened. */
export interface LoadCounts {
  loads: number
  full_loads: number
  failed_loads: number
  superseded_loads: number
  last_load_ms: number | null
}

/** Since when answers may be out of date, and why. */
export interface StaleReason {
  since: Date
  reason: string
}

/** A caller that waits for the load that starts after this invalidation. */
interface Waiter {
  generation: number
  resolve: () => void
  reject: (error: UniversesError) => void
}

/**
 * Runs loads one at a time until none is pending. An invalidation during a load requires another load, because the running one may
 * have read older data. Failed loads are repeated, with back-off, until one succeeds.
 */
export class Loader {
  readonly counts: LoadCounts = {
    loads: 0,
    full_loads: 0,
    failed_loads: 0,
    superseded_loads: 0,
    last_load_ms: null,
  }
  readonly #load: (full: boolean) => Promise<Loaded>
  readonly #failed: (error: UniversesError) => void
  readonly #waiters = new Set<Waiter>()
  /** Number of the last invalidation, and of the last one that a successful load covers. */
  #wanted = 0
  #done = 0
  #full = true
  #failures = 0
  #running: Promise<void> | undefined
  #closed = false
  #retry: AbortController | undefined
  #abandon: (() => void) | undefined
  /** The first invalidation that no load covers, and the first one since the running load started. */
  #behind: StaleReason | undefined
  #meanwhile: StaleReason | undefined
  #problem: string | undefined

  /** `load` replaces the snapshot; `failed` is called with every failure. */
  constructor(load: (full: boolean) => Promise<Loaded>, failed: (error: UniversesError) => void) {
    this.#load = load
    this.#failed = failed
  }

  /** Start and reason of the pending invalidation; undefined when the snapshot is up to date. */
  get behind(): StaleReason | undefined {
    if (this.#behind === undefined || this.#problem === undefined) return this.#behind
    return { since: this.#behind.since, reason: `loading fails: ${this.#problem}` }
  }

  /**
   * Marks the snapshot as out of date and starts a load, now or after the running one. `full` loads everything. `urgent` retries at
   * once where loading fails, without waiting for the back-off.
   */
  invalidate(reason: string, { full = false, urgent = false, since = new Date() } = {}): void {
    if (this.#closed) return
    this.#behind ??= { since, reason }
    this.#meanwhile ??= { since, reason }
    this.#wanted++
    this.#full ||= full
    if (urgent) this.#retry?.abort()
    this.#running ??= this.#run()
  }

  /** Resolves when a load that started after the last invalidation succeeds; rejects when it fails. */
  next(): Promise<void> {
    if (this.#closed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      this.#waiters.add({ generation: this.#wanted, resolve, reject })
    })
  }

  /** Starts no further load and abandons the running one. */
  async close(): Promise<void> {
    this.#closed = true
    this.#retry?.abort()
    this.#abandon?.()
    this.#resolveWaiters(Infinity, closed())
    await this.#running
  }

  async #run(): Promise<void> {
    // Invalidations in the same turn of the event loop share one load.
    await Promise.resolve()
    while (!this.#closed && this.#done < this.#wanted) {
      if (await this.#once()) continue
      this.#retry = new AbortController()
      await backOff(this.#failures++, this.#retry.signal)
      this.#retry = undefined
    }
    this.#running = undefined
  }

  /** Loads once. Returns false when the load failed. */
  async #once(): Promise<boolean> {
    const [generation, full, start] = [this.#wanted, this.#full, performance.now()]
    this.#full = false
    this.#meanwhile = undefined
    try {
      const loaded = await this.#abandonable(full)
      this.counts.last_load_ms = performance.now() - start
      this.#recordSuccess(generation, loaded)
      return true
    } catch (thrown) {
      this.#full ||= full
      if (this.#closed) return true
      this.#recordFailure(generation, toUniversesError(thrown))
      return false
    }
  }

  /** Wraps a load so that close() need not wait for it: a query of the caller may not be cancellable. */
  #abandonable(full: boolean): Promise<Loaded> {
    return new Promise((resolve, reject) => {
      this.#abandon = () => reject(closed())
      this.#load(full).then(resolve, reject)
    })
  }

  #recordSuccess(generation: number, { full, unfinished }: Loaded): void {
    this.#failures = 0
    this.#problem = undefined
    this.counts.loads++
    if (full) this.counts.full_loads++
    if (this.#wanted > generation) this.counts.superseded_loads++
    if (unfinished) {
      this.#full = true
      return
    }
    this.#done = generation
    this.#behind = this.#meanwhile
    this.#resolveWaiters(generation)
  }

  #recordFailure(generation: number, error: UniversesError): void {
    this.counts.failed_loads++
    this.#problem = error.message
    this.#resolveWaiters(generation, error)
    this.#failed(error)
  }

  #resolveWaiters(generation: number, error?: UniversesError): void {
    for (const waiter of this.#waiters) {
      if (waiter.generation > generation) continue
      this.#waiters.delete(waiter)
      if (error) waiter.reject(error)
      else waiter.resolve()
    }
  }
}

function closed(): UniversesError {
  return new UniversesError('the relationship cache is closed', { hint: 'Open another one.' })
}
