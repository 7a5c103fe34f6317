import { chmodSync, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UniversesError, usageError } from '../errors.js'

/**
 * Resolves the path of an output file and follows links. Throws a usage error for a directory, a device, or a file in a
 * directory that does not exist. Call it before any work is done.
 */
export function outputPath(output: string, option = '--output'): string {
  if (output.trim() === '') throw usageError(`${option} is empty`, 'Name a file, or omit the option.')
  const path = resolve(output)
  if (existsSync(path)) {
    if (statSync(path).isFile() && !/[\\/]$/.test(output)) return realpathSync(path)
    const kind = statSync(path).isDirectory() ? 'a directory' : 'not a regular file'
    throw usageError(`${option} ${output} is ${kind}`, 'Name a file, for example report.md.')
  }
  if (/[\\/]$/.test(output) || !existsSync(dirname(path)) || !statSync(dirname(path)).isDirectory()) {
    throw usageError(`${option} ${output}: there is no directory for it`, `Create ${dirname(path)} first.`)
  }
  return path
}

/** Writes a file atomically: readers see the old or the new content, never a part. Keeps its permissions. */
export function writeWhole(path: string, content: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    writeFileSync(temporary, content, { flag: 'wx' })
    if (existsSync(path)) chmodSync(temporary, statSync(path).mode)
    renameSync(temporary, path)
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw new UniversesError(`cannot write ${path}: ${(cause as Error).message}`, {
      cause,
      hint: 'Check permissions and free space, or name another file with --output.',
    })
  }
}
