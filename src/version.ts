import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './database/package-root.js'

/** Version of this package. */
export const packageVersion = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version
