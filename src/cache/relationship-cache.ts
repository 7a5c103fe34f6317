import { pino, type Logger } from 'pino'
import { config } from '../config.js'
import type { ConnectOptions } from '../database/connect.js'
import { Health } from '../database/health.js'
import { Notifier } from '../database/notifier.js'
import { connectionConfig } from '../database/tls.js'
import { toUniversesError } from '../errors.js'
import { advance } from './advance.js'
import { Loads, type Loaded, type Reason } from './loads.js'
import { Lookups } from './lookups.js'
import { Source, type QuerySnapshot } from './source.js'
import type { CacheStatistics, Changes, Staleness } from './types.js'

/** The longest time that setTimeout understands. */
const LONGEST_MS = 2 ** 31 - 1
const NOTHING = 'nothing is loaded yet'
/** Payload of a notification about the table symbols, whose changes no event describes. */
const SYMBOLS_CHANGED = 'symbols'

/** How to open a cache. */
export interface RelationshipCacheOptions {
  /** Where to connect, for LISTEN too: directly or through a session pool. */
  database?: ConnectOptions | undefined
  /** Sends the query over a connection of yours, of a pool for example, instead of one that the cache keeps for itself. */
  query?: QuerySnapshot | undefined
  /** DEFAULT when left out. */
  environment?: string | undefined
  /** So often everything is loaded anew, whether or not anything was announced; an hour when left out. */
  ttlMs?: number | undefined
  /** Silent when left out. */
  logger?: Logger | undefined
  /** Subscribes to changes by NOTIFY; on unless stated. Without it only ttlMs and refresh() load changes. */
  listen?: boolean | undefined
  /** Announces changes; a connection of its own when left out. The cache does not close it. */
  notifier?: Notifier | undefined
  /** False: open() resolves at once and the cache goes on trying; see `ready` and loaded(). */
  wait?: boolean | undefined
}

/**
 * All universes and their members in memory. Changes arrive by NOTIFY within milliseconds of their commit. While the
 * database is away the last answers stay, marked in statistics().stale; nothing is thrown and nothing ends the process.
 */
export class RelationshipCache extends Lookups {
  readonly environment: string
  readonly #source: Source
  readonly #loads: Loads
  readonly #logger: Logger
  readonly #health: Health
  readonly #ttlMs: number
  readonly #listeners = new Set<(changes: Changes) => void>()
  readonly #opened: Reason = { since: new Date(), reason: NOTHING }
  #notifier: Notifier | undefined
  #ownNotifier: Notifier | undefined
  #unsubscribe: (() => void) | undefined
  #closed: Reason | undefined
  #timer: NodeJS.Timeout | undefined
  #loadedAt: Date | undefined
  #seq: number | undefined

  private constructor({ database = {}, query, environment, ttlMs, logger }: RelationshipCacheOptions) {
    super()
    this.environment = environment ?? 'DEFAULT'
    this.#source = new Source(database, query)
    this.#logger = logger ?? pino({ level: 'silent' })
    this.#health = new Health(this.#logger, 'PostgreSQL of the relationship cache')
    this.#ttlMs = Math.min(ttlMs ?? 3_600_000, LONGEST_MS)
    this.#loads = new Loads(
      (full) => this.#load(full),
      (error) => this.#health.down(error),
    )
  }

  /**
   * Opens a cache. Resolves when everything is loaded and changes are heard; rejects when that fails, unless `wait` is false,
   * or when the URL makes no sense. Close it in the end.
   */
  static async open(options: RelationshipCacheOptions = {}): Promise<RelationshipCache> {
    connectionConfig(options.database?.url ?? config().databaseUrl)
    const cache = new RelationshipCache(options)
    if (options.listen ?? true) cache.#listen(options)
    else cache.#loads.invalidate(NOTHING, { full: true })
    if (options.wait ?? true) {
      try {
        await cache.#loads.next()
      } catch (error) {
        await cache.close()
        throw error
      }
    }
    return cache
  }

  /** Whether lookups answer. */
  get ready(): boolean {
    return this.current !== undefined
  }

  /** Digest of everything that the lookups show: changes when an answer changes. Undefined before the first load. */
  get version(): string | undefined {
    return this.current?.version
  }

  /** Why answers may be out of date; null while they are not. */
  get stale(): Staleness | null {
    const opened = this.ready ? undefined : this.#opened
    const reasons = [this.#closed, this.#loads.behind, this.#interruption, opened]
    const [first] = reasons.filter((reason) => reason !== undefined)
    if (first === undefined) return null
    const since = Math.min(...reasons.map((reason) => reason?.since.getTime() ?? Infinity))
    return { since: new Date(since).toISOString(), reason: first.reason }
  }

  /** Resolves as soon as lookups answer, however long the database is away; rejects when the cache is closed before. */
  async loaded(): Promise<void> {
    while (!this.ready) {
      await this.#loads.next().catch((error: unknown) => {
        if (this.#closed) throw error
      })
    }
  }

  /**
   * Loads what has changed, or everything with `full`. Resolves when a load that began after this call is in place, of which
   * callers share one; rejects when it fails, and the cache goes on trying.
   */
  async refresh({ full = false }: { full?: boolean } = {}): Promise<void> {
    this.#loads.invalidate('a refresh was asked for', { full, urgent: true })
    await this.#loads.next()
  }

  /** Calls `listener` after each load that changed an answer; returns what ends that. */
  onChange(listener: (changes: Changes) => void): () => void {
    // A function of its own: the same listener may be added twice.
    const added = (changes: Changes): void => listener(changes)
    this.#listeners.add(added)
    return () => void this.#listeners.delete(added)
  }

  /** How the cache does. */
  statistics(): CacheStatistics {
    const { hits, misses, current } = this
    return {
      ...{ hits, misses, hit_ratio: hits + misses > 0 ? hits / (hits + misses) : null },
      ...this.#loads.counts,
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

  /** Ends both connections. Lookups go on to answer what they answered last. */
  async close(): Promise<void> {
    this.#closed ??= { since: new Date(), reason: 'the cache is closed' }
    clearTimeout(this.#timer)
    this.#listeners.clear()
    this.#unsubscribe?.()
    await Promise.all([this.#loads.close(), this.#source.close(), this.#ownNotifier?.close()])
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
        if (!this.ready) this.#loads.invalidate(NOTHING, { full: true })
      },
      onListening: (since) => {
        const reason = this.ready ? 'notifications of changes were interrupted' : NOTHING
        this.#loads.invalidate(reason, { full: true, urgent: true, since })
      },
      onHint: (payload) =>
        this.#loads.invalidate('a change was announced', { full: payload === SYMBOLS_CHANGED }),
    })
  }

  get #interruption(): Reason | undefined {
    const { since, reason } = this.#notifier?.interruption ?? {}
    return since && { since, reason: `changes are not received: ${reason}` }
  }

  async #load(full: boolean): Promise<Loaded> {
    const before = this.current
    const document = await this.#source.read(this.environment, full || !before ? undefined : this.#seq)
    if (this.#closed) return { full: false }
    const { snapshot, changes, incomplete } = advance(this.environment, before, document)
    this.current = snapshot
    this.#seq = document.seq
    this.#loadedAt = new Date()
    this.#health.up()
    if (document.complete) this.#startTimer()
    if (changes.length > 0) this.#tell(changes)
    return { full: document.complete, unfinished: incomplete }
  }

  #startTimer(): void {
    clearTimeout(this.#timer)
    const expire = (): void => this.#loads.invalidate('the time to live is over', { full: true })
    this.#timer = setTimeout(expire, this.#ttlMs).unref()
  }

  #tell(changes: Changes): void {
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
