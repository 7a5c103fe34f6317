import { inflateRawSync } from 'node:zlib'
import { FileProblem } from '../file-problem.js'
import { refuseVastSheet } from './sheet-size.js'
import { storedZip, type ZipPart } from './stored-zip.js'

/** Most that the parts of a workbook may unpack to: a hundred times what there is, and it has to be in memory. */
const MAX_UNPACKED = 64 * 1024 * 1024

const END_OF_DIRECTORY = Buffer.from('PK\u0005\u0006', 'latin1')
const DIRECTORY_ENTRY = 0x02014b50
const DEFLATED = 8
/** In place of a size that stands elsewhere, in archives over 4 GiB. */
const ELSEWHERE = 0xffffffff

/**
 * Throws FileProblem when an XML part of a ZIP archive is not what was packed: the library that reads workbooks does
 * not look at the checksums, and one bit that flipped can be another weight. Returns an archive of these parts and
 * nothing else, not compressed: the library does not look at the directory either, and would unpack what is not in it.
 */
export function checkZip(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(END_OF_DIRECTORY)
  if (end < 0 || end + 22 > bytes.length) throw damaged('it ends early')
  let entry = bytes.readUInt32LE(end + 16)
  let left = MAX_UNPACKED
  const parts: ZipPart[] = []
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (entry + 46 > end || bytes.readUInt32LE(entry) !== DIRECTORY_ENTRY) throw damaged('no directory')
    const lengths = [28, 30, 32].map((at) => bytes.readUInt16LE(entry + at))
    const name = bytes.toString('utf8', entry + 46, entry + 46 + lengths[0]!)
    if (/\.(xml|rels)$/i.test(name)) {
      const part = checkPart(bytes, entry, name, left)
      left -= part.content.length
      refuseVastSheet(part.content)
      parts.push(part)
    }
    entry += 46 + lengths.reduce((sum, length) => sum + length, 0)
  }
  return storedZip(parts)
}

/** One part, checked. */
function checkPart(bytes: Buffer, entry: number, name: string, most: number): ZipPart {
  const packed = bytes.readUInt32LE(entry + 20)
  const local = bytes.readUInt32LE(entry + 42)
  if (packed === ELSEWHERE || local === ELSEWHERE) throw tooLarge()
  if (local + 30 > bytes.length) throw damaged(name)
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
  const data = bytes.subarray(start, start + packed)
  const content = bytes.readUInt16LE(entry + 10) === DEFLATED ? unpack(data, name, most) : data
  if (content.length > most) throw tooLarge()
  const checksum = crc32(content)
  if (checksum !== bytes.readUInt32LE(entry + 16)) throw damaged(name)
  return { name, content, checksum }
}

function unpack(data: Buffer, name: string, most: number): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, most) })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw damaged(name)
    throw tooLarge()
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

function tooLarge(): FileProblem {
  return new FileProblem({
    message: `the workbook unpacks to more than ${MAX_UNPACKED / 1024 / 1024} MiB`,
    remedy: 'No issuer offers such files.',
  })
}

function damaged(what: string): FileProblem {
  return new FileProblem({ message: `the workbook is damaged (${what})`, remedy: 'Download it again.' })
}
