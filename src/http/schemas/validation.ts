import type { TSchema } from '@fastify/type-provider-typebox'
import type { FastifySchemaCompiler } from 'fastify'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'

/** What of a schema of flat values is looked at here. */
interface Property {
  type?: string
  default?: unknown
}

/**
 * Checks requests. Defaults are filled in; texts of a URL or header become the number or boolean that is asked for, a body is
 * taken as it is. Every part of a request passes here, so that it costs as little as it can.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema)
  const prepare = httpPart === 'body' ? withDefaults(schema) : coercion(schema)
  return (given: unknown) => {
    const value = prepare(given)
    if (check.Check(value)) return { value }
    // Fastify reads instancePath, message and params, which TypeBox names as Ajv does.
    return { error: check.Errors(value) as never }
  }
}

function withDefaults(schema: TSchema): (value: unknown) => unknown {
  return (value) => Value.Default(schema, value)
}

function coercion(schema: TSchema): (value: unknown) => unknown {
  const { properties = {} } = schema as { properties?: Record<string, Property> }
  const wanted = Object.entries(properties).filter(
    ([, { type, default: fallback }]) => fallback !== undefined || (type !== undefined && type !== 'string'),
  )
  return (value) => {
    const fields = value as Record<string, unknown>
    for (const [name, property] of wanted) fields[name] = coerce(fields[name], property)
    return fields
  }
}

function coerce(value: unknown, { type, default: fallback }: Property): unknown {
  if (value === undefined) return fallback
  if (typeof value !== 'string') return value
  if (type === 'integer') return /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (type === 'number') return /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  return value
}
