import type { Constituent } from '../../cache/index.js'
import { fromSql, type ReadSource } from './respond.js'
import { CSV_TYPE, fileName, toCsv } from './csv.js'
import { typesMeant, type UniverseKey } from './names.js'
import type { Content } from './response-cache.js'
import type { Service } from '../service.js'

/** Which members, and how. */
export interface MembersAsked {
  /** Undefined: all that follow. */
  limit: number | undefined
  offset: number
  csv: boolean
  /** A past moment, as resolve_as_of() in SQL reads it. */
  asOf?: string | undefined
}

/** What there is to say about a universe at one moment, with some of its members. */
interface MemberPage extends UniverseKey {
  title: string | null
  at: string | null
  version: string | null
  total: number
  weight_sum: number | null
  members: readonly (Constituent & { place: number })[]
}

const COLUMNS = ['place', 'symbol', 'name', 'weight', 'rank', 'market_cap', 'sector', 'since'] as const

/** Members as they are now, out of the memory of the cache. */
export function currentMembers(service: Service, universe: UniverseKey, asked: MembersAsked): ReadSource {
  const { cache } = service
  const { type, name } = universe
  return {
    key: keyOf(universe, asked),
    version: cache.fingerprint(type, name) ?? '',
    inMemory: true,
    build: () => {
      const { title, version, count, weight_sum } = cache.group(type, name)!
      const { limit, offset } = asked
      const page = cache.members(type, name)!.slice(offset, limit === undefined ? undefined : offset + limit)
      const members = page.map((member, index) => ({ place: offset + index + 1, ...member }))
      return render(
        service,
        { type, name, title, at: null, version, total: count, weight_sum, members },
        asked,
      )
    },
  }
}

/** Members at a past moment, out of history. */
export function pastMembers(service: Service, universe: UniverseKey, asked: MembersAsked): ReadSource {
  const { database, environment } = service
  const { type, name } = universe
  return fromSql(service, keyOf(universe, asked), async () => {
    const { settled, ...page } = await database.value<Omit<MemberPage, 'version'> & { settled: boolean }>(
      'SELECT member_page($1, $2, $3, $4, $5, $6)',
      [name, typesMeant(type), asked.asOf, asked.limit, asked.offset, environment],
    )
    const made = render(service, { ...page, version: null }, asked)
    return settled ? made : { ...made, freshMs: 0 }
  })
}

function keyOf({ type, name }: UniverseKey, { limit, offset, csv, asOf }: MembersAsked): string {
  return `members\n${type}\n${name}\n${limit ?? ''}\n${offset}\n${csv}\n${asOf ?? ''}`
}

function render(service: Service, content: MemberPage, asked: MembersAsked): Content {
  const { members, ...facts } = content
  const next = nextPage(content, asked)
  const headers = { vary: 'accept', ...linkTo(next) }
  if (asked.csv) {
    const file = fileName(content.type, content.name, asked.asOf ?? '', 'members')
    const disposition = { 'content-disposition': `attachment; filename="${file}"` }
    return { body: toCsv(COLUMNS, members), type: CSV_TYPE, headers: { ...headers, ...disposition } }
  }
  const { limit = facts.total, offset } = asked
  const { environment } = service
  return { body: JSON.stringify({ ...facts, environment, limit, offset, next, members }), headers }
}

function nextPage(
  { type, name, total }: MemberPage,
  { limit, offset, csv, asOf }: MembersAsked,
): string | null {
  const more = { ...(asOf === undefined ? {} : { as_of: asOf }), ...(csv ? { format: 'csv' } : {}) }
  const path = `/api/universes/${encodeURIComponent(type)}/${encodeURIComponent(name)}/members`
  return pageAfter(path, { limit, offset, total }, more)
}

/** Path of the next page; null on the last one. */
export function pageAfter(
  path: string,
  { limit, offset, total }: { limit: number | undefined; offset: number; total: number },
  query: Readonly<Record<string, string>> = {},
): string | null {
  if (limit === undefined || offset + limit >= total) return null
  const next = new URLSearchParams({ ...query, limit: String(limit), offset: String(offset + limit) })
  return `${path}?${next.toString()}`
}

/** Link header to the next page. */
export function linkTo(next: string | null): Record<string, string> {
  return next === null ? {} : { link: `<${next}>; rel="next"` }
}
