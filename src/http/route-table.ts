// Own code: fastify's router finds the handler of a method and path, but does not list the methods of a path.
import { Type, type TSchema } from '@fastify/type-provider-typebox'
import type { RouteOptions } from 'fastify'

/** The query string of a route that states none. */
const NOTHING = Type.Object({}, { additionalProperties: false })

/** What is known about all routes: which methods a path takes. Has unknown fields refused on the way. */
export class RouteTable {
  readonly #paths = new Map<string, { pattern: RegExp; methods: Set<string> }>()

  /** Takes up a route, before fastify compiles it. */
  add(route: RouteOptions): void {
    const known = this.#paths.get(route.url) ?? { pattern: toPattern(route.url), methods: new Set() }
    this.#paths.set(route.url, known)
    for (const method of [route.method].flat()) known.methods.add(method)
    if (route.config?.scope !== 'public') refuseUnknownFields(route)
  }

  /** Every route as method and pattern. */
  list(): string[] {
    return [...this.#paths]
      .flatMap(([url, { methods }]) => [...methods].map((method) => `${method} ${url}`))
      .sort()
  }

  /** Methods that a path takes: none when there is no such path. */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0]!
    const found = new Set<string>()
    for (const { pattern, methods } of this.#paths.values()) {
      if (pattern.test(path)) for (const method of methods) found.add(method)
    }
    return [...found].sort()
  }
}

/** A misspelt parameter must not pass for one that was left out. */
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
  // A copy with everything: TypeBox keeps the kind of a schema in properties that a spread leaves behind.
  const copy = Object.defineProperties<TSchema>({}, Object.getOwnPropertyDescriptors(object))
  return Object.assign(copy, { additionalProperties: false })
}

function toPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  })
  return new RegExp(`^${parts.join('/')}$`)
}
