// Own code: fastify's router finds the handler of a method and path, but does not list the methods of a path.
import { Type, type TSchema } from '@fastify/type-provider-typebox'
import type { RouteOptions } from 'fastify'

/** Schema for the query string of a route that has none. */
const NOTHING = Type.Object({}, { additionalProperties: false })

/** Methods of each path. Also makes every route refuse unknown fields. */
export class RouteTable {
  readonly #paths = new Map<string, { pattern: RegExp; methods: Set<string> }>()

  /** Adds a route before fastify compiles it. */
  add(route: RouteOptions): void {
    const known = this.#paths.get(route.url) ?? { pattern: toPattern(route.url), methods: new Set() }
    this.#paths.set(route.url, known)
    for (const method of [route.method].flat()) known.methods.add(method)
    if (route.config?.scope !== 'public') refuseUnknownFields(route)
  }

  /** Returns every route as method and pattern. */
  list(): string[] {
    return [...this.#paths]
      .flatMap(([url, { methods }]) => [...methods].map((method) => `${method} ${url}`))
      .sort()
  }

  /** Returns the methods of a path; none if there is no such path. */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0]!
    const found = new Set<string>()
    for (const { pattern, methods } of this.#paths.values()) {
      if (pattern.test(path)) for (const method of methods) found.add(method)
    }
    return [...found].sort()
  }
}

/** Refuses unknown fields: a misspelt parameter would otherwise be ignored. */
function refuseUnknownFields(route: RouteOptions): void {
  const { querystring, body } = (route.schema ?? {}) as Record<string, TSchema | undefined>
  route.schema = {
    ...route.schema,
    querystring: querystring === undefined ? NOTHING : closed(querystring),
    ...(body === undefined ? {} : { body: closed(body) }),
  }
}

function closed(schema: TSchema): TSchema {
  const object = schema as TSchema & { type?: string; additionalProperties?: unknown }
  if (object.type !== 'object' || object.additionalProperties !== undefined) return schema
  return { ...object, additionalProperties: false }
}

function toPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  })
  return new RegExp(`^${parts.join('/')}$`)
}
