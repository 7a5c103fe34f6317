import { setImmediate as turn } from 'node:timers/promises'
import { performance } from 'node:perf_hooks'
import type { WarmResult } from '../../documents/cache.js'
import type { ReadSource } from './respond.js'
import { sectorList, themeList, universeList } from './lists.js'
import { currentMembers } from './members.js'
import { defaultLimit } from '../schemas/read.js'
import type { Service } from '../service.js'

/** Returns the milliseconds since a value of performance.now(). */
export function since(start: number): number {
  return Math.round((performance.now() - start) * 100) / 100
}

/**
 * Builds the responses that clients request first: the lists, and the first page of the members of each universe, until the
 * cache is half full. Lets other requests through in between. Rejects if PostgreSQL is not available.
 */
export async function warm(service: Service): Promise<WarmResult> {
  const { responses } = service
  const start = performance.now()
  const limit = defaultLimit(service.limits)
  const universes = service.cache.universes()
  const counts = { built: 0, kept: 0, left_out: 0 }
  const prepare = async (source: ReadSource): Promise<void> => {
    counts[(await responses.warm(source)) ? 'built' : 'kept']++
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
