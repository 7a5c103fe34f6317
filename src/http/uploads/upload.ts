// Own code: saveRequestFiles() of @fastify/multipart limits each file, but not all files of an upload together.
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Multipart, MultipartFile, MultipartValue } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { isGzip, openFile } from '../../load/read-file.js'
import type { Limits } from '../service.js'
import { uploadFolder, type UploadFolder } from './upload-folder.js'
import { fileName, invalid, MOST_FIELDS, parseFields, type UploadFields } from './upload-parts.js'
import { noFile, tooLarge, toUploadProblem } from './upload-problems.js'

/** Names and types of parts, boundaries and the like, per file: what may come beside the bytes of the files. */
const OVERHEAD_BYTES = 4 * 1024
/** How much more than it may be long an upload may unpack to; prices shrink to a quarter. */
const MAX_EXPANSION = 5
const LONGEST_FIELD = 200
/** How long a client that was refused may go on sending before its connection is cut. */
const DRAIN_MS = 30_000

/** Files that have arrived, in a folder of their own, and what was said with them. */
export interface Upload {
  paths: string[]
  fields: UploadFields
  remove(this: void): Promise<void>
}

/**
 * Takes in the files of a request, straight to disk. Rejects with the reason of `signal` when that aborts first. Whatever
 * goes wrong, the client's going away included, nothing stays behind.
 */
export async function receiveUpload(
  request: FastifyRequest,
  limits: Limits,
  signal: AbortSignal,
): Promise<Upload> {
  let folder: UploadFolder | undefined
  try {
    refuseLength(request, limits)
    folder = await uploadFolder()
    const taking = takeParts(request, folder, limits)
    const { files, fields } = await unlessAborted(taking, signal)
    if (files.size === 0) throw noFile()
    const paths = [...files.values()]
    await unlessAborted(refuseBombs(paths, limits), signal)
    return { paths, fields: parseFields(fields, files.size), remove: folder.remove }
  } catch (thrown) {
    drain(request)
    await folder?.remove()
    throw toUploadProblem(thrown, limits)
  }
}

interface Parts {
  /** Paths by name in lower case. */
  files: Map<string, string>
  fields: Map<string, string>
}

async function takeParts(request: FastifyRequest, folder: UploadFolder, limits: Limits): Promise<Parts> {
  const parts: Parts = { files: new Map(), fields: new Map() }
  const budget = { left: limits.uploadBytes, limit: limits.uploadBytes }
  for await (const part of incoming(request, limits)) {
    if (part.type === 'field') takeField(part, parts)
    else await takeFile(part, parts, folder, budget)
  }
  return parts
}

function incoming(request: FastifyRequest, limits: Limits): AsyncIterableIterator<Multipart> {
  return request.parts({
    limits: {
      files: limits.uploadFiles,
      fields: MOST_FIELDS,
      parts: limits.uploadFiles + MOST_FIELDS,
      fieldSize: LONGEST_FIELD,
      // The parser would cut a file off and race on; the budget of all files makes it wait, and says more.
      fileSize: Infinity,
      headerPairs: 20,
    },
  })
}

function takeField({ fieldname, value, valueTruncated }: MultipartValue, { fields }: Parts): void {
  if (fieldname === 'files') throw invalid('files', 'is text: it must be sent as a file, with a name')
  if (typeof value !== 'string' || valueTruncated)
    throw invalid(fieldname, `is not a text of at most ${LONGEST_FIELD} bytes`)
  if (fields.has(fieldname)) throw invalid(fieldname, 'is there twice')
  fields.set(fieldname, value)
}

async function takeFile(
  { fieldname, filename, file }: MultipartFile,
  { files }: Parts,
  folder: UploadFolder,
  budget: Budget,
): Promise<void> {
  if (fieldname !== 'files') throw invalid(fieldname, 'is a file: files belong into the field files')
  const name = fileName(filename)
  const key = name.normalize().toLowerCase()
  if (files.has(key)) throw invalid('files', `holds the name ${name} twice`)
  const path = join(folder.path, name)
  files.set(key, path)
  await pipeline(file, counted(budget), createWriteStream(path, { flags: 'wx', mode: 0o600 }))
}

/** Bytes that may still come, of all that may. */
interface Budget {
  left: number
  limit: number
}

function counted(budget: Budget): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      budget.left -= chunk.length
      if (budget.left < 0) done(tooLarge(budget.limit))
      else done(null, chunk)
    },
  })
}

/** What a client says about the length of its request is believed only when it is too much. */
function refuseLength({ headers }: FastifyRequest, { uploadBytes, uploadFiles }: Limits): void {
  const stated = Number(headers['content-length'] ?? 0)
  if (stated > uploadBytes + uploadFiles * OVERHEAD_BYTES) throw tooLarge(uploadBytes)
}

/** Compressed files go to PostgreSQL as they unpack: refuses what unpacks to more than any upload needs. */
async function refuseBombs(paths: readonly string[], { uploadBytes }: Limits): Promise<void> {
  const most = uploadBytes * MAX_EXPANSION
  let left = most
  for (const path of paths.filter(isGzip)) {
    const { content } = openFile(path)
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        left -= chunk.length
        if (left < 0) throw tooLarge(most, 'unpacked ')
      }
    } catch (thrown) {
      // Damaged data is for the loader to report, with the name of the file.
      if (left < 0) throw thrown
    }
  }
}

/** Settles as `work` does, unless `signal` aborts first; then the rest of `work` fails unheard. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined
  const aborted = new Promise<never>((_done, failed) => {
    stop = () => failed(signal.reason as Error)
    signal.addEventListener('abort', stop)
  })
  work.catch(() => undefined)
  try {
    if (signal.aborted) stop()
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Lets the rest of a refused request run into nothing: a client that is still sending would not read our answer. */
function drain({ raw }: FastifyRequest): void {
  if (raw.readableEnded || raw.destroyed) return
  raw.unpipe()
  raw.resume()
  const timer = setTimeout(() => raw.destroy(), DRAIN_MS).unref()
  raw.once('close', () => clearTimeout(timer))
}
