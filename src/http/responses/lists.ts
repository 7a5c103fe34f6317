import type { GroupInfo } from '../../cache/index.js'
import { FRESH_MS, fromSql, type ReadSource } from './respond.js'
import { linkTo, pageAfter } from './members.js'
import { typeSpellings } from './names.js'
import type { Service } from '../service.js'

/** One page of the list of universes. */
export interface ListRequest {
  /** In upper or lower case. */
  type?: string | undefined
  limit: number
  offset: number
}

/** List of universes by type and name, from the relationship cache. */
export function universeList(
  { cache, environment }: Service,
  { type, limit, offset }: ListRequest,
): ReadSource {
  return {
    key: ['universes', type, limit, offset].join('\n'),
    version: cache.version ?? '',
    inMemory: true,
    build: () => {
      const types = type === undefined ? undefined : typeSpellings(type)
      const all = cache.universes().filter((universe) => types?.includes(universe.type) ?? true)
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

/** List of sectors; without market caps and sources while PostgreSQL is not available. */
export function sectorList(service: Service): ReadSource {
  return listFromSql(service, 'sectors', 'SELECT list_sectors($1)::text', () => ({
    sectors: service.cache
      .sectors()
      .map((sector) => ({ ...brief(sector), percent: null, market_cap: null, sources: null })),
    coverage: null,
  }))
}

/** List of themes; without their rules while PostgreSQL is not available. */
export function themeList(service: Service): ReadSource {
  return listFromSql(service, 'themes', 'SELECT list_themes($1)::text', () => ({
    themes: service.cache.themes().map((theme) => ({ ...brief(theme), rule: null, last_rebalance: null })),
  }))
}

function listFromSql(
  service: Service,
  key: 'sectors' | 'themes',
  call: string,
  reduced: () => object,
): ReadSource {
  const { cache, database, environment } = service
  return {
    ...fromSql(service, key, async () => ({
      body: await database.value<string>(call, [environment]),
      freshMs: FRESH_MS,
    })),
    fallback: () => ({ body: JSON.stringify({ environment, total: cache[key]().length, ...reduced() }) }),
  }
}

function brief({ name, title, count, source }: GroupInfo): object {
  return { name, title, count, source }
}

/** Facts about one universe, without its members. */
export function universeFacts(service: Service, type: string, name: string): ReadSource {
  const { cache, database, environment } = service
  return fromSql(service, ['facts', type, name].join('\n'), async () => {
    const facts = await database.value<{ type: string; name: string }>('SELECT universe_facts($1, $2, $3)', [
      name,
      typeSpellings(type),
      environment,
    ])
    const version = (cache.ready ? cache.group(facts.type, facts.name)?.version : undefined) ?? null
    return { body: JSON.stringify({ ...facts, version }), freshMs: FRESH_MS }
  })
}
