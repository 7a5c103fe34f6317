import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Full path of a program that some test files need beside the servers, by any of its names. Where it is missing they are
 * skipped, with a line that says what would run them; on CI that is a failure.
 */
export function findProgram(names: readonly string[], debianPackage: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].filter(Boolean)
  const found = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path))
  if (found !== undefined) return found
  const remedy = `${names.join(' or ')} is not installed: apt-get install ${debianPackage}`
  if (process.env['CI']) throw new Error(remedy)
  console.log(`skipping the tests of this file: ${remedy}`)
  return undefined
}
