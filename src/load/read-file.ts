import { closeSync, createReadStream, openSync, readSync, type ReadStream } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { FileProblem } from './file-problem.js'

/** Large enough that the overhead per chunk is small beside its COPY, small enough that memory stays flat. */
const CHUNK_BYTES = 128 * 1024

/** Files up to this size are read as a whole: a stream costs more than their COPY. */
export const SMALL_BYTES = 256 * 1024

/** Returns true if a file is read as a whole. */
export function isSmall(path: string, bytes: number): boolean {
  return bytes <= SMALL_BYTES && !isGzip(path)
}

/** Reads a small file into `buffer` and returns the part of it that was filled, valid until the next call. */
export function readSmall(path: string, buffer: Buffer): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, 0))
  } finally {
    closeSync(descriptor)
  }
}

/** Limit for the rows of an issuer's file: five times the longest fund. They have to be in memory. */
export const MAX_WHOLE_ROWS = 100_000

/** Limit for an issuer's file, decompressed: four times the longest one published. It has to be in memory. */
export const MAX_WHOLE_BYTES = 12 * 1024 * 1024

/** Reads the whole content of a file, decompressed if necessary. Throws FileProblem beyond MAX_WHOLE_BYTES. */
export async function readWhole(path: string): Promise<Buffer> {
  const { chunks, bytes } = await readFirst(path, MAX_WHOLE_BYTES + 1)
  if (bytes <= MAX_WHOLE_BYTES) return Buffer.concat(chunks)
  throw new FileProblem({
    message: `the file is longer than ${MAX_WHOLE_BYTES / 1024 / 1024} MiB`,
    remedy: 'No issuer offers such files: is it one fund, on one day?',
  })
}

/** Reads the first bytes of a file's content, decompressed if necessary. */
export async function readHead(path: string, length: number): Promise<Buffer> {
  return Buffer.concat((await readFirst(path, length)).chunks).subarray(0, length)
}

async function readFirst(path: string, length: number): Promise<{ chunks: Buffer[]; bytes: number }> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of openFile(path).content as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= length) break
  }
  return { chunks, bytes }
}

/** A file being read: its raw bytes, whose `bytesRead` is the progress, and its content, decompressed if necessary. */
export interface OpenedFile {
  raw: ReadStream
  content: Readable
}

/** Opens a file. `content` emits the errors of both streams; destroying it closes the file. */
export function openFile(path: string): OpenedFile {
  const raw = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  if (!isGzip(path)) return { raw, content: raw }
  const content = pipeline(raw, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined)
  return { raw, content }
}

/** Returns true if the name of a file says that it is compressed. */
export function isGzip(path: string): boolean {
  return /\.gz$/i.test(path)
}

/** Returns the line, from 1, of the byte at `offset` of a file's content. */
export async function lineAt(path: string, offset: number): Promise<number> {
  const { lines } = await scan(path, offset)
  return lines
}

/** Returns the line of the last double quote of a file. */
export async function lineOfLastQuote(path: string): Promise<number> {
  const { quoteLine } = await scan(path, Number.POSITIVE_INFINITY)
  return quoteLine
}

/** Scans every byte up to `end`. Slow: for messages only, after a problem was found. */
async function scan(path: string, end: number): Promise<{ lines: number; quoteLine: number }> {
  let lines = 1
  let quoteLine = 1
  let left = end
  for await (const chunk of openFile(path).content as AsyncIterable<Buffer>) {
    for (const byte of left < chunk.length ? chunk.subarray(0, left) : chunk) {
      if (byte === 0x0a) lines += 1
      else if (byte === 0x22) quoteLine = lines
    }
    left -= chunk.length
    if (left <= 0) break
  }
  return { lines, quoteLine }
}
