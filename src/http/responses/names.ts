import { SQLSTATE, UniversesError } from '../../errors.js'
import type { Service } from '../service.js'

/** Type and name of a universe as they are stored. */
export interface UniverseKey {
  readonly type: string
  readonly name: string
}

/** Spellings that are remembered; beyond that all are forgotten. */
const MAX_SPELLINGS = 1_000

/** Finds universes by type and name in any spelling: stored spellings in the relationship cache, all others in SQL. */
export class UniverseNames {
  readonly #service: Service
  readonly #found = new Map<string, UniverseKey>()

  constructor(service: Service) {
    this.#service = service
    service.cache.onChange(() => this.#found.clear())
  }

  /** Returns the universe for its stored spelling, or for a spelling that was found before. */
  known(type: string, name: string): UniverseKey | undefined {
    return this.#service.cache.group(type, name) ?? this.#found.get(keyOf(type, name))
  }

  /** Finds a universe in SQL. Rejects with UV003 and similar names if there is none, with UV002 if several match. */
  async find(type: string, name: string): Promise<UniverseKey> {
    const { cache } = this.#service
    const { version } = cache
    const found = await this.#query(type, name)
    // Committed a moment ago: the cache has not been notified yet.
    if (!cache.group(found.type, found.name)) await cache.refresh()
    if (!cache.group(found.type, found.name)) throw gone(found)
    if (this.#found.size >= MAX_SPELLINGS) this.#found.clear()
    if (cache.version === version) this.#found.set(keyOf(type, name), found)
    return found
  }

  async #query(type: string, name: string): Promise<UniverseKey> {
    const { database, environment } = this.#service
    const rows = await database.rows<{ type: string; name: string }>(
      'SELECT type, name FROM universe_named($1, $2, $3)',
      [name, typeSpellings(type), environment],
    )
    return rows[0]!
  }
}

function keyOf(type: string, name: string): string {
  return `${type}\n${name}`
}

/** Returns a type in upper case, as types are stored, and as given. */
export function typeSpellings(type: string): string[] {
  return [...new Set([type.toUpperCase(), type])]
}

function gone({ type, name }: UniverseKey): UniversesError {
  return new UniversesError(`no ${type} is named ${name} any longer`, { code: SQLSTATE.notFound })
}
