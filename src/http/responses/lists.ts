import type { GroupInfo } from '../../cache/index.js'
import { FRESH_MS, fromSql, type ReadSource } from './respond.js'
import { linkTo, pageAfter } from './members.js'
import { typesMeant } from './names.js'
import type { Service } from '../service.js'

/** Which universes. */
export interface ListAsked {
  /** In any case. */
  type?: string | undefined
  limit: number
  offset: number
}

/** Universes by type and name, out of the memory of the cache. */
export function universeList(
  { cache, environment }: Service,
  { type, limit, offset }: ListAsked,
): ReadSource {
  return {
    key: ['universes', type, limit, offset].join('\n'),
    version: cache.version ?? '',
    inMemory: true,
    build: () => {
      const meant = type === undefined ? undefined : typesMeant(type)
      const all = cache.universes().filter((universe) => meant?.includes(universe.type) ?? true)
      const total = all.length
      const next = pageAfter('/api/universes', { limit, offset, total }, type === undefined ? {} : { type })
      const universes = all.slice(offset, offset + limit)
      return {
        body: JSON.stringify({ environment, total, limit, offset, next, universes }),
        headers: linkTo(next),
      }
    },
  }
}

/** Sectors, with the stocks that have none; while PostgreSQL is away without market caps and sources. */
export function sectorList(service: Service): ReadSource {
  return listQuestion(service, 'sectors', 'SELECT list_sectors($1)::text', () => ({
    sectors: service.cache
      .sectors()
      .map((sector) => ({ ...brief(sector), percent: null, market_cap: null, sources: null })),
    coverage: null,
  }))
}

/** Themes with their rules; while PostgreSQL is away without them. */
export function themeList(service: Service): ReadSource {
  return listQuestion(service, 'themes', 'SELECT list_themes($1)::text', () => ({
    themes: service.cache.themes().map((theme) => ({ ...brief(theme), rule: null, last_rebalance: null })),
  }))
}

function listQuestion(
  service: Service,
  key: 'sectors' | 'themes',
  call: string,
  known: () => object,
): ReadSource {
  const { cache, database, environment } = service
  return {
    ...fromSql(service, key, async () => ({
      body: await database.value<string>(call, [environment]),
      freshMs: FRESH_MS,
    })),
    fallback: () => ({ body: JSON.stringify({ environment, total: cache[key]().length, ...known() }) }),
  }
}

function brief({ name, title, count, source }: GroupInfo): object {
  return { name, title, count, source }
}

/** One universe without its members. */
export function universeFacts(service: Service, type: string, name: string): ReadSource {
  const { cache, database, environment } = service
  return fromSql(service, ['facts', type, name].join('\n'), async () => {
    const facts = await database.value<{ type: string; name: string }>('SELECT universe_facts($1, $2, $3)', [
      name,
      typesMeant(type),
      environment,
    ])
    const version = (cache.ready ? cache.group(facts.type, facts.name)?.version : undefined) ?? null
    return { body: JSON.stringify({ ...facts, version }), freshMs: FRESH_MS }
  })
}
