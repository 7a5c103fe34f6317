import { expect, it } from 'vitest'
import { kindOf, LOAD_KINDS } from '../../src/load/kinds.js'
import { LoadDocument } from '../../src/documents/loads.js'
import { testDatabase } from '../support/index.js'

it('the kinds of src/load, of load_kinds and of the documents are the same', async () => {
  const db = await testDatabase(import.meta.url)
  const rows = await db.query('SELECT kind, staging_table, group_type FROM load_kinds ORDER BY position')
  const kinds = LOAD_KINDS.map((kind) => {
    const { table, universe = null } = kindOf(kind)
    return { kind, staging_table: table, group_type: universe }
  })
  expect(kinds).toEqual(rows)
  expect(LoadDocument.properties.kind.enum).toEqual(LOAD_KINDS)
})
