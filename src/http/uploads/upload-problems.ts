import { problem, type Problem } from '../responses/problem.js'
import type { Limits } from '../service.js'
import { MOST_FIELDS } from './upload-parts.js'

/** What went wrong while an upload came in, as it is told. */
export function toUploadProblem(thrown: unknown, { uploadFiles }: Limits): unknown {
  const { code, statusCode } = thrown as { code?: string; statusCode?: number }
  if (code === 'FST_FILES_LIMIT')
    return problem(413, 'too-many-files', 'Too many files', `An upload holds at most ${uploadFiles} files.`)
  if (code === 'FST_FIELDS_LIMIT' || code === 'FST_PARTS_LIMIT')
    return problem(413, 'too-many-fields', 'Too many fields', `An upload holds at most ${MOST_FIELDS} fields.`)
  const known = storageProblem(thrown)
  if (known !== undefined || statusCode !== undefined || !isMalformed(thrown)) return known ?? thrown
  return problem(400, 'malformed-multipart', 'Malformed multipart/form-data', thrown.message, { cause: thrown })
} // prettier-ignore

/** The parser has neither a class nor codes for what is wrong with a request. */
function isMalformed(thrown: unknown): thrown is Error {
  return thrown instanceof Error && /multipart|boundary|terminated early|malformed/i.test(thrown.message)
}

/** 413. `how`: which bytes are meant. */
export function tooLarge(most: number, how = ''): Problem {
  const limit = most >= 2 ** 20 ? `${Math.round(most / 2 ** 20)} MiB` : `${most} bytes`
  return problem(413, 'too-large', 'Too large', `The files of an upload may ${how}be ${limit} in all.`, {
    hint: 'Upload fewer at a time, or load them with the command: universes load.',
  })
}

/** 400. */
export function noFile(): Problem {
  const detail = 'The request holds no file.'
  return problem(400, 'no-file', 'No file', detail, { hint: 'Send one or more parts named files, each with a file name.' })
} // prettier-ignore

/** The problem behind an error of the file system; undefined for any other error. */
function storageProblem(thrown: unknown): Problem | undefined {
  const { code, syscall } = thrown as NodeJS.ErrnoException
  if (code === undefined || !['mkdtemp', 'open', 'write', 'close'].includes(syscall ?? '')) return undefined
  const detail = `The files cannot be kept while they are loaded (${code}).`
  return problem(503, 'no-storage', 'No place for the files', detail, {
    hint: 'The temporary folder of the service (TMPDIR) must be writable and have room.',
    headers: { 'retry-after': '60' },
    cause: thrown,
  })
}
