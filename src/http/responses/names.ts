import { SQLSTATE, UniversesError } from '../../errors.js'
import type { Service } from '../service.js'

/** A universe by type and name, as they are stored. */
export interface UniverseKey {
  readonly type: string
  readonly name: string
}

const REMEMBERED = 1_000

/** Finds universes by what people call them: as they are stored from memory, otherwise as find_universe() in SQL does. */
export class UniverseNames {
  readonly #service: Service
  readonly #found = new Map<string, UniverseKey>()

  constructor(service: Service) {
    this.#service = service
    service.cache.onChange(() => this.#found.clear())
  }

  /** The universe, when it is named as it is stored, or somebody has asked for it like this before. */
  known(type: string, name: string): UniverseKey | undefined {
    return this.#service.cache.group(type, name) ?? this.#found.get(keyOf(type, name))
  }

  /** The universe; rejects with UV003 and the nearest names when there is none, with UV002 when several are meant. */
  async find(type: string, name: string): Promise<UniverseKey> {
    const { cache } = this.#service
    const { version } = cache
    const found = await this.#ask(type, name)
    // Committed a moment ago, and not heard of yet.
    if (!cache.group(found.type, found.name)) await cache.refresh()
    if (!cache.group(found.type, found.name)) throw gone(found)
    if (this.#found.size >= REMEMBERED) this.#found.clear()
    if (cache.version === version) this.#found.set(keyOf(type, name), found)
    return found
  }

  async #ask(type: string, name: string): Promise<UniverseKey> {
    const { database, environment } = this.#service
    const rows = await database.rows<{ type: string; name: string }>(
      'SELECT type, name FROM universe_named($1, $2, $3)',
      [name, typesMeant(type), environment],
    )
    return rows[0]!
  }
}

function keyOf(type: string, name: string): string {
  return `${type}\n${name}`
}

/** Types in any case: as given, and in upper case, as they are stored. */
export function typesMeant(type: string): string[] {
  return [...new Set([type.toUpperCase(), type])]
}

function gone({ type, name }: UniverseKey): UniversesError {
  return new UniversesError(`no ${type} is named ${name} any longer`, { code: SQLSTATE.notFound })
}
