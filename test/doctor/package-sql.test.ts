import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migration, readSqlFile, SQL_FOLDER, type SqlFile } from '../../src/database/install.js'
import { packageSql, type PackageObject, type PackageSql } from '../../src/doctor/package-sql.js'
import { removeFolder, temporaryFolder } from '../support/index.js'

let folder: string

beforeAll(async () => {
  folder = await temporaryFolder()
  cpSync(SQL_FOLDER, folder, { recursive: true })
})

afterAll(() => removeFolder(folder))

/** SQL of a migration that installs files and one that brings the last of them to version 2. */
function withSecondVersion(paths: readonly string[], text: string): PackageSql {
  const path = paths.at(-1)!
  writeFileSync(join(folder, `${path}_v02.sql`), text)
  writeFileSync(join(folder, `${path}_v02_down.sql`), '')
  const first = paths.map((one): SqlFile => ({ path: one, version: 1 }))
  return packageSql([migration(first, folder), migration([{ path, version: 2 }], folder)], folder)
}

const textOf = (path: string): string => readSqlFile({ path, version: 1 }, folder)
const named = ({ objects }: PackageSql, name: string): PackageObject[] =>
  objects.filter((object) => object.name === name)

it('lists an object once, with the version that is installed last', () => {
  const text = textOf('query/normalize_name').replace('lower(p_name)', 'upper(p_name)')
  const sql = withSecondVersion(['query/normalize_name'], text)
  expect(named(sql, 'normalize_name')).toEqual([
    { schema: 'engine', name: 'normalize_name', file: join(folder, 'query/normalize_name_v02.sql') },
  ])
  expect(sql.texts).toEqual([text])
  expect(sql.statements).toHaveLength(2)
})

it('keeps a table whose second version only alters it, and its seed', () => {
  const sql = withSecondVersion(
    ['rules/ranking_sizes_seed', 'rules/ranking_sizes'],
    'ALTER TABLE ranking_sizes ADD COLUMN note text;',
  )
  expect(named(sql, 'ranking_sizes')).toEqual([
    {
      schema: 'engine',
      name: 'ranking_sizes',
      file: join(folder, 'rules/ranking_sizes_v02.sql'),
      seed: join(folder, 'rules/ranking_sizes_seed_v01.sql'),
    },
  ])
})

it('lists a trigger once, as it fires now', () => {
  const text = textOf('rules/rule_triggers').replaceAll(' OR TRUNCATE', '')
  const { triggers } = withSecondVersion(['rules/rule_triggers'], text)
  const names = triggers.map(({ name, table }) => `${name} ON ${table}`)
  expect(new Set(names).size).toBe(names.length)
  expect(triggers.filter(({ statement }) => statement.includes('TRUNCATE'))).toEqual([])
})
