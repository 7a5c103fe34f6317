import { pino, type Logger } from 'pino'
import { config } from '../config.js'
import type { ConnectOptions } from '../database/connect.js'
import { Health } from '../database/health.js'
import { Notifier } from '../database/notifier.js'
import { connectionConfig } from '../database/tls.js'
import { toUniversesError } from '../errors.js'
import { Loader, type Loaded, type StaleReason } from './loader.js'
import { Lookups } from './lookups.js'
import { nextSnapshot } from './next-snapshot.js'
import { SnapshotSource, type QuerySnapshot } from './source.js'
import type { CacheStatistics, Changes, Staleness } from './types.js'

/** Limit of setTimeout. */
const MAX_TIMER_MS = 2 ** 31 - 1
const NOTHING = 'nothing is loaded yet'
/** Payload of a notification about the table symbols, whose changes no event describes. */
const SYMBOLS_CHANGED = 'symbols'

/** Options of RelationshipCache.open(). */
export interface RelationshipCacheOptions {
  /** Where to connect, for LISTEN too: directly or through a session pool. */
  database?: ConnectOptions | undefined
  /** Sends the query, through a pool for example; a connection of its own when left out. */
  query?: QuerySnapshot | undefined
  /** DEFAULT when left out. */
  environment?: string | undefined
  /** Interval of unconditional full reloads, in milliseconds; an hour when left out. */
  ttlMs?: number | undefined
  /** Silent when left out. */
  logger?: Logger | undefined
  /** Subscribes to changes by NOTIFY; on unless stated. Without it only ttlMs and refresh() load changes. */
  listen?: boolean | undefined
  /** Announces changes; a connection of its own when left out. The cache does not close it. */
  notifier?: Notifier | undefined
  /** False: open() resolves at once and loading goes on in the background; see `ready` and loaded(). */
  wait?: boolean | undefined
}

/**
 * Keeps all universes and their members in memory. Changes arrive by NOTIFY within milliseconds of their commit. While the
 * database is unavailable, lookups return the last state, marked in statistics().stale; nothing is thrown and the process goes on.
 */
export class RelationshipCache extends Lookups {
  readonly environment: string
  readonly #source: SnapshotSource
  readonly #loader: Loader
  readonly #logger: Logger
  readonly #health: Health
  readonly #ttlMs: number
  readonly #listeners = new Set<(changes: Changes) => void>()
  readonly #opened: StaleReason = { since: new Date(), reason: NOTHING }
  #notifier: Notifier | undefined
  #ownNotifier: Notifier | undefined
  #unsubscribe: (() => void) | undefined
  #closed: StaleReason | undefined
  #timer: NodeJS.Timeout | undefined
  #loadedAt: Date | undefined
  #seq: number | undefined

  private constructor({ database = {}, query, environment, ttlMs, logger }: RelationshipCacheOptions) {
    super()
    this.environment = environment ?? 'DEFAULT'
    this.#source = new SnapshotSource(database, query)
    this.#logger = logger ?? pino({ level: 'silent' })
    this.#health = new Health(this.#logger, 'PostgreSQL of the relationship cache')
    this.#ttlMs = Math.min(ttlMs ?? 3_600_000, MAX_TIMER_MS)
    this.#loader = new Loader(
      (full) => this.#load(full),
      (error) => this.#health.down(error),
    )
  }

  /**
   * Opens a cache, which the caller closes. Resolves once everything is loaded and LISTEN is in force; rejects when that fails,
   * unless `wait` is false, and with a usage error when the URL is not valid.
   */
  static async open(options: RelationshipCacheOptions = {}): Promise<RelationshipCache> {
    connectionConfig(options.database?.url ?? config().databaseUrl)
    const cache = new RelationshipCache(options)
    if (options.listen ?? true) cache.#listen(options)
    else cache.#loader.invalidate(NOTHING, { full: true })
    if (options.wait ?? true) {
      try {
        await cache.#loader.next()
      } catch (error) {
        await cache.close()
        throw error
      }
    }
    return cache
  }

  /** True once lookups can be answered. */
  get ready(): boolean {
    return this.current !== undefined
  }

  /** Digest of all results of lookups: changes when any of them changes. Undefined before the first load. */
  get version(): string | undefined {
    return this.current?.version
  }

  /** Since when and why answers may be out of date; null while they are fresh. */
  get stale(): Staleness | null {
    const opened = this.ready ? undefined : this.#opened
    const reasons = [this.#closed, this.#loader.behind, this.#interruption, opened]
    const [first] = reasons.filter((reason) => reason !== undefined)
    if (first === undefined) return null
    const since = Math.min(...reasons.map((reason) => reason?.since.getTime() ?? Infinity))
    return { since: new Date(since).toISOString(), reason: first.reason }
  }

  /** Resolves once lookups can be answered, however long that takes; rejects when the cache is closed before. */
  async loaded(): Promise<void> {
    while (!this.ready) {
      await this.#loader.next().catch((error: unknown) => {
        if (this.#closed) throw error
      })
    }
  }

  /**
   * Loads what has changed, or everything with `full`. Resolves when a load that started after this call succeeds; concurrent
   * callers share it. Rejects when it fails; the cache goes on retrying.
   */
  async refresh({ full = false }: { full?: boolean } = {}): Promise<void> {
    this.#loader.invalidate('a refresh was asked for', { full, urgent: true })
    await this.#loader.next()
  }

  /** Calls `listener` after each load that changed a result. Returns a function that removes it. */
  onChange(listener: (changes: Changes) => void): () => void {
    // Wrapped, so that the same listener can be added twice.
    const wrapped = (changes: Changes): void => listener(changes)
    this.#listeners.add(wrapped)
    return () => void this.#listeners.delete(wrapped)
  }

  /** Returns counters, age, size and staleness. */
  statistics(): CacheStatistics {
    const { hits, misses, current } = this
    return {
      hits,
      misses,
      hit_ratio: hits + misses > 0 ? hits / (hits + misses) : null,
      ...this.#loader.counts,
      age_ms: this.#loadedAt ? Date.now() - this.#loadedAt.getTime() : null,
      loaded_at: this.#loadedAt?.toISOString() ?? null,
      version: current?.version ?? null,
      seq: this.#seq ?? null,
      stale: this.stale,
      groups: current?.groups.size ?? 0,
      memberships: current?.size ?? 0,
      symbols: current?.stocks.size ?? 0,
      memory_bytes: current?.bytes ?? 0,
    }
  }

  /** Closes its connections. Lookups keep returning the last state. */
  async close(): Promise<void> {
    this.#closed ??= { since: new Date(), reason: 'the relationship cache is closed' }
    clearTimeout(this.#timer)
    this.#listeners.clear()
    this.#unsubscribe?.()
    await Promise.all([this.#loader.close(), this.#source.close(), this.#ownNotifier?.close()])
  }

  #listen({ notifier, database = {} }: RelationshipCacheOptions): void {
    const applicationName = 'universes cache (listen)'
    this.#ownNotifier = notifier
      ? undefined
      : new Notifier({ database, applicationName, logger: this.#logger })
    this.#notifier = notifier ?? this.#ownNotifier
    this.#unsubscribe = this.#notifier?.subscribe({
      onLost: () => {
        // LISTEN fails from the start: load what can be loaded all the same.
        if (!this.ready) this.#loader.invalidate(NOTHING, { full: true })
      },
      onListening: (since) => {
        const reason = this.ready ? 'notifications of changes were interrupted' : NOTHING
        this.#loader.invalidate(reason, { full: true, urgent: true, since })
      },
      onHint: (payload) =>
        this.#loader.invalidate('a change was announced', { full: payload === SYMBOLS_CHANGED }),
    })
  }

  get #interruption(): StaleReason | undefined {
    const { since, reason } = this.#notifier?.interruption ?? {}
    return since && { since, reason: `changes are not received: ${reason}` }
  }

  async #load(full: boolean): Promise<Loaded> {
    const before = this.current
    const document = await this.#source.read(this.environment, full || !before ? undefined : this.#seq)
    if (this.#closed) return { full: false }
    const { snapshot, changes, incomplete } = nextSnapshot(this.environment, before, document)
    this.current = snapshot
    this.#seq = document.seq
    this.#loadedAt = new Date()
    this.#health.up()
    if (document.complete) this.#startTimer()
    if (changes.length > 0) this.#callListeners(changes)
    return { full: document.complete, unfinished: incomplete }
  }

  #startTimer(): void {
    clearTimeout(this.#timer)
    const expire = (): void => this.#loader.invalidate('the time to live has expired', { full: true })
    this.#timer = setTimeout(expire, this.#ttlMs).unref()
  }

  #callListeners(changes: Changes): void {
    for (const listener of this.#listeners) {
      try {
        listener(changes)
      } catch (error) {
        this.#logger.error(
          { error: toUniversesError(error).message },
          'a listener of the relationship cache failed',
        )
      }
    }
  }
}
