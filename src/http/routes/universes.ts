import { SectorList, ThemeList, UniverseFacts, UniverseList } from '../../documents/universes.js'
import { respond } from '../responses/respond.js'
import { wantsCsv } from '../responses/csv.js'
import { sectorList, themeList, universeFacts, universeList } from '../responses/lists.js'
import { currentMembers, pastMembers } from '../responses/members.js'
import { UniverseNames, type UniverseKey } from '../responses/names.js'
import type { Service } from '../service.js'
import { withETag, defaultLimit } from '../schemas/read.js'
import type { App, Routes } from './route.js'
import { MemberResponses, MembersQuery, UniverseParameters, UniversesQuery } from '../schemas/universes.js'

const TAGS = ['universes']

/** Routes for universes and their members. */
export const universesRoutes: Routes = (app, service) => {
  const names = new UniverseNames(service)
  listRoutes(app, service)
  factsRoute(app, service)
  membersRoute(app, service, names)
}

function listRoutes(app: App, service: Service): void {
  const { limits } = service
  app.get(
    '/api/universes',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listUniverses',
        tags: TAGS,
        summary: 'Universes, by type and name',
        description:
          'Leaves out retired universes: those whose members are no longer stated by any file or rule.',
        querystring: UniversesQuery(limits.pageRows),
        response: withETag(UniverseList),
      },
    },
    (request, reply) => {
      const { type, limit = defaultLimit(limits), offset = 0 } = request.query
      return respond(service, request, reply, universeList(service, { type, limit, offset }))
    },
  )
  app.get(
    '/api/sectors',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listSectors',
        tags: TAGS,
        summary: 'Sectors with their stocks, coverage and sources',
        response: withETag(SectorList),
      },
    },
    (request, reply) => respond(service, request, reply, sectorList(service)),
  )
  app.get(
    '/api/themes',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listThemes',
        tags: TAGS,
        summary: 'Themes with their rules',
        response: withETag(ThemeList),
      },
    },
    (request, reply) => respond(service, request, reply, themeList(service)),
  )
}

function factsRoute(app: App, service: Service): void {
  app.get(
    '/api/universes/:type/:name',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getUniverse',
        tags: TAGS,
        summary: 'One universe without its members',
        description: 'Its source, size, sectors and last change.',
        params: UniverseParameters,
        response: withETag(UniverseFacts),
      },
    },
    (request, reply) => {
      const { type, name } = request.params
      return respond(service, request, reply, universeFacts(service, type, name))
    },
  )
}

function membersRoute(app: App, service: Service, names: UniverseNames): void {
  app.get(
    '/api/universes/:type/:name/members',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listMembers',
        tags: TAGS,
        summary: 'Members of a universe, now or at a past time',
        description:
          'Ordered by rank, else by weight, else by market cap. If the version differs between two pages, the members have changed in between. CSV cells that a spreadsheet could take for a formula begin with an apostrophe.',
        params: UniverseParameters,
        querystring: MembersQuery(service.limits.pageRows),
        response: MemberResponses,
      },
    },
    (request, reply) => {
      const { type, name } = request.params
      const { as_of: asOf, limit, offset = 0, format } = request.query
      const csv = wantsCsv(format, request.headers.accept)
      const page = { limit: limit ?? (csv ? undefined : defaultLimit(service.limits)), offset, csv, asOf }
      if (asOf !== undefined)
        return respond(service, request, reply, pastMembers(service, { type, name }, page))
      const list = (universe: UniverseKey): void | Promise<void> =>
        respond(service, request, reply, currentMembers(service, universe, page))
      const universe = names.known(type, name)
      return universe === undefined ? names.find(type, name).then(list) : list(universe)
    },
  )
}
