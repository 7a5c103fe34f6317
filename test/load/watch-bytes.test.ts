import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { FileProblem } from '../../src/load/file-problem.js'
import { watchBytes, watchWhole } from '../../src/load/formats/watch-bytes.js'

/** The bytes of a text in chunks of one size. */
function chunked(bytes: Buffer, size: number): Readable {
  const chunks = []
  for (let start = 0; start < bytes.length; start += size) chunks.push(bytes.subarray(start, start + size))
  return Readable.from(chunks)
}

async function passed(text: string, size: number, bom = false): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of watchBytes(chunked(Buffer.from(text), size), bom)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const SIZES = [1, 2, 3, 4, 5, 7, 1000]

describe.each(SIZES)('in chunks of %i bytes', (size) => {
  test('everything passes but the byte order mark and the blanks at the end', async () => {
    const text = '\ufeffsymbol,weight\r\nAAPL, 5 \r\n\r\n  MSFT,4\r\n \t\r\n\r\n'
    const expected = 'symbol,weight\r\nAAPL, 5 \r\n\r\n  MSFT,4'
    expect(await passed(text, size, true)).toBe(expected)
    expect(watchWhole(Buffer.from(text), true).toString()).toBe(expected)
  })

  test.each([
    ['a\nbc\n\\.\nd\n', 5],
    ['a\r\nbc\r\n\\.\r\nd\r\n', 7],
    ['a\nbc\n\\.', 5],
    ['a\nbc\n\\.\n\n', 5],
  ])('the marker of %j is found at byte %i', async (text, offset) => {
    const thrown = await passed(text, size).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(FileProblem)
    expect(thrown).toMatchObject({ offset })
    expect(() => watchWhole(Buffer.from(text), false)).toThrow(FileProblem)
  })

  test.each(['a\nb\\.\n', 'a\n\\.c\n', 'a\n"\\."\n', '\\\n.\n'])('%j is no marker', async (text) => {
    expect(await passed(text, size)).toBe(text.trimEnd())
  })
})

test.each([1000, 65_536, 1_000_000])(
  'a line over 1 MiB is found where it starts, in chunks of %i',
  async (size) => {
    const long = `symbol\nAAPL\n${'X'.repeat(1_100_000)}`
    for (const text of [long, `${long}\nMSFT\n`]) {
      const thrown = await passed(text, size).catch((error: unknown) => error)
      expect(thrown).toMatchObject({ problem: { message: 'the line is longer than 1 MiB' }, offset: 12 })
    }
    const short = `symbol\r${'AAPL\r'.repeat(300_000)}`
    expect((await passed(short, size)).length).toBe(short.length - 1)
  },
)
