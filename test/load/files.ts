import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { load, type LoadOptions } from '../../src/load/load.js'
import type { FileResult, LoadResult } from '../../src/load/result.js'
import { temporaryFolder, type TestDatabase } from '../support/index.js'

/** Content of files by name. */
export type Files = Readonly<Record<string, string | Buffer>>

/** Writes files into a folder, a new one when left out, and returns it. */
export async function writeFiles(files: Files, folder?: string): Promise<string> {
  const target = folder ?? (await temporaryFolder())
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(target, name)), { recursive: true })
    writeFileSync(join(target, name), content)
  }
  return target
}

/** `load` on a test database. */
export function loadInto(db: TestDatabase, options: LoadOptions): Promise<LoadResult> {
  return load({ url: db.url, ...options })
}

/** The result of one file. */
export function resultOf(result: LoadResult, name: string): FileResult {
  const file = result.files.find((candidate) => candidate.name === name)
  if (!file) throw new Error(`no result for ${name}: ${JSON.stringify(result.files)}`)
  return file
}

/** Universes of an environment with their members, in byte order. */
export async function members(db: TestDatabase, environment: string): Promise<Record<string, string[]>> {
  const rows = await db.query<{ name: string; symbols: string[] }>(
    `SELECT g.name, coalesce(array_agg(m.symbol ORDER BY m.symbol COLLATE "C") FILTER (WHERE m.symbol IS NOT NULL), '{}') AS symbols
     FROM definition_groups g LEFT JOIN group_memberships m ON m.group_id = g.id
     WHERE g.environment = $1 GROUP BY g.name ORDER BY g.name`,
    [environment],
  )
  return Object.fromEntries(rows.map(({ name, symbols }) => [name, symbols]))
}
