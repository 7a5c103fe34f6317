import CRC32 from 'crc-32'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { damaged, tooLarge } from './workbook-problem.js'

/**
 * Limit for the declared size of all parts together: 25 times the largest workbook an issuer publishes. Every byte can
 * become an element or a string, which takes ten times as much memory.
 */
const MAX_UNPACKED = 16 * 1024 * 1024

/** Limit for the length of the directory, which is held in memory. */
const MAX_PARTS = 10_000

/** Parts of a ZIP archive by name, as its directory lists them. */
export class Archive {
  private constructor(
    private readonly zip: ZipFile,
    private readonly parts: Map<string, Entry>,
  ) {}

  /** Reads the directory. Throws FileProblem if it is damaged or the parts would unpack to more than MAX_UNPACKED. */
  static async open(bytes: Buffer): Promise<Archive> {
    const parts = new Map<string, Entry>()
    try {
      const zip = await yauzl.fromBufferPromise(bytes)
      if (zip.entryCount > MAX_PARTS) throw tooLarge(`has more than ${MAX_PARTS} parts`)
      let unpacked = 0
      for await (const entry of zip.eachEntry()) {
        unpacked += entry.uncompressedSize
        if (unpacked > MAX_UNPACKED) throw tooLarge(`unpacks to more than ${MAX_UNPACKED / 1024 / 1024} MiB`)
        parts.set(entry.fileName, entry)
      }
      return new Archive(zip, parts)
    } catch (thrown) {
      throw damaged('the ZIP directory', thrown)
    }
  }

  has(name: string): boolean {
    return this.parts.has(name)
  }

  /**
   * Unpacks one part. A part can be read once, so that no more than the declared size is ever unpacked: yauzl ends the
   * stream when a part is longer or shorter than declared. It leaves the checksum to its caller, and one flipped bit
   * can be another weight.
   */
  async *read(name: string): AsyncGenerator<Buffer> {
    const entry = this.parts.get(name)
    if (!entry) throw damaged(name, 'missing')
    this.parts.delete(name)
    let checksum = 0
    for await (const chunk of (await this.zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      checksum = CRC32.buf(chunk, checksum)
      yield chunk
    }
    if (checksum >>> 0 !== entry.crc32) throw damaged(name, 'wrong checksum')
  }
}
