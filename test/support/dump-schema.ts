import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withClient } from '../../src/database/connect.js'
import { migrateUp } from '../../src/database/migrate.js'
import { packageRoot } from '../../src/package.js'
import { describeSchema } from './describe-schema.js'
import { startPostgres } from './postgres-server.js'

/** Writes the schema that a fresh installation has to test/database/schema.sql: `npm run schema:dump`. */
const server = await startPostgres()
try {
  await migrateUp({ url: server.url, schema: 'public' })
  const text = await withClient({ url: server.url, schema: 'public' }, (client) => describeSchema(client))
  await writeFile(join(packageRoot, 'test', 'database', 'schema.sql'), text)
} finally {
  await server.remove()
}
