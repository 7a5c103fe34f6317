import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Papa from 'papaparse'
import { afterAll, expect, test } from 'vitest'
import { load } from '../../src/load/load.js'
import type { FileResult } from '../../src/load/result.js'
import { issuerPaths, marketDir, removeFolder, temporaryFolder, testDatabase } from '../support/index.js'

const FILES = 5_000
const BATCH = 500
const SEED = 20_261_201
/** Rows of the table that are kept, so that thousands of files load in a minute. */
const KEPT = 25

const db = await testDatabase(import.meta.url)
const folder = await temporaryFolder()

afterAll(() => removeFolder(folder))

interface Source {
  text: string
  /** First cell of the header, and the cells of ticker and weight. */
  first: string
  ticker: string
  weight: string
}

const paths = issuerPaths(marketDir())
const SOURCES: readonly Source[] = [
  source(paths.IVV, { first: 'Ticker', ticker: 'Ticker', weight: 'Weight (%)' }),
  source(paths.QQQ, { first: 'Fund Ticker', ticker: 'Holding Ticker', weight: 'Weight' }),
  source(paths.ARKK, { first: 'date', ticker: 'ticker', weight: 'weight (%)' }),
]

function source(path: string, columns: Omit<Source, 'text'>): Source {
  const lines = readFileSync(path, 'utf8').split('\n')
  const header = lines.findIndex((line) => line.replace(/^\ufeff|"/g, '').startsWith(`${columns.first},`))
  return { ...columns, text: lines.slice(0, header + 1 + KEPT).join('\n') }
}

/** Pseudo-random numbers below 1 that a seed repeats (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const JUNK = [
  ',',
  '"',
  '\n',
  '\r\n',
  ';',
  '\t',
  '-',
  '%',
  '0',
  '9.5',
  '<',
  '(',
  ')',
  '\0',
  'é',
  '\ufeff',
  ' ',
  'A',
  '1,000',
  'E5',
  "'",
  '\u00a0',
]

/** One to three accidents: characters that come, go or change, and lines that go, repeat, move, or end early. */
function mutate(text: string, next: () => number): string {
  let mutated = text
  const below = (limit: number): number => Math.floor(next() * limit)
  for (let left = 1 + below(3); left > 0; left--) {
    const at = below(mutated.length)
    const lines = mutated.split('\n')
    const line = below(lines.length)
    const junk = JUNK[below(JUNK.length)]!
    switch (below(8)) {
      case 0:
        mutated = mutated.slice(0, at) + junk + mutated.slice(at)
        break
      case 1:
        mutated = mutated.slice(0, at) + mutated.slice(at + 1 + below(5))
        break
      case 2:
        mutated = mutated.slice(0, at) + junk + mutated.slice(at + 1)
        break
      case 3:
        mutated = lines.filter((_, index) => index !== line).join('\n')
        break
      case 4:
        mutated = [...lines.slice(0, line), lines[line], ...lines.slice(line)].join('\n')
        break
      case 5:
        mutated = [...lines.slice(0, line), ...lines.slice(line + 1), lines[line]].join('\n')
        break
      case 6:
        mutated = mutated.slice(0, at)
        break
      default: {
        const cells = lines[line]!.split(',')
        cells.splice(below(cells.length), 1)
        mutated = [...lines.slice(0, line), cells.join(','), ...lines.slice(line + 1)].join('\n')
      }
    }
  }
  return mutated
}

/** Weights by ticker without separators, and the number of rows; undefined if this reader refuses the file. */
function readIndependently(
  { first, ticker, weight }: Source,
  text: string,
): { rows: number; weights: Map<string, number> } | undefined {
  if (text.includes('\0')) return undefined
  const table = Papa.parse<string[]>(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')).data
  const top = table.findIndex((row) => {
    const cells = row.map(heading)
    return cells.includes(heading(first)) && cells.includes(heading(ticker))
  })
  if (top < 0) return undefined
  const header = table[top]!.map(heading)
  const [symbolAt, weightAt] = [header.indexOf(heading(ticker)), header.indexOf(heading(weight))]
  const weights = new Map<string, number>()
  let rows = 0
  for (const cells of table.slice(top + 1)) {
    if (cells.filter((cell) => cell.trim() !== '').length < 2) break
    rows += 1
    const symbol = plain(cells[symbolAt] ?? '')
    const stated = (cells[weightAt] ?? '').replaceAll(/[%\s]/g, '')
    if (weightAt < 0) {
      weights.set(symbol, Number.NaN)
      continue
    }
    const value =
      stated.startsWith('<') || /^[-–—]+$/.test(stated)
        ? 0
        : Number(stated.replace(/^\((.*)\)$/, '-$1').replaceAll(/(?<=\d),(?=\d{3}\b)/g, ''))
    weights.set(symbol, (weights.get(symbol) ?? 0) + value)
  }
  return { rows, weights }
}

function heading(cell: string): string {
  return cell.trim().replaceAll(/\s+/g, ' ').toLowerCase()
}

/** The code of an exchange and a footnote do not belong to the ticker. */
function plain(symbol: string): string {
  return symbol
    .trim()
    .toUpperCase()
    .replace(/ [A-Z]{2}( EQUITY)?$/, '')
    .replaceAll(/[./ *-]/g, '')
}

/** Weight of the rows of a symbol that are left out, those added to another row excepted. */
function skippedWeight({ skipped_lines = [] }: FileResult, symbol: string): number {
  return skipped_lines
    .filter((line) => plain(line.symbol ?? '') === plain(symbol) && !line.reason.startsWith('added to'))
    .reduce((sum, { weight = 0 }) => sum + weight, 0)
}

function countRows({ rows, skipped = {} }: FileResult): number {
  return Object.values(skipped).reduce((sum, count) => sum + count, rows)
}

test(`${FILES} mutated issuer files: each is refused, or loaded with the rows and weights that another reader finds`, async () => {
  const next = random(SEED)
  const statuses = new Map<string, number>()
  for (let start = 0; start < FILES; start += BATCH) {
    const files = Array.from({ length: BATCH }, (_, index) => {
      const from = SOURCES[(start + index) % SOURCES.length]!
      const fund = `F${index}`
      const text = mutate(from.text.replaceAll(/\b(ARKK|QQQ)\b(?=,)/g, fund), next)
      const path = join(folder, `f${index}_holdings.csv`)
      writeFileSync(path, text)
      return { from, text, fund, path }
    })
    const result = await load({
      url: db.url,
      kind: 'etfs',
      paths: files.map(({ path }) => path),
      mode: 'full',
      force: true,
    })
    const stored = new Map<string, Map<string, number>>()
    for (const { name, symbol, weight } of await db.query<{
      name: string
      symbol: string
      weight: number | null
    }>(
      `SELECT g.name, m.symbol, m.weight::float8 FROM group_memberships m JOIN definition_groups g ON g.id = m.group_id`,
    ))
      stored.set(name, (stored.get(name) ?? new Map<string, number>()).set(symbol, weight ?? Number.NaN))
    for (const [index, { from, text, fund }] of files.entries()) {
      const file = result.files[index]!
      statuses.set(file.status, (statuses.get(file.status) ?? 0) + 1)
      if (file.status !== 'loaded' || file.format === undefined || countRows(file) === 0) continue
      const read = readIndependently(from, text)
      expect(read, text).toBeDefined()
      expect(countRows(file), text).toBe(read!.rows)
      const members = stored.get(fund) ?? new Map<string, number>()
      expect(members.size, text).toBe(file.rows)
      for (const [symbol, weight] of members) {
        const stated = read!.weights.get(plain(symbol))
        const expected = stated === undefined ? undefined : stated - skippedWeight(file, symbol)
        expect(expected, `${symbol} of ${text}`).toBeDefined()
        if (Number.isNaN(expected)) expect(weight, text).toBeNaN()
        else expect(weight, `${symbol} of ${text}`).toBeCloseTo(expected!, 5)
      }
    }
  }
  expect(statuses.get('rejected')).toBeGreaterThan(FILES / 20)
  expect(statuses.get('loaded')).toBeGreaterThan(FILES / 5)
}, 600_000)
