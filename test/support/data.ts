import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { packageRoot } from '../../src/database/package-root.js'

/** Folder of the real market data: TEST_DATA_DIR, else ../shared/data beside the package; undefined when there is none. */
export function dataDir(): string | undefined {
  const given = process.env['TEST_DATA_DIR']
  if (given) return resolve(given)
  const beside = join(packageRoot, '..', 'shared', 'data')
  return existsSync(beside) ? beside : undefined
}
