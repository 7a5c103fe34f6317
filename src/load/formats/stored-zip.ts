/** A part of a ZIP archive. */
export interface ZipPart {
  name: string
  content: Buffer
  /** CRC-32 of the content. */
  checksum: number
}

/** A ZIP archive of these parts, not compressed. */
export function storedZip(parts: readonly ZipPart[]): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content, checksum } of parts) {
    const path = Buffer.from(name)
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt32LE(checksum, 10)
    header.writeUInt32LE(content.length, 14)
    header.writeUInt32LE(content.length, 18)
    header.writeUInt16LE(path.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    bodies.push(LOCAL, header, path, content)
    directory.push(ENTRY, header, tail, path)
    offset += LOCAL.length + header.length + path.length + content.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  END.copy(end)
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, central, end])
}

const LOCAL = Buffer.from('PK\u0003\u0004', 'latin1')
const ENTRY = Buffer.from('PK\u0001\u0002\u0014\0', 'latin1')
const END = Buffer.from('PK\u0005\u0006', 'latin1')
