// Own code for one step: Ajv's coercion also takes 0x10, 1e2 and ' 5' for integers.
import { AjvCompiler } from '@fastify/ajv-compiler'
import type { TSchema } from '@fastify/type-provider-typebox'
import type { FastifySchemaCompiler } from 'fastify'

/** Part of a property's schema. */
interface Property {
  type?: string
}

const compile = AjvCompiler()(
  {},
  { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
)

/** Texts of a query string that are valid for a type, and their values. */
const CONVERSIONS: Readonly<Record<string, (text: string) => unknown>> = {
  integer: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
}

/** Validates requests with Ajv. Fills in defaults, and converts the texts of a query string to the types of its schema. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = (part) => {
  const validate = compile(part)
  const { properties = {} } = part.schema as { properties?: Record<string, Property> }
  const conversions = Object.entries(part.httpPart === 'querystring' ? properties : {}).flatMap(
    ([name, { type = '' }]) => {
      const convert = CONVERSIONS[type]
      return convert === undefined ? [] : [{ name, convert }]
    },
  )
  return (value: unknown) => {
    const fields = value as Record<string, unknown>
    for (const { name, convert } of conversions) {
      const text = fields[name]
      if (typeof text === 'string') fields[name] = convert(text)
    }
    return validate(value) ? { value } : { error: (validate.errors ?? []) as never }
  }
}
