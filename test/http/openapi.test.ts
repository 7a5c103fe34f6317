import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildApp } from '../../src/http/app.js'
import { refresh } from '../cache/relationship-support.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { smallMarket } from './market.js'

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: object
}

interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: { $ref?: string } }> }>
  security?: object[]
  'x-scope'?: string
}

interface Document {
  openapi: string
  info: { title: string; version: string }
  servers: { url: string }[]
  tags: { name: string }[]
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> }
  security: object[]
  paths: Record<string, Record<string, Operation>>
}

/** Routes of the page: files for a browser. */
const UNDOCUMENTED = ['/admin/historical-data', '/admin/assets/:name']

const ADMIN = { headers: { 'x-api-key': 'uv_admin' } }

let db: TestDatabase
let service: TestService
let document: Document
let operations: { name: string; path: string; operation: Operation }[]

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await smallMarket(db)
  await refresh(db)
  service = await startService(db, { keys: { read: 'uv_read', admin: 'uv_admin' } })
  await service.service.cache.loaded()
  document = (await (await service.get('/openapi.json')).json()) as Document
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  )
})

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : []
  return [...own, ...Object.values(value).flatMap(refsIn)]
}

function keysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return [...Object.keys(value), ...Object.values(value).flatMap(keysIn)]
}

describe('the document', () => {
  it('is OpenAPI 3.1, open to all', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({ title: 'pg-universes', version: /^\d/ })
    expect(Object.keys(document).sort()).toEqual([
      'components',
      'info',
      'openapi',
      'paths',
      'security',
      'servers',
      'tags',
    ])
    expect(document.servers).toMatchObject([{ url: '/' }])
    expect(new URL(document.servers[0]!.url, `${service.url}/openapi.json`).href).toBe(`${service.url}/`)
    expect(document.components.securitySchemes).toEqual({
      key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      bearer: { type: 'http', scheme: 'bearer' },
    })
    expect(document.security).toEqual([{ key: [] }, { bearer: [] }])
  })

  it('has every route, and nothing else', async () => {
    const app = await buildApp(service.service)
    await app.ready()
    const routes = app.routeTable
      .list()
      .filter((route) => !route.startsWith('HEAD ') && !UNDOCUMENTED.includes(route.split(' ')[1]!))
    expect(operations.map(({ name }) => name.replaceAll(/\{(\w+)\}/g, ':$1')).sort()).toEqual(routes)
  })

  it('has no reference that leads nowhere', () => {
    const refs = new Set(refsIn(document))
    expect(refs).toContain('#/components/schemas/Problem')
    for (const ref of refs) {
      const found = ref
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document)
      expect(found, ref).toBeTypeOf('object')
    }
  })

  it('uses JSON Schema of this age: null is a type', () => {
    expect(keysIn(document.paths)).not.toContain('nullable')
    expect(keysIn(document)).not.toContain('~kind')
  })
})

describe('every operation', () => {
  it('has an id of its own, a summary, a known tag, a scope', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = document.tags.map(({ name }) => name)
    for (const { name, operation } of operations) {
      expect(operation.operationId, name).toMatch(/^[a-z][A-Za-z]+$/)
      expect(operation.summary, name).toMatch(/^\S.+[^.]$/)
      expect(operation.tags, name).toHaveLength(1)
      expect(tags, name).toContain(operation.tags?.[0])
      const scope = operation['x-scope']
      expect(['public', 'read', 'operate', 'admin'], name).toContain(scope)
      expect(operation.description, name).toContain(scope === 'public' ? 'Needs no key.' : `Scope: ${scope}.`)
      expect(operation.security, name).toEqual(scope === 'public' ? [] : undefined)
    }
  })

  it('states each parameter of its path, and what its parameters look like', () => {
    for (const { name, path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter).sort()
      const stated = operation.parameters?.filter((parameter) => parameter.in === 'path') ?? []
      expect(stated.map((parameter) => parameter.name).sort(), name).toEqual(inPath)
      for (const parameter of operation.parameters ?? []) {
        expect(parameter.schema, `${name}: ${parameter.name}`).toBeTypeOf('object')
        if (parameter.in === 'path') expect(parameter.required).toBe(true)
      }
    }
  })

  it('says what it answers when it goes well', () => {
    for (const { name, operation } of operations) {
      const good = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'))
      expect(good.length, name).toBeGreaterThan(0)
      for (const [, { description, content }] of good) {
        expect(description, name).not.toBe('')
        for (const { schema } of Object.values(content ?? {})) expect(schema, name).toBeTypeOf('object')
      }
    }
  })

  it('answers every error with a problem document', () => {
    for (const { name, operation } of operations) {
      const { responses } = operation
      expect(Object.keys(responses), name).toEqual(expect.arrayContaining(['429', '500', '503']))
      if (operation['x-scope'] !== 'public')
        expect(Object.keys(responses), name).toEqual(expect.arrayContaining(['401', '403']))
      if (operation.parameters || operation.requestBody) expect(Object.keys(responses), name).toContain('400')
      for (const [status, { description, content }] of Object.entries(responses)) {
        if (!/^[45d]/.test(status)) continue
        expect(description, `${name} ${status}`).not.toBe('')
        expect(content, `${name} ${status}`).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        })
      }
    }
  })
})

describe('every response to a GET', () => {
  let examples: Record<string, unknown>

  beforeAll(async () => {
    const [ids] = await db.query(
      'SELECT (SELECT id FROM sync_runs LIMIT 1) AS job_id, (SELECT id FROM load_runs LIMIT 1) AS id',
    )
    const required = { ...ids, type: 'ETF', name: 'SPY', symbol: 'AAA', q: 'alpha' }
    const today = new Date().toISOString().slice(0, 10)
    const optional = {
      limit: 2,
      offset: 0,
      as_of: today,
      format: 'csv',
      samples: 2,
      detail: true,
      symbols: 1,
    }
    examples = { ...required, ...optional, 'last-event-id': 0 }
  })

  function urlOf(path: string, parameters: readonly Parameter[]): string {
    const query = new URLSearchParams()
    let url = path
    for (const { name, in: place } of parameters) {
      const value = examples[name]
      expect(value, `${path}: an example of ${name}`).toBeDefined()
      if (place === 'path') url = url.replace(`{${name}}`, encodeURIComponent(String(value)))
      if (place === 'query') query.set(name, String(value))
    }
    return query.size === 0 ? url : `${url}?${query.toString()}`
  }

  it.each(['required', 'all'])('has the documented schema, with %s parameters', async (which) => {
    const gets = operations.filter(({ name }) => name.startsWith('GET '))
    expect(gets.length).toBeGreaterThan(15)
    for (const { path, operation } of gets) {
      const { parameters = [], responses } = operation
      const url = urlOf(
        path,
        parameters.filter(({ required }) => required || which === 'all'),
      )
      const response = await service.get(url, ADMIN)
      const text = await response.text()
      expect(response.status, `${url}: ${text}`).toBe(200)
      const [type = ''] = response.headers.get('content-type')?.split(';') ?? []
      const schema = responses['200']?.content?.[type]?.schema as TSchema | undefined
      expect(schema, `${url}: ${type}`).toBeDefined()
      const body: unknown = type === 'application/json' ? JSON.parse(text) : text
      expect(Value.Errors(schema!, body), url).toEqual([])
      expect(Value.Check(schema!, body), url).toBe(true)
      expect(Value.Check(schema!, null), url).toBe(false)
    }
  })
})
