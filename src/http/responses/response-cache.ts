import { LRUCache } from 'lru-cache'
import type { ResponseStatistics } from '../../documents/cache.js'
import { etagOf } from './etag.js'
import { isOutage } from './problem.js'

/** A response as it is sent. */
export interface CachedResponse {
  readonly body: Buffer
  readonly etag: string
  readonly type: string
  /** Headers of 200 and 304 alike, ETag and Cache-Control among them; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** Content of a response before it is encoded. */
export interface Content {
  body: string
  /** Media type; JSON by default. */
  type?: string
  /** Additional headers: Link, Content-Disposition, Vary. */
  headers?: Readonly<Record<string, string>>
  /** Time to live in milliseconds while the version stays the same. Unlimited by default; 0 is not cached. */
  freshMs?: number
  /** Weak tag, for content that differs in its timestamp only. By default a strong one, the digest of the bytes. */
  etag?: string
}

/** A cacheable response and how it is built. */
export interface ResponseSource {
  key: string
  /** Version of the data that the response is built from; a cached response of another version is rebuilt. */
  version: string
  /** Rebuilds even if the cached version matches, and uses the cached response during an outage only. */
  revalidate?: boolean
  build(this: void): Content | Promise<Content>
}

/** A response to send; `stale` if it is an old one because PostgreSQL was not available. */
export interface Served {
  response: CachedResponse
  stale: boolean
}

interface Entry extends Served {
  version: string
}

const JSON_TYPE = 'application/json; charset=utf-8'
const MAX_BYTES = 64 * 1024 * 1024
/** Estimated size of an entry besides its body: tag, headers, objects. */
const ENTRY_BYTES = 600

/** Caches encoded responses by key and data version. Coalesces concurrent builds and evicts the least recently used. */
export class ResponseCache {
  readonly #entries: LRUCache<string, Entry, ResponseSource>
  readonly #counts = { hits: 0, misses: 0, built: 0, shared: 0, failed: 0, evicted: 0, stale: 0 }

  constructor(maxBytes = MAX_BYTES) {
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ response }, key) => response.body.length + 2 * key.length + ENTRY_BYTES,
      fetchMethod: (_key, previous, { options, context }) => this.#build(context, previous, options),
      // Expired entries are the fallback during an outage.
      noDeleteOnStaleGet: true,
      noDeleteOnFetchRejection: true,
      ignoreFetchAbort: true,
      dispose: (_entry, _key, reason) => void (reason === 'evict' && this.#counts.evicted++),
    })
  }

  /** Returns the cached response if it is still fresh. */
  get(key: string, version: string): CachedResponse | undefined {
    const response = this.#fresh(key, version)
    if (response !== undefined) this.#counts.hits++
    return response
  }

  /** Returns the cached response, or builds it. Rejects if the build fails, unless it is an outage and an old response is cached. */
  async fetch(source: ResponseSource): Promise<Served> {
    const cached = source.revalidate ? undefined : this.get(source.key, source.version)
    if (cached) return { response: cached, stale: false }
    this.#counts.misses++
    const { response, stale } = await this.#refresh(source)
    if (stale) this.#counts.stale++
    return { response, stale }
  }

  /** Builds a response ahead of the first request; false if a fresh one was cached. */
  async warm(source: ResponseSource): Promise<boolean> {
    if (this.#fresh(source.key, source.version)) return false
    const { stale } = await this.#refresh(source)
    return !stale
  }

  /** Returns the counters since the start, and the current size. */
  statistics(): ResponseStatistics {
    const { hits, misses } = this.#counts
    const { size: entries, calculatedSize: bytes, maxSize: max_bytes } = this.#entries
    const hit_ratio = hits + misses === 0 ? null : hits / (hits + misses)
    return { entries, bytes, max_bytes, ...this.#counts, hit_ratio }
  }

  #fresh(key: string, version: string): CachedResponse | undefined {
    const entry = this.#entries.get(key)
    return entry?.version === version && !entry.stale ? entry.response : undefined
  }

  async #refresh(source: ResponseSource): Promise<Entry> {
    const status: LRUCache.Status<string, Entry, ResponseSource> = {}
    const entry = (await this.#entries.fetch(source.key, { context: source, forceRefresh: true, status }))!
    // The shared build was of an older version.
    if (entry.version !== source.version && !entry.stale) return this.#refresh(source)
    if (status.fetch === 'inflight') this.#counts.shared++
    return entry
  }

  async #build(
    { version, build }: ResponseSource,
    previous: Entry | undefined,
    options: LRUCache.FetcherFetchOptions<string, Entry, ResponseSource>,
  ): Promise<Entry> {
    try {
      const { freshMs, ...content } = await build()
      this.#counts.built++
      // lru-cache drops what is larger than the whole cache, and takes a TTL of 0 for none.
      if (freshMs === 0) options.size = this.#entries.maxSize + 1
      else if (freshMs !== undefined && freshMs !== Infinity) options.ttl = freshMs
      // Content with the same weak tag differs in its timestamp only: clients keep what they have.
      const same = content.etag !== undefined && content.etag === previous?.response.etag
      return { response: same ? previous.response : encode(content), version, stale: false }
    } catch (error) {
      this.#counts.failed++
      if (previous === undefined || !isOutage(error)) throw error
      // Not allowStaleOnFetchRejection: requests that share the build could not tell that its response is stale.
      return { ...previous, stale: true }
    }
  }
}

/** Encodes content as it is sent. */
export function encode({ body: text, type = JSON_TYPE, headers, etag: weak }: Content): CachedResponse {
  const body = Buffer.from(text)
  const etag = weak ?? etagOf(body)
  return Object.freeze({
    body,
    etag,
    type,
    headers: Object.freeze({ etag, 'cache-control': 'private, no-cache', ...headers }),
  })
}
