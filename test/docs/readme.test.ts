import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import type { TestDatabase } from '../support/index.js'
import { lineDifferences } from './compare.js'
import { psql, starterDatabase } from './starter-database.js'

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/```sql\n(.*?)```(?:\n```text\n(.*?)```)?/gs)].map(
  ([, sql = '', result]) => [sql.trim(), result] as const,
)
let db: TestDatabase

beforeAll(async () => {
  db = await starterDatabase(import.meta.url)
})

test('shows a result below every call', () => {
  expect(blocks.length).toBeGreaterThan(10)
  expect(blocks.filter(([, result]) => result === undefined)).toEqual([])
})

test.each(blocks)('%s', async (sql, result) => {
  expect(lineDifferences(result ?? '', await psql(db.url, sql))).toEqual([])
})
