import { Type, type Static } from '@fastify/type-provider-typebox'
import { LOAD_KINDS } from '../../load/kinds.js'
import { problem, type Problem } from '../responses/problem.js'
import { validatorCompiler } from '../schemas/validation.js'

/** Longest file name in bytes: the limit of most file systems is 255, which leaves room for a suffix. */
export const MAX_NAME_BYTES = 200

/** Form fields of an upload, besides its files. */
export const UploadFields = Type.Object(
  {
    kind: Type.Enum([...LOAD_KINDS], {
      default: 'etfs',
      description: 'etfs: holdings files of issuers, or files named <ticker>_holdings.csv; universes and themes: lists named <name>.csv',
    }),
    mode: Type.Enum(['incremental', 'full'], {
      default: 'incremental',
      description: 'full reads every file, incremental only files whose checksum changed; neither changes other universes',
    }),
    dry_run: Type.Boolean({ default: false, description: 'load, report the result, and roll back' }),
    force: Type.Boolean({ default: false, description: 'override guards' }),
    strict: Type.Boolean({ default: false, description: 'load nothing if any file is rejected or held' }),
    etf: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9.^/-]{0,19}$',
        description: 'fund of the file, if its name does not state it; for a single file of kind etfs',
      }),
    ),
  },
  { additionalProperties: false },
) // prettier-ignore
export type UploadFields = Static<typeof UploadFields>

/** Limit of form fields: all that are known, and a few more, so that an error can name unknown ones. */
export const MAX_FIELDS = Object.keys(UploadFields.properties).length + 4

const check = validatorCompiler({
  schema: UploadFields,
  method: 'POST',
  url: '/api/loads',
  // Converts the texts of a form like those of a query string.
  httpPart: 'querystring',
})

/** Parses the fields of an upload with a number of files. Refuses unknown fields: `dryrun` must not start a load. */
export function parseFields(given: ReadonlyMap<string, string>, files: number): UploadFields {
  const filled = [...given].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== '')
  const checked = check(Object.fromEntries(filled)) as { value?: UploadFields; error?: unknown }
  if (checked.value === undefined)
    throw Object.assign(new Error('fields'), { validation: checked.error, validationContext: 'body' })
  const { kind, etf } = checked.value
  if (etf === undefined) return checked.value
  if (kind !== 'etfs') throw invalid('etf', `is for kind etfs only, not for ${kind}`)
  if (files > 1) throw invalid('etf', `says which fund one file is about, and there are ${files}`)
  return checked.value
}

/** Problem of a form field: 400. */
export function invalid(name: string, message: string): Problem {
  const path = `body/${name}`
  return problem(400, 'validation', 'The request is not valid', `${path} ${message}`, {
    errors: [{ path, message }],
  })
}

/** Returns the base name of an uploaded file; a path before it is ignored. */
export function fileName(given: string | undefined): string {
  const name = (given ?? '').split(/[/\\]/).at(-1) ?? ''
  if (name === '' || name === '.' || name === '..')
    throw invalid('files', 'holds a file without a name')
  // Neither control characters nor those that change how a name is shown.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name))
    throw invalid('files', `holds a name with control characters: ${JSON.stringify(name.slice(0, MAX_NAME_BYTES))}`)
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw invalid('files', `holds a name of more than ${MAX_NAME_BYTES} bytes: ${name.slice(0, 60)}...`)
  return name
} // prettier-ignore
