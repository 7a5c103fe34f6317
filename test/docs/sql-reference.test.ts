import { beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from '../support/index.js'
import { apiObjects, examples, splitComment, sqlReference, type ApiObject } from './sql-reference.js'
import { starterDatabase } from './starter-database.js'

let db: TestDatabase
let objects: ApiObject[]

beforeAll(async () => {
  db = await starterDatabase(import.meta.url)
  objects = await apiObjects(db)
})

test('every parameter of a public function is explained by its comment, and no other', () => {
  const described = objects.map(({ name, comment }) => [name, [...splitComment(comment).parameters.keys()]])
  const declared = objects.map(({ name, arguments: list }) => [name, list.map((argument) => argument.name)])
  expect(described).toEqual(declared)
})

test('every public function and view has a comment and a call', () => {
  expect(objects.filter(({ comment }) => comment === '')).toEqual([])
  const called = objects.filter(({ kind }) => kind !== 'table').map(({ name }) => name)
  expect([...examples().keys()].sort()).toEqual(called.sort())
})

test('docs/sql.md is what the catalog and the comments say: npm run docs:sql', async () => {
  await expect(await sqlReference(db)).toMatchFileSnapshot('../../docs/sql.md')
})
