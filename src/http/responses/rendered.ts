import { isOutage, toAnswer, type Answer, type Recipe, type Served } from './recipe.js'

interface Entry {
  answer: Answer
  stamp: string
  /** Moment until which it holds, milliseconds. */
  until: number
  bytes: number
  used: boolean
}

/** How the answers are doing. */
export interface AnswerStatistics {
  answers: number
  bytes: number
  max_bytes: number
  /** Requests that were answered from memory. */
  hits: number
  /** Requests for which an answer was made, or that waited for one in the making. */
  misses: number
  hit_ratio: number | null
  made: number
  /** Requests that waited for an answer that another one had asked for. */
  shared: number
  failed: number
  evicted: number
  /** Old answers that were sent because PostgreSQL gave no new one. */
  stale: number
}

const MAX_BYTES = 64 * 1024 * 1024
/** Of an entry beside its body: key, tag, headers, objects. */
const ENTRY_BYTES = 600

/**
 * Bytes of answers, kept for as long as what they were made from. A hit is one look into a Map. When there is no room the
 * answers go that nobody has asked for lately. Many callers who ask for what is not there wait for one making.
 */
export class Answers {
  readonly #maxBytes: number
  readonly #entries = new Map<string, Entry>()
  readonly #making = new Map<string, { stamp: string; entry: Promise<Entry> }>()
  readonly #counts = { hits: 0, misses: 0, made: 0, shared: 0, failed: 0, evicted: 0, stale: 0 }
  #bytes = 0

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** The answer that is there and holds. */
  get(key: string, stamp: string): Answer | undefined {
    const entry = this.#entries.get(key)
    if (entry?.stamp !== stamp || (entry.until !== Infinity && entry.until < Date.now())) return undefined
    entry.used = true
    this.#counts.hits++
    return entry.answer
  }

  /**
   * The answer that is there and holds, else a new one. Rejects as the recipe does, unless it fails because PostgreSQL is not
   * to be had and an old answer is still there.
   */
  async take(recipe: Recipe): Promise<Served> {
    const { key } = recipe
    const known = recipe.doubtful ? undefined : this.get(key, recipe.stamp)
    if (known) return { answer: known, stale: false }
    this.#counts.misses++
    try {
      return { answer: (await this.#once(recipe)).answer, stale: false }
    } catch (error) {
      const old = this.#entries.get(key)
      if (old === undefined || !isOutage(error)) throw error
      this.#counts.stale++
      return { answer: old.answer, stale: true }
    }
  }

  /** Makes an answer that may be asked for soon; true when there was none that holds. */
  async prepare(recipe: Recipe): Promise<boolean> {
    const entry = this.#entries.get(recipe.key)
    if (entry?.stamp === recipe.stamp && entry.until >= Date.now()) return false
    await this.#once(recipe)
    return true
  }

  /** Counts since the beginning, and what is there. */
  statistics(): AnswerStatistics {
    const { hits, misses } = this.#counts
    const asked = hits + misses
    return {
      answers: this.#entries.size,
      bytes: this.#bytes,
      max_bytes: this.#maxBytes,
      ...this.#counts,
      hit_ratio: asked === 0 ? null : hits / asked,
    }
  }

  /** One making for all who ask meanwhile; what is made from another stamp is another answer. */
  async #once(recipe: Recipe): Promise<Entry> {
    const { key } = recipe
    const going = this.#making.get(key)
    if (going?.stamp === recipe.stamp) {
      this.#counts.shared++
      return going.entry
    }
    const making = { stamp: recipe.stamp, entry: this.#make(recipe) }
    this.#making.set(key, making)
    try {
      return await making.entry
    } finally {
      if (this.#making.get(key) === making) this.#making.delete(key)
    }
  }

  async #make({ key, stamp, make }: Recipe): Promise<Entry> {
    try {
      const { freshMs = Infinity, ...made } = await make()
      const old = this.#entries.get(key)?.answer
      // A weak tag stands for answers that differ in when they were made: the first of them stays.
      const answer = made.etag !== undefined && old?.etag === made.etag ? old : toAnswer(made)
      const bytes = answer.body.length + 2 * key.length + ENTRY_BYTES
      const entry = { answer, stamp, until: Date.now() + freshMs, bytes, used: true }
      this.#counts.made++
      if (freshMs > 0) this.#keep(key, entry)
      return entry
    } catch (error) {
      this.#counts.failed++
      throw error
    }
  }

  #keep(key: string, entry: Entry): void {
    this.#drop(key)
    if (entry.bytes > this.#maxBytes) return
    this.#entries.set(key, entry)
    this.#bytes += entry.bytes
    for (const [oldest, candidate] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return
      this.#entries.delete(oldest)
      // New, or asked for since the last look: it goes to the end of the line once.
      if (candidate.used && candidate !== entry)
        this.#entries.set(oldest, Object.assign(candidate, { used: false }))
      else {
        this.#bytes -= candidate.bytes
        this.#counts.evicted++
      }
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0
    this.#entries.delete(key)
  }
}
