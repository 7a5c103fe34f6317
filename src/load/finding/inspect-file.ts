import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { closeSync, fstatSync, openSync, readSync, statSync, type BigIntStats } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { FoundFile } from './find-files.js'
import { FileProblem, readProblem, type Problem } from '../file-problem.js'
import { CanonicalFormat } from '../formats/canonical.js'
import { MAX_HEADER_BYTES, NotCanonical, readCanonicalHeader } from '../formats/canonical-header.js'
import { isWorkbook, refuseOtherThanWorkbook } from '../formats/file-signature.js'
import type { Format } from '../formats/format.js'
import { kindOf, type LoadKind } from '../kinds.js'
import { isGzip, readHead } from '../read-file.js'

/** A file with its checksum, and its format or a problem. */
export interface InspectedFile extends FoundFile {
  md5?: string
  bytes: number
  /** Size and modification time when the checksum was taken. */
  version?: string
  format?: Format
  /** Reason why the file is not canonical, if it may be an issuer's. */
  foreign?: Problem
  /** The canonical reading of a file that may be an issuer's all the same: it has a column symbol and no weights. */
  canonical?: Pick<InspectedFile, 'format' | 'problem'>
}

const NO_ISSUER: Problem = { message: 'the file is canonical' }

const BUFFER_BYTES = 256 * 1024

/** Reads every file once for its checksum, and its first line for the canonical format unless its columns are `mapped`. A problem of a file is not an error. */
export async function inspectFiles(
  kind: LoadKind,
  files: readonly FoundFile[],
  mapped = false,
): Promise<InspectedFile[]> {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  const inspected: InspectedFile[] = []
  for (const file of files) inspected.push(await inspectFile(kind, file, buffer, mapped))
  return inspected
}

async function inspectFile(
  kind: LoadKind,
  file: FoundFile,
  buffer: Buffer,
  mapped: boolean,
): Promise<InspectedFile> {
  if (file.problem) return { ...file, bytes: 0 }
  const inspected: InspectedFile = { ...file, bytes: 0 }
  const { issuers } = kindOf(kind)
  try {
    const { head, ...read } = await checksum(file.path, buffer)
    Object.assign(inspected, read)
    if (issuers && isWorkbook(file.path)) inspected.foreign = lookAtWorkbook(head)
    else if (mapped) inspected.foreign = { message: 'its columns are mapped' }
    else {
      const start = isGzip(file.path) ? await readHead(file.path, MAX_HEADER_BYTES) : head
      const format = new CanonicalFormat(kind, readCanonicalHeader(kind, start, basename(file.path)))
      const isSure = !issuers || format.unread.length === 0 || format.columns.includes('weight')
      if (isSure) Object.assign(inspected, { format, problem: file.misnamed })
      else Object.assign(inspected, { canonical: { format, problem: file.misnamed }, foreign: NO_ISSUER })
    }
  } catch (thrown) {
    const problem = thrown instanceof FileProblem ? thrown.problem : readProblem(thrown)
    if (problem === undefined) throw thrown
    if (issuers && thrown instanceof NotCanonical) inspected.foreign = problem
    else inspected.problem = problem
  }
  return inspected
}

function lookAtWorkbook(head: Buffer): Problem {
  refuseOtherThanWorkbook(head)
  return { message: 'the file is a workbook', remedy: 'Save it as CSV.' }
}

/**
 * Returns the MD5 of the raw bytes, and the first of them. Reads into one buffer, synchronously because that is ten
 * times faster for small files, and yields to other work between the chunks of large ones.
 */
export async function checksum(
  path: string,
  buffer: Buffer = Buffer.allocUnsafe(BUFFER_BYTES),
): Promise<{ md5: string; bytes: number; version: string; head: Buffer }> {
  const descriptor = openSync(path, 'r')
  try {
    const version = versionOf(fstatSync(descriptor, { bigint: true }))
    const hash = createHash('md5')
    let head: Buffer | undefined
    let bytes = 0
    for (;;) {
      const read = readSync(descriptor, buffer, 0, buffer.length, null)
      const chunk = buffer.subarray(0, read)
      head ??= firstLine(chunk)
      if (read === 0) return { md5: hash.digest('hex'), bytes, version, head }
      hash.update(chunk)
      bytes += read
      if (read === buffer.length) await setImmediate()
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Copies the first line, and enough beyond it to recognise the type of the file. */
function firstLine(chunk: Buffer): Buffer {
  const end = chunk.indexOf('\n')
  const bytes = end < 0 ? MAX_HEADER_BYTES : Math.max(end + 1, 1024)
  return Buffer.from(chunk.subarray(0, Math.min(bytes, MAX_HEADER_BYTES)))
}

/** Throws FileProblem if the file was written to since its checksum was taken. */
export function refuseChangedFile({ path, version }: InspectedFile): void {
  if (versionOf(statSync(path, { bigint: true })) === version) return
  throw new FileProblem({
    message: 'the file changed while it was read',
    remedy: 'Load it again when it is written completely.',
  })
}

function versionOf({ size, mtimeNs }: BigIntStats): string {
  return `${size} bytes of ${mtimeNs}`
}
