import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { packageRoot } from '../../src/package.js'

/**
 * Runs an ECMAScript module in the package root (so that it can import './dist/...') until its event loop is empty. Rejects when
 * it exits with an error. A timer or connection that was left open keeps it alive, and the test runs into its time limit.
 */
export async function endsByItself(source: string, env: Readonly<Record<string, string>>): Promise<void> {
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: packageRoot,
    env: { ...process.env, ...env },
  })
}
