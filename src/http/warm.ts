import { setImmediate as turn } from 'node:timers/promises'
import { performance } from 'node:perf_hooks'
import type { ReadSource } from './responses/respond.js'
import { sectorList, themeList, universeList } from './responses/lists.js'
import { currentMembers } from './responses/members.js'
import { defaultLimit } from './schemas/read.js'
import type { Service } from './service.js'

/** What warming did. */
export interface Warmed {
  /** Answers that were made. */
  made: number
  /** Answers that were there already. */
  kept: number
  /** Universes whose members were left out, because the answers would fill more than half of the memory they may take. */
  left_out: number
  bytes: number
  took_ms: number
}

/** Milliseconds since a moment of performance.now(). */
export function since(start: number): number {
  return Math.round((performance.now() - start) * 100) / 100
}

/**
 * Renders what people ask for first: the lists, and the first page of the members of each universe. Other requests are
 * answered in between. Rejects when PostgreSQL is not to be had.
 */
export async function warm(service: Service): Promise<Warmed> {
  const { responses } = service
  const start = performance.now()
  const limit = defaultLimit(service.limits)
  const universes = service.cache.universes()
  const counts = { made: 0, kept: 0, left_out: 0 }
  const prepare = async (source: ReadSource): Promise<void> => {
    counts[(await responses.warm(source)) ? 'made' : 'kept']++
  }
  for (const list of [universeList(service, { limit, offset: 0 }), sectorList(service), themeList(service)]) {
    await prepare(list)
  }
  for (const universe of universes) {
    const { bytes, max_bytes } = responses.statistics()
    if (bytes > max_bytes / 2) counts.left_out++
    else await prepare(currentMembers(service, universe, { limit, offset: 0, csv: false }))
    await turn()
  }
  return { ...counts, bytes: responses.statistics().bytes, took_ms: since(start) }
}
