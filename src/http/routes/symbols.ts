import { SearchResults, StockDocument } from '../../documents/symbols.js'
import { FRESH_MS, respond, fromSql, type ReadSource } from '../responses/respond.js'
import type { Service } from '../service.js'
import { withETag } from '../schemas/read.js'
import type { Routes } from './route.js'
import { SearchQuery, SymbolParameters, SymbolQuery } from '../schemas/symbols.js'

const TAGS = ['symbols']

/** Routes for single symbols and the search. */
export const symbolsRoutes: Routes = (app, service) => {
  app.get(
    '/api/symbols/:symbol',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getSymbol',
        tags: TAGS,
        summary: 'One symbol with its universes, each with its reason and start',
        description: 'Includes the sector that each source states, and past memberships.',
        params: SymbolParameters,
        querystring: SymbolQuery,
        response: withETag(StockDocument),
      },
    },
    (request, reply) => {
      const { symbol } = request.params
      return respond(service, request, reply, symbolFacts(service, symbol, request.query.as_of))
    },
  )
  app.get(
    '/api/search',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'search',
        tags: TAGS,
        summary: 'Search for symbols and universes',
        description:
          'Finds symbols by ticker or company and universes by name or title, best match first. If nothing contains every word, the nearest spellings are returned.',
        querystring: SearchQuery,
        response: withETag(SearchResults),
      },
    },
    (request, reply) => {
      const { q, limit = 10 } = request.query
      return respond(service, request, reply, searchResults(service, q, limit))
    },
  )
}

function symbolFacts(service: Service, symbol: string, asOf: string | undefined): ReadSource {
  const { database, environment } = service
  return fromSql(service, ['symbol', symbol, asOf].join('\n'), async () => {
    const { settled, ...facts } = await database.value<{ settled: boolean }>(
      'SELECT stock_facts($1, $2, $3)',
      [symbol, asOf, environment],
    )
    const freshMs = settled ? Infinity : asOf === undefined ? FRESH_MS : 0
    return { body: JSON.stringify(facts), freshMs }
  })
}

function searchResults(service: Service, query: string, limit: number): ReadSource {
  const { database, environment } = service
  return fromSql(service, ['search', query, limit].join('\n'), async () => {
    const results = await database.value<object[]>(
      `SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM search_names($1, $2, $3) AS s`,
      [query, limit, environment],
    )
    return { body: JSON.stringify({ query, results }), freshMs: FRESH_MS }
  })
}
