import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withClient } from '../../src/database/connect.js'
import { packageRoot } from '../../src/package.js'
import { describeSchema } from '../support/describe-schema.js'
import { testDatabase } from '../support/index.js'

it('the installed schema is the one in test/database/schema.sql', async () => {
  const db = await testDatabase(import.meta.url)
  const installed = await withClient({ url: db.url, schema: 'public' }, (client) => describeSchema(client))
  const committed = await readFile(join(packageRoot, 'test', 'database', 'schema.sql'), 'utf8')
  expect(installed, 'npm run schema:dump rewrites the file; review and commit the difference').toBe(committed)
})
