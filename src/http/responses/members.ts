import type { Constituent } from '../../cache/index.js'
import { fromSql, type ReadSource } from './respond.js'
import { CSV_TYPE, fileName, toCsv } from './csv.js'
import { typeSpellings, type UniverseKey } from './names.js'
import type { Content } from './response-cache.js'
import type { Service } from '../service.js'

/** One page of members, and its format. */
export interface MembersRequest {
  /** Undefined for all members from the offset. */
  limit: number | undefined
  offset: number
  csv: boolean
  /** Past time in a form that resolve_as_of() in SQL accepts. */
  asOf?: string | undefined
}

/** Universe at one time, with one page of its members. */
interface MemberPage extends UniverseKey {
  title: string | null
  at: string | null
  version: string | null
  total: number
  weight_sum: number | null
  members: readonly (Constituent & { place: number })[]
}

const COLUMNS = ['place', 'symbol', 'name', 'weight', 'rank', 'market_cap', 'sector', 'since'] as const

/** Current members, from the relationship cache. */
export function currentMembers(service: Service, universe: UniverseKey, request: MembersRequest): ReadSource {
  const { cache } = service
  const { type, name } = universe
  return {
    key: keyOf(universe, request),
    version: cache.fingerprint(type, name) ?? '',
    inMemory: true,
    build: () => {
      const { title, version, count, weight_sum } = cache.group(type, name)!
      const { limit, offset } = request
      const page = cache.members(type, name)!.slice(offset, limit === undefined ? undefined : offset + limit)
      const members = page.map((member, index) => ({ place: offset + index + 1, ...member }))
      return render(
        service,
        { type, name, title, at: null, version, total: count, weight_sum, members },
        request,
      )
    },
  }
}

/** Members at a past time, from the history. */
export function pastMembers(service: Service, universe: UniverseKey, request: MembersRequest): ReadSource {
  const { database, environment } = service
  const { type, name } = universe
  return fromSql(service, keyOf(universe, request), async () => {
    const { settled, ...page } = await database.value<Omit<MemberPage, 'version'> & { settled: boolean }>(
      'SELECT member_page($1, $2, $3, $4, $5, $6)',
      [name, typeSpellings(type), request.asOf, request.limit, request.offset, environment],
    )
    const rendered = render(service, { ...page, version: null }, request)
    return settled ? rendered : { ...rendered, freshMs: 0 }
  })
}

function keyOf({ type, name }: UniverseKey, { limit, offset, csv, asOf }: MembersRequest): string {
  return `members\n${type}\n${name}\n${limit ?? ''}\n${offset}\n${csv}\n${asOf ?? ''}`
}

function render(service: Service, content: MemberPage, request: MembersRequest): Content {
  const { members, ...facts } = content
  const next = nextPage(content, request)
  const headers = { vary: 'accept', ...linkTo(next) }
  if (request.csv) {
    const file = fileName(content.type, content.name, request.asOf ?? '', 'members')
    const disposition = { 'content-disposition': `attachment; filename="${file}"` }
    return { body: toCsv(COLUMNS, members), type: CSV_TYPE, headers: { ...headers, ...disposition } }
  }
  const { limit = facts.total, offset } = request
  const { environment } = service
  return { body: JSON.stringify({ ...facts, environment, limit, offset, next, members }), headers }
}

function nextPage(
  { type, name, total }: MemberPage,
  { limit, offset, csv, asOf }: MembersRequest,
): string | null {
  const query = { ...(asOf === undefined ? {} : { as_of: asOf }), ...(csv ? { format: 'csv' } : {}) }
  const path = `/api/universes/${encodeURIComponent(type)}/${encodeURIComponent(name)}/members`
  return pageAfter(path, { limit, offset, total }, query)
}

/** Returns the path of the next page; null on the last one. */
export function pageAfter(
  path: string,
  { limit, offset, total }: { limit: number | undefined; offset: number; total: number },
  query: Readonly<Record<string, string>> = {},
): string | null {
  if (limit === undefined || offset + limit >= total) return null
  const next = new URLSearchParams({ ...query, limit: String(limit), offset: String(offset + limit) })
  return `${path}?${next.toString()}`
}

/** Returns the Link header for the next page; none on the last one. */
export function linkTo(next: string | null): Record<string, string> {
  return next === null ? {} : { link: `<${next}>; rel="next"` }
}
