import { problem, type Problem } from '../responses/problem.js'
import type { Limits } from '../service.js'
import { MAX_FIELDS } from './upload-parts.js'

/** Converts an error during an upload into a problem; returns unknown errors as they are. */
export function toUploadProblem(thrown: unknown, { uploadFiles }: Limits): unknown {
  const { code, statusCode } = thrown as { code?: string; statusCode?: number }
  if (code === 'FST_FILES_LIMIT')
    return problem(413, 'too-many-files', 'Too many files', `An upload holds at most ${uploadFiles} files.`)
  if (code === 'FST_FIELDS_LIMIT' || code === 'FST_PARTS_LIMIT')
    return problem(413, 'too-many-fields', 'Too many fields', `An upload holds at most ${MAX_FIELDS} fields.`)
  const known = storageProblem(thrown)
  if (known !== undefined || statusCode !== undefined || !isMalformed(thrown)) return known ?? thrown
  return problem(400, 'malformed-multipart', 'Malformed multipart/form-data', thrown.message, { cause: thrown })
} // prettier-ignore

/** Returns true for an error of the multipart parser, which has neither a class nor codes for them. */
function isMalformed(thrown: unknown): thrown is Error {
  return thrown instanceof Error && /multipart|boundary|terminated early|malformed/i.test(thrown.message)
}

/** Problem of an upload that is too large: 413. `when` qualifies the size: ` when unpacked`. */
export function tooLarge(most: number, when = ''): Problem {
  const limit = most >= 2 ** 20 ? `${Math.round(most / 2 ** 20)} MiB` : `${most} bytes`
  return problem(413, 'too-large', 'Too large', `The files of an upload may have ${limit} in total${when}.`, {
    hint: 'Upload fewer files at a time, or load them with the command: universes load.',
  })
}

/** Problem of an upload without a file: 400. */
export function noFile(): Problem {
  const detail = 'The request holds no file.'
  return problem(400, 'no-file', 'No file', detail, { hint: 'Send one or more parts named files, each with a file name.' })
} // prettier-ignore

/** Converts an error of the file system into a problem; returns undefined for any other error. */
function storageProblem(thrown: unknown): Problem | undefined {
  const { code, syscall } = thrown as NodeJS.ErrnoException
  if (code === undefined || !['mkdtemp', 'open', 'write', 'close'].includes(syscall ?? '')) return undefined
  const detail = `The files cannot be stored until they are loaded (${code}).`
  return problem(503, 'no-storage', 'No storage for the files', detail, {
    hint: 'The temporary folder of the service (TMPDIR) must be writable and have free space.',
    headers: { 'retry-after': '60' },
    cause: thrown,
  })
}
