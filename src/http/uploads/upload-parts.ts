import { Type, type Static } from '@fastify/type-provider-typebox'
import { LOAD_KINDS } from '../../load/kinds.js'
import { problem, type Problem } from '../responses/problem.js'
import { validatorCompiler } from '../schemas/validation.js'

/** Longest name of a file, in bytes: that of most file systems, with room for a suffix. */
export const MAX_NAME_BYTES = 200

/** What an upload may say beside its files. */
export const UploadFields = Type.Object(
  {
    kind: Type.Enum([...LOAD_KINDS], {
      default: 'etfs',
      description: 'etfs are holdings files, as their issuers offer them or named <ticker>_holdings.csv; universes and themes are lists named <name>.csv',
    }),
    mode: Type.Enum(['incremental', 'full'], {
      default: 'incremental',
      description: 'full reads every file, incremental those whose checksum changed; no other universe is touched by either',
    }),
    dry_run: Type.Boolean({ default: false, description: 'say what would change, and change nothing' }),
    force: Type.Boolean({ default: false, description: 'load what a guard would hold' }),
    strict: Type.Boolean({ default: false, description: 'load nothing when one file is rejected or held' }),
    etf: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9.^/-]{0,19}$',
        description: 'the fund that the one file is about, where its name does not say it; kind etfs only',
      }),
    ),
  },
  { additionalProperties: false },
) // prettier-ignore
export type UploadFields = Static<typeof UploadFields>

/** Fields that are read before it is certain that there are too many: a few wrong ones are named. */
export const MOST_FIELDS = Object.keys(UploadFields.properties).length + 4

const check = validatorCompiler({
  schema: UploadFields,
  method: 'POST',
  url: '/api/loads',
  // The texts of a form become what is asked for, like those of a URL.
  httpPart: 'querystring',
})

/** The fields of an upload of so many files. One that is unknown is refused: `dryrun` must not become a load. */
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

/** A form field that was refused. */
export function invalid(name: string, message: string): Problem {
  const path = `body/${name}`
  return problem(400, 'validation', 'The request is not valid', `${path} ${message}`, {
    errors: [{ path, message }],
  })
}

/** The base name of an uploaded file. Browsers send no path; of one that comes all the same nothing is used. */
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
