import { inflateRawSync } from 'node:zlib'
import { FileProblem } from './file-problem.js'

/** Most that the parts of a workbook may unpack to. */
const MAX_UNPACKED = 256 * 1024 * 1024

const END_OF_DIRECTORY = Buffer.from('PK\u0005\u0006', 'latin1')
const DIRECTORY_ENTRY = 0x02014b50
const DEFLATED = 8
/** In place of a size that stands elsewhere, in archives over 4 GiB. */
const ELSEWHERE = 0xffffffff

/**
 * Throws FileProblem when an XML part of a ZIP archive is not what was packed. The library that reads workbooks does
 * not look at the checksums, and one bit that flipped can be another weight.
 */
export function checkZip(bytes: Buffer): void {
  const end = bytes.lastIndexOf(END_OF_DIRECTORY)
  if (end < 0 || end + 22 > bytes.length) throw damaged('it ends early')
  let entry = bytes.readUInt32LE(end + 16)
  let left = MAX_UNPACKED
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (entry + 46 > end || bytes.readUInt32LE(entry) !== DIRECTORY_ENTRY) throw damaged('no directory')
    const lengths = [28, 30, 32].map((at) => bytes.readUInt16LE(entry + at))
    const name = bytes.toString('utf8', entry + 46, entry + 46 + lengths[0]!)
    if (/\.(xml|rels)$/i.test(name)) left -= checkPart(bytes, entry, name, left)
    entry += 46 + lengths.reduce((sum, length) => sum + length, 0)
  }
}

/** Checks one part and returns its length. */
function checkPart(bytes: Buffer, entry: number, name: string, most: number): number {
  const packed = bytes.readUInt32LE(entry + 20)
  const local = bytes.readUInt32LE(entry + 42)
  if (packed === ELSEWHERE || local === ELSEWHERE) return 0
  if (local + 30 > bytes.length) throw damaged(name)
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
  const data = bytes.subarray(start, start + packed)
  const content = bytes.readUInt16LE(entry + 10) === DEFLATED ? unpack(data, name, most) : data
  if (crc32(content) !== bytes.readUInt32LE(entry + 16)) throw damaged(name)
  return content.length
}

function unpack(data: Buffer, name: string, most: number): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, most) })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw damaged(name)
    throw new FileProblem({
      message: `the workbook unpacks to more than ${MAX_UNPACKED / 1024 / 1024} MiB`,
      remedy: 'No issuer offers such files.',
    })
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  return crc
})

/** `zlib.crc32` is not in every Node.js that this package runs on. */
function crc32(bytes: Buffer): number {
  let crc = -1
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff]!
  return (crc ^ -1) >>> 0
}

function damaged(what: string): FileProblem {
  return new FileProblem({ message: `the workbook is damaged (${what})`, remedy: 'Download it again.' })
}
