import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, statSync, type BigIntStats } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { FoundFile } from './find-files.js'
import { refuseOtherThanWorkbook } from './file-kind.js'
import { FileProblem, readProblem, type Problem } from '../file-problem.js'
import { MAX_HEADER_BYTES, NotCanonical, recogniseFormat, type Format } from '../formats/format.js'
import { isGzip, readHead } from '../staging/read-file.js'
import type { IssuerFile } from '../formats/recognise-issuer.js'
import type { LoadKind } from '../result.js'
import { isWorkbook } from '../formats/workbook.js'

/** A file whose checksum and format are known, or what is wrong with it. */
export interface InspectedFile extends FoundFile {
  md5?: string
  bytes: number
  /** Size and time of change when the checksum was taken. */
  version?: string
  format?: Format
  /** Set when the file is not canonical, but may be an issuer's: why it is not. */
  foreign?: Problem
  /** What the head of an issuer's file says, once it was recognised. */
  issuer?: IssuerFile
  /** Name of the issuer's format, and the date of the holdings as it is written. */
  origin?: { format: string; as_of?: string | undefined }
}

const BUFFER_BYTES = 256 * 1024

/** Reads every file once for its checksum and its first line; a file with a problem is no error, one without format neither. */
export async function inspectFiles(kind: LoadKind, files: readonly FoundFile[]): Promise<InspectedFile[]> {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  const inspected: InspectedFile[] = []
  for (const file of files) inspected.push(await inspectFile(kind, file, buffer))
  return inspected
}

async function inspectFile(kind: LoadKind, file: FoundFile, buffer: Buffer): Promise<InspectedFile> {
  if (file.problem) return { ...file, bytes: 0 }
  const inspected: InspectedFile = { ...file, bytes: 0 }
  try {
    const { head, ...read } = await checksum(file.path, buffer)
    Object.assign(inspected, read)
    if (kind === 'etfs' && isWorkbook(file.path)) inspected.foreign = lookAtWorkbook(head)
    else
      inspected.format = recogniseFormat(
        kind,
        isGzip(file.path) ? await readHead(file.path, MAX_HEADER_BYTES) : head,
      )
    inspected.problem = inspected.format && file.misnamed
  } catch (thrown) {
    const problem = thrown instanceof FileProblem ? thrown.problem : readProblem(thrown)
    if (problem === undefined) throw thrown
    if (kind === 'etfs' && thrown instanceof NotCanonical) inspected.foreign = problem
    else inspected.problem = problem
  }
  return inspected
}

function lookAtWorkbook(head: Buffer): Problem {
  refuseOtherThanWorkbook(head)
  return { message: 'the file is a workbook', remedy: 'Save it as CSV.' }
}

/**
 * MD5 of the raw bytes, with the first of them. Reads into one buffer, synchronously because that is ten times
 * faster for small files, and lets other work in between the chunks of large ones.
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

/** A copy of the first line, and of enough beyond it to tell what kind of file this is. */
function firstLine(chunk: Buffer): Buffer {
  const end = chunk.indexOf('\n')
  const bytes = end < 0 ? MAX_HEADER_BYTES : Math.max(end + 1, 1024)
  return Buffer.from(chunk.subarray(0, Math.min(bytes, MAX_HEADER_BYTES)))
}

/** Throws FileProblem when the file was written to since its checksum was taken. */
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
