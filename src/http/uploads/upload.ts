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
import { fileName, invalid, MAX_FIELDS, parseFields, type UploadFields } from './upload-parts.js'
import { noFile, tooLarge, toUploadProblem } from './upload-problems.js'

/** Allowance per file for boundaries, names and types of parts. */
const OVERHEAD_BYTES = 4 * 1024
/** Ratio of the unpacked size to the size limit; prices compress to a quarter. */
const MAX_EXPANSION = 5
const MAX_FIELD_BYTES = 200
/** Time that a refused client may go on sending before its connection is closed. */
const DRAIN_MS = 30_000

/** Received files, in a folder of their own, and the form fields. */
export interface Upload {
  paths: string[]
  fields: UploadFields
  remove(this: void): Promise<void>
}

/**
 * Receives the files of a request, straight to disk. Rejects with the reason of `signal` if it aborts. On any failure,
 * including a client that disconnects, all files are removed.
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
    const receiving = receiveParts(request, folder, limits)
    const { files, fields } = await unlessAborted(receiving, signal)
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

async function receiveParts(request: FastifyRequest, folder: UploadFolder, limits: Limits): Promise<Parts> {
  const parts: Parts = { files: new Map(), fields: new Map() }
  const budget = { left: limits.uploadBytes, limit: limits.uploadBytes }
  for await (const part of incoming(request, limits)) {
    if (part.type === 'field') addField(part, parts)
    else await addFile(part, parts, folder, budget)
  }
  return parts
}

function incoming(request: FastifyRequest, limits: Limits): AsyncIterableIterator<Multipart> {
  return request.parts({
    limits: {
      files: limits.uploadFiles,
      fields: MAX_FIELDS,
      parts: limits.uploadFiles + MAX_FIELDS,
      fieldSize: MAX_FIELD_BYTES,
      // The parser would truncate the file and go on; the budget of all files ends the upload with a clear error.
      fileSize: Infinity,
      headerPairs: 20,
    },
  })
}

function addField({ fieldname, value, valueTruncated }: MultipartValue, { fields }: Parts): void {
  if (fieldname === 'files') throw invalid('files', 'is text: it must be sent as a file, with a name')
  if (typeof value !== 'string' || valueTruncated)
    throw invalid(fieldname, `is not a text of at most ${MAX_FIELD_BYTES} bytes`)
  if (fields.has(fieldname)) throw invalid(fieldname, 'is there twice')
  fields.set(fieldname, value)
}

async function addFile(
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

/** Limit of bytes, and how many of them are left. */
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

/** Refuses a request whose stated length is too large; a smaller one is not trusted. */
function refuseLength({ headers }: FastifyRequest, { uploadBytes, uploadFiles }: Limits): void {
  const stated = Number(headers['content-length'] ?? 0)
  if (stated > uploadBytes + uploadFiles * OVERHEAD_BYTES) throw tooLarge(uploadBytes)
}

/** Refuses compressed files that unpack to too much: they go to PostgreSQL as they unpack. */
async function refuseBombs(paths: readonly string[], { uploadBytes }: Limits): Promise<void> {
  const most = uploadBytes * MAX_EXPANSION
  let left = most
  for (const path of paths.filter(isGzip)) {
    const { content } = openFile(path)
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        left -= chunk.length
        if (left < 0) throw tooLarge(most, ' when unpacked')
      }
    } catch (thrown) {
      // The loader reports damaged data, with the name of the file.
      if (left < 0) throw thrown
    }
  }
}

/** Settles as `work` does, unless `signal` aborts first; a later failure of `work` is then ignored. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error)
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

/** Discards the rest of a refused request: a client that is still sending would not read the response. */
function drain({ raw }: FastifyRequest): void {
  if (raw.readableEnded || raw.destroyed) return
  raw.unpipe()
  raw.resume()
  const timer = setTimeout(() => raw.destroy(), DRAIN_MS).unref()
  raw.once('close', () => clearTimeout(timer))
}
