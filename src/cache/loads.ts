import { performance } from 'node:perf_hooks'
import { backOff } from '../database/backoff.js'
import { toUniversesError, UniversesError } from '../errors.js'

/** What was loaded, and how. */
export interface Loaded {
  full: boolean
  /** Only a full load can finish what this one began. */
  unfinished?: boolean
}

/** Numbers of loads since the beginning. */
export interface LoadCounts {
  loads: number
  full_loads: number
  failed_loads: number
  superseded_loads: number
  last_load_ms: number | null
}

/** Why something is out of date, and since when. */
export interface Reason {
  since: Date
  reason: string
}

/** Somebody who waits for the load that begins after this invalidation. */
interface Waiter {
  generation: number
  resolve: () => void
  reject: (error: UniversesError) => void
}

/**
 * Loads, one at a time, for as long as something has been invalidated since the last load began: what a load reads may be
 * older than an invalidation that comes while it runs, so it never counts for that one. A failed load is repeated until it
 * succeeds.
 */
export class Loads {
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
  /** The last invalidation, and the last one that a load which succeeded began after. */
  #wanted = 0
  #done = 0
  #full = true
  #failures = 0
  #running: Promise<void> | undefined
  #closed = false
  #pause: AbortController | undefined
  #abandon: (() => void) | undefined
  /** The first invalidation that no load has answered, and the first one since the load under way began. */
  #behind: Reason | undefined
  #meanwhile: Reason | undefined
  #problem: string | undefined

  /** `load` replaces the snapshot; `failed` is told of every failure. */
  constructor(load: (full: boolean) => Promise<Loaded>, failed: (error: UniversesError) => void) {
    this.#load = load
    this.#failed = failed
  }

  /** Since when something has been waiting for a load, and why. */
  get behind(): Reason | undefined {
    if (this.#behind === undefined || this.#problem === undefined) return this.#behind
    return { since: this.#behind.since, reason: `loading fails: ${this.#problem}` }
  }

  /**
   * What is there may be out of date: a load begins at once, or when the one under way has ended. `full`: everything has to be
   * loaded. `urgent`: also while loading fails, instead of after a pause.
   */
  invalidate(reason: string, { full = false, urgent = false, since = new Date() } = {}): void {
    if (this.#closed) return
    this.#behind ??= { since, reason }
    this.#meanwhile ??= { since, reason }
    this.#wanted++
    this.#full ||= full
    if (urgent) this.#pause?.abort()
    this.#running ??= this.#run()
  }

  /** Resolves when a load that begins after the last invalidation has succeeded; rejects when it fails. */
  next(): Promise<void> {
    if (this.#closed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      this.#waiters.add({ generation: this.#wanted, resolve, reject })
    })
  }

  /** Begins no other load and abandons the one under way. */
  async close(): Promise<void> {
    this.#closed = true
    this.#pause?.abort()
    this.#abandon?.()
    this.#settle(Infinity, closed())
    await this.#running
  }

  async #run(): Promise<void> {
    // Whoever invalidates in the same turn shares the load.
    await Promise.resolve()
    while (!this.#closed && this.#done < this.#wanted) {
      if (await this.#once()) continue
      this.#pause = new AbortController()
      await backOff(this.#failures++, this.#pause.signal)
      this.#pause = undefined
    }
    this.#running = undefined
  }

  /** False when the load failed. */
  async #once(): Promise<boolean> {
    const [generation, full, start] = [this.#wanted, this.#full, performance.now()]
    this.#full = false
    this.#meanwhile = undefined
    try {
      const loaded = await this.#abandonable(full)
      this.counts.last_load_ms = performance.now() - start
      this.#succeeded(generation, loaded)
      return true
    } catch (thrown) {
      this.#full ||= full
      if (this.#closed) return true
      this.#hasFailed(generation, toUniversesError(thrown))
      return false
    }
  }

  /** A load that close() need not wait for: whoever sends the query may have no way to end it. */
  #abandonable(full: boolean): Promise<Loaded> {
    return new Promise((resolve, reject) => {
      this.#abandon = () => reject(closed())
      this.#load(full).then(resolve, reject)
    })
  }

  #succeeded(generation: number, { full, unfinished }: Loaded): void {
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
    this.#settle(generation)
  }

  #hasFailed(generation: number, error: UniversesError): void {
    this.counts.failed_loads++
    this.#problem = error.message
    this.#settle(generation, error)
    this.#failed(error)
  }

  #settle(generation: number, error?: UniversesError): void {
    for (const waiter of this.#waiters) {
      if (waiter.generation > generation) continue
      this.#waiters.delete(waiter)
      if (error) waiter.reject(error)
      else waiter.resolve()
    }
  }
}

function closed(): UniversesError {
  return new UniversesError('the cache is closed', { hint: 'Open another one.' })
}
